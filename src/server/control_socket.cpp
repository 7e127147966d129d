#include "server/control_socket.h"

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <vector>

namespace sallyport::server {
namespace {

std::string user_name(std::uint32_t user) {
  std::vector<char> room(16U << 10U);
  passwd entry{};
  passwd* found = nullptr;
  if (::getpwuid_r(user, &entry, room.data(), room.size(), &found) == 0 && found != nullptr)
    return found->pw_name;
  return fmt::format("uid {}", user);
}

net::HttpServerAnswer json(int status, std::string body) {
  return {.status = status, .content_type = "application/json", .headers = {}, .body = std::move(body)};
}

net::HttpServerAnswer refused(int status, std::string_view sentence) {
  return json(status, boost::json::serialize(boost::json::object{{"ok", false}, {"error", sentence}}));
}

}  // namespace

ControlSocket::ControlSocket(Answer answer) : answer_(std::move(answer)), own_name_(user_name(::geteuid())) {}

base::Result<std::unique_ptr<ControlSocket>> ControlSocket::open(net::Loop& loop, const std::string& path,
                                                                 Answer answer) {
  std::unique_ptr<ControlSocket> out(new ControlSocket(std::move(answer)));
  net::HttpServer::Options options;
  options.unix_path = path;
  options.body_limit = 1U << 20U;  // beyond request_limit, so that the refusal is ours
  options.connection_limit = 16;
  options.idle_limit = options.request_limit = std::chrono::seconds(5);
  auto server = net::HttpServer::open(loop, std::move(options),
                                      [self = out.get()](const net::HttpServerRequest& request, auto respond) {
                                        self->serve(request, std::move(respond));
                                      });
  if (!server) return std::unexpected(server.error());
  out->server_ = std::move(*server);
  return out;
}

void ControlSocket::serve(const net::HttpServerRequest& request, net::HttpServer::Respond respond) const {
  if (request.path != "/control") return respond(refused(404, "expected the path /control"));
  if (request.method != "POST") return respond(refused(405, "expected the method POST"));
  if (request.body.size() > request_limit)
    return respond(refused(413, fmt::format("expected a request of at most {} octets", request_limit)));
  if (!request.peer_user) return respond(refused(403, "the system does not tell who asks"));
  boost::system::error_code wrong;
  auto value = boost::json::parse(request.body, wrong);
  if (wrong || !value.is_object()) return respond(refused(400, "expected one JSON object"));
  value.get_object()["by"] = name_of(*request.peer_user);
  answer_(boost::json::serialize(value), [respond = std::move(respond)](std::string answer) mutable {
    if (answer.size() > answer_limit)
      return respond(refused(500, fmt::format("the answer is larger than {} octets", answer_limit)));
    respond(json(200, std::move(answer)));
  });
}

std::string ControlSocket::name_of(std::uint32_t user) const {
  if (user == 0) return "root";
  return user == ::geteuid() ? own_name_ : fmt::format("uid {}", user);
}

}  // namespace sallyport::server
