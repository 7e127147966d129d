#pragma once
// The door of `sallyport continuity` and `sallyport status`: POST /control over a Unix socket that only the
// gateway's own user and root may use (0600). One JSON object goes in, with "by" set to the user who asks, by
// the kernel's word and whatever the request said; one JSON object comes out. What is refused here is answered
// in the same form: {"ok":false,"error":"sentence"}; only what is not HTTP gets a bare 400.
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "net/http_server.h"

namespace sallyport::server {

class ControlSocket {
 public:
  // Called in the loop's thread; the answer is JSON, and comes at once or later, within 30 seconds.
  using Respond = std::move_only_function<void(std::string answer_json)>;
  using Answer = std::function<void(std::string_view request_json, Respond)>;

  static constexpr std::size_t request_limit = 64U << 10U;  // octets
  static constexpr std::size_t answer_limit = 16U << 20U;

  // A socket that nobody listens on is replaced; the error of one that somebody does names it.
  static base::Result<std::unique_ptr<ControlSocket>> open(net::Loop&, const std::string& path, Answer);

  // The socket is removed; what is being answered is answered. So does the destructor, at once.
  void stop() { server_->stop_accepting(); }

 private:
  explicit ControlSocket(Answer answer);
  void serve(const net::HttpServerRequest&, net::HttpServer::Respond) const;
  [[nodiscard]] std::string name_of(std::uint32_t user) const;

  Answer answer_;
  std::string own_name_;  // asked once: a name may come over the network
  std::unique_ptr<net::HttpServer> server_;
};

}  // namespace sallyport::server
