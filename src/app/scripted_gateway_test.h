#pragma once
// For this room's tests: what `sallyport continuity` speaks with.
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "server/control_socket.h"

namespace sallyport::app {

// A gateway of which only the control socket is there, in a thread of its own.
class ScriptedGateway {
 public:
  using Answer = std::function<std::string(std::string_view request)>;
  ScriptedGateway(const std::string& path, std::string answer)
      : ScriptedGateway(path, [answer = std::move(answer)](std::string_view) { return answer; }) {}
  ScriptedGateway(const std::string& path, Answer answer) {
    auto opened = server::ControlSocket::open(
        loop_, path, [this, answer = std::move(answer)](std::string_view request, auto respond) {
          {
            const std::lock_guard guard(lock_);
            asked_.push_back(boost::json::parse(request).as_object());
          }
          respond(answer(request));
        });
    EXPECT_TRUE(opened) << opened.error().what;
    if (opened) socket_ = std::move(*opened);
    thread_ = std::thread([this] { loop_.run(); });
  }
  ~ScriptedGateway() {
    loop_.stop();
    thread_.join();
  }
  ScriptedGateway(const ScriptedGateway&) = delete;
  ScriptedGateway& operator=(const ScriptedGateway&) = delete;

  boost::json::object only() {
    const std::lock_guard guard(lock_);
    EXPECT_EQ(asked_.size(), 1U);
    return asked_.empty() ? boost::json::object() : asked_.front();
  }
  std::vector<boost::json::object> all() {
    const std::lock_guard guard(lock_);
    return asked_;
  }
  bool was_asked() {
    const std::lock_guard guard(lock_);
    return !asked_.empty();
  }

 private:
  net::Loop loop_;
  std::mutex lock_;
  std::vector<boost::json::object> asked_;
  std::unique_ptr<server::ControlSocket> socket_;
  std::thread thread_;
};

}  // namespace sallyport::app
