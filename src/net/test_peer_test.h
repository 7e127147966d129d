#pragma once
// For this room's tests: certificates made once, and a blocking peer on a thread of its own.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "net/tls.h"

namespace sallyport::net {

inline const std::string& certificates() {
  static const std::string folder = [] {
    auto made = (std::filesystem::temp_directory_path() / "sallyport_net_XXXXXX").string();
    EXPECT_NE(mkdtemp(made.data()), nullptr);
    const auto command = std::string(VECTORS_DIR) + "/../support/make_certificates.sh " + made;
    EXPECT_EQ(std::system(command.c_str()), 0);  // NOLINT(concurrency-mt-unsafe)
    static const struct Removal {
      std::string folder;
      ~Removal() { std::filesystem::remove_all(folder); }
    } removal{made};
    return made;
  }();
  return folder;
}

inline std::string certificate_file(const std::string& name) { return certificates() + "/" + name; }

inline Identity identity(const std::string& name) {
  auto loaded = load_identity(certificate_file(name + ".pem"), certificate_file(name + ".key"), {});
  EXPECT_TRUE(loaded) << loaded.error().what;
  return loaded.value_or(Identity{});
}

}  // namespace sallyport::net
