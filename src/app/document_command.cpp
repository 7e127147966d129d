#include <cstdio>

#include "app/commands.h"
#include "app/terminal.h"
#include "crypto/password_hash.h"
#include "settings/load.h"
#include "telemetry/message.h"
#include "validation/reasons.h"

namespace sallyport::app {

int print_document(const std::string& name) {
  std::string text;
  if (name == "settings") text = settings::settings_markdown();
  if (name == "messages") text = telemetry::messages_markdown();
  if (name == "reasons") text = validation::reasons_markdown();
  return std::fwrite(text.data(), 1, text.size(), stdout) == text.size() ? 0 : 1;
}

int hash_password() {
  const auto password = ask_secret("Password: ");
  if (!password || password->empty()) {
    std::fprintf(stderr, "hash-password: no password was given\n");
    return 2;
  }
  const auto hash = crypto::make_password_hash(*password);
  if (hash.empty()) {
    std::fprintf(stderr, "hash-password: expected a password of at most 512 octets without a NUL\n");
    return 2;
  }
  std::printf("%s\n", hash.c_str());
  return 0;
}

}  // namespace sallyport::app
