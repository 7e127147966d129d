#pragma once
// User stores asked as a gateway's worker asks them, for the directory's wire tests.
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "directory/user_stores.h"

namespace sallyport::test {

inline settings::UserStore store_at(std::vector<settings::DirectoryConnection> connections) {
  settings::UserStore store;
  store.name = "corp";
  store.connections = std::move(connections);
  store.base_dn = "dc=ex,dc=test";
  store.filter = "(&(objectClass=person)(uid=%s))";
  store.bind_dn = "cn=svc,dc=ex,dc=test";
  store.bind_password = base::Secret("service-pw");
  store.connect_timeout = std::chrono::milliseconds(1000);
  store.request_timeout = std::chrono::milliseconds(1000);
  store.probe_interval = std::chrono::seconds(1);
  return store;
}
inline settings::DirectoryConnection plain(std::uint16_t port) {
  return {"127.0.0.1", port, settings::DirectoryTls::none};
}

class Stores {
 public:
  explicit Stores(const std::vector<settings::UserStore>& settings, const directory::Wanted& wanted = {}) {
    auto made = directory::UserStores::make(loop, settings, {}, wanted);
    EXPECT_TRUE(made) << made.error().what;
    if (made) stores = std::move(*made);
  }
  directory::Answer login(const std::string& user, const std::string& password,
                          base::Duration patience = std::chrono::seconds(10)) {
    return ask([&](auto done) {
      stores->check_first_factor(user, base::Secret(password), loop.now().steady + patience, std::move(done));
    });
  }
  directory::Answer look_up(const std::string& user) {
    return ask([&](auto done) {
      stores->look_up(user, loop.now().steady + std::chrono::seconds(10), std::move(done));
    });
  }
  std::vector<directory::ConnectionReport> try_all() {
    std::vector<directory::ConnectionReport> lines;
    stores->try_connections([&](auto told) {
      lines = std::move(told);
      loop.stop();
    });
    loop.run_for(std::chrono::seconds(20));
    return lines;
  }

  net::Loop loop;
  std::unique_ptr<directory::UserStores> stores;

 private:
  template <class Start>
  directory::Answer ask(Start start) {
    directory::Answer got;
    bool answered = false;
    start([&](directory::Answer answer) {
      got = std::move(answer);
      answered = true;
      loop.stop();
    });
    loop.run_for(std::chrono::seconds(20));
    EXPECT_TRUE(answered);
    return got;
  }
};

}  // namespace sallyport::test
