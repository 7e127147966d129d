#include <cstdio>

#include "app/admin_client.h"
#include "app/commands.h"
#include "app/control_client.h"
#include "app/status_text.h"

namespace sallyport::app {
namespace {

using Text = std::string (*)(const boost::json::object&);

int show(const char* command, const ContinuityOptions& options, const char* what, Text text) {
  const auto answer = ask_gateway(options.control, {{"do", what}});
  if (!answer) return failed(command, answer.error());
  const auto words = options.json ? answer->text : text(answer->object);
  std::fputs(words.c_str(), stdout);
  if (!words.ends_with('\n')) std::fputc('\n', stdout);
  return 0;
}

}  // namespace

int status(const ContinuityOptions& options) { return show("status", options, "status", status_text); }

}  // namespace sallyport::app
