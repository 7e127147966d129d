#include "app/audit_record.h"

#include <filesystem>
#include <memory>
#include <utility>
#include <vector>

#include "app/terminal.h"
#include "crypto/sealed_key.h"
#include "settings/document.h"
#include "store/file.h"

namespace sallyport::app {
namespace {

struct AuditorKey {
  base::Secret pem, passphrase;
};

base::Result<AuditorKey> auditor_key(const std::string& file) {
  auto pem = store::read_private(file);
  if (!pem) return std::unexpected(pem.error());
  AuditorKey key{std::move(*pem), {}};
  if (key.pem.reveal().find("ENCRYPTED") == std::string_view::npos) return key;
  auto passphrase = ask_secret("Passphrase of " + file + ": ");
  if (!passphrase) return base::failure(file + ": it wants a passphrase, and none was given");
  key.passphrase = std::move(*passphrase);
  return key;
}

}  // namespace

base::Result<std::string> record_folder(const AuditOptions& options) {
  if (!options.folder.empty()) return options.folder;
  const auto& file = options.settings_file;
  if (file.empty()) return base::failure("expected --folder or --config");
  const auto text = store::read_file(file);
  if (!text) return std::unexpected(text.error());
  const auto document = settings::read_document(*text);
  if (!document) return base::failure(document.error().to_string(file));
  const auto* continuity = document->find("continuity");
  const auto* folder = continuity == nullptr ? nullptr : continuity->find("folder");
  if (folder == nullptr || folder->text.empty())
    return base::failure(file + ": continuity.folder: expected the folder of the record");
  return (std::filesystem::absolute(file).parent_path() / folder->text).string();
}

base::Result<store::RecordReading> record_reading(const AuditOptions& options) {
  store::RecordReading reading;
  reading.begins_here = options.begins_here;
  if (options.key_files.empty()) return reading;
  auto keys = std::make_shared<std::vector<AuditorKey>>();
  for (const auto& file : options.key_files) {
    auto key = auditor_key(file);
    if (!key) return std::unexpected(key.error());
    keys->push_back(std::move(*key));
  }
  reading.open_sealed = [keys](base::ByteView sealed) {
    base::Result<base::Secret> opened = base::failure("no key was given");
    for (const auto& key : *keys) {
      opened = crypto::open_sealed_key(sealed, key.pem, key.passphrase);
      if (opened) break;
    }
    return opened;
  };
  return reading;
}

base::Result<void> is_there(const std::string& folder, const store::RecordReport& report) {
  if (report.segments > 0 || !report.findings.empty()) return {};
  return base::failure(folder +
                       ": no record is here: no gateway has kept one here yet, or it is in another folder");
}

}  // namespace sallyport::app
