// A settings file of either program: values, or mistakes with a line; never both, and no secret in a mistake.
#include "settings/load.h"
#include "target.h"

using namespace sallyport;

int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
  const auto text = base::as_text({octets, size});
  if (text.find("xyzzy-of") != std::string_view::npos) return 0;  // a mistake may name a key that is called so
  settings::SecretSources sources;
  sources.environment = [](const std::string&) -> base::Result<std::string> {
    return "xyzzy-of-the-environment";
  };
  sources.file = [](const std::string&) -> base::Result<std::string> { return "xyzzy-of-a-file"; };
  sources.folder = "/etc/sallyport";
  const auto look_at = [](const settings::Mistakes& mistakes) {
    SALLYPORT_INVARIANT(!mistakes.empty());
    for (const auto& mistake : mistakes) {
      SALLYPORT_INVARIANT(mistake.line >= 0);
      SALLYPORT_INVARIANT(mistake.to_string("f").find("xyzzy-of") == std::string::npos);
    }
  };
  if (const auto gateway = settings::parse_gateway(text, sources))
    (void)settings::warnings(*gateway, {});
  else
    look_at(gateway.error());
  if (const auto service = settings::parse_authservice(text, sources))
    (void)settings::warnings(*service);
  else
    look_at(service.error());
  return 0;
}
