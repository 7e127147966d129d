#include "app/control_client.h"

#include <fmt/format.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <filesystem>

#include "net/http_client.h"
#include "net/loop.h"
#include "server/control_socket.h"
#include "settings/load.h"
#include "store/file.h"

namespace sallyport::app {
namespace {

constexpr auto limit = std::chrono::seconds(20);

base::Result<std::string> socket_of(const ControlOptions& options) {
  if (!options.socket.empty()) return options.socket;
  if (options.settings_file.empty()) return base::failure("which gateway? Give --config or --socket");
  const auto text = store::read_file(options.settings_file);
  if (!text) return std::unexpected(text.error());
  const auto folder = std::filesystem::absolute(options.settings_file).parent_path().string();
  auto path = settings::parse_control_socket(*text, folder);
  if (path) return std::move(*path);
  std::string all;
  for (const auto& mistake : path.error())
    all += (all.empty() ? "" : "\n") + mistake.to_string(options.settings_file);
  return base::failure(std::move(all));
}

base::Error why_not(const std::string& path, const net::HttpAnswer& answer) {
  std::error_code none;
  if (!std::filesystem::exists(path, none))
    return {none ? fmt::format("{}: {}", path, none.message())
                 : fmt::format(
                       "{}: no gateway listens there: it is not running, or its settings name another place",
                       path)};
  if (answer.end == net::HttpEnd::refused)
    return {fmt::format("{}: nobody listens there any more: the gateway is not running", path)};
  if (answer.end == net::HttpEnd::local)
    return {fmt::format("{}: {}: only the gateway's own user and root may", path, answer.detail)};
  return {
      fmt::format("{}: the gateway did not answer: {}; an order may hold all the same: see `sallyport status`",
                  path, answer.detail)};
}

base::Result<ControlAnswer> read_answer(net::HttpAnswer answer) {
  boost::system::error_code wrong;
  auto value = boost::json::parse(answer.body, wrong);
  const auto* ok = !wrong && value.is_object() ? value.get_object().if_contains("ok") : nullptr;
  if (ok == nullptr || !ok->is_bool())
    return base::failure(fmt::format("the gateway answered {}, and not as a gateway does", answer.status));
  if (ok->get_bool()) return ControlAnswer{std::move(answer.body), std::move(value.get_object())};
  const auto* sentence = value.get_object().if_contains("error");
  return base::failure(sentence != nullptr && sentence->is_string()
                           ? std::string(sentence->get_string())
                           : "the gateway refused, and did not say why");
}

}  // namespace

base::Result<ControlAnswer> ask_gateway(const ControlOptions& options, boost::json::object request) {
  const auto path = socket_of(options);
  if (!path) return std::unexpected(path.error());
  net::Loop loop;
  net::HttpClient::Options http;
  http.unix_path = *path;
  auto client = net::HttpClient::make(loop, std::move(http));
  if (!client) return std::unexpected(client.error());
  net::HttpRequest post;
  post.url = "http://gateway/control";
  post.headers.emplace_back("Content-Type", "application/json");
  // A gateway that is held up does nothing for somebody who has gone.
  const auto not_after = std::chrono::steady_clock::now() + limit;
  request["not_after_ms"] = std::chrono::floor<std::chrono::milliseconds>(not_after.time_since_epoch()).count();
  post.body = boost::json::serialize(request);
  post.connect_limit = std::chrono::seconds(5);
  post.limit = limit;
  post.answer_limit = server::ControlSocket::answer_limit;
  net::HttpAnswer answer;
  (*client)->start(std::move(post), [&](net::HttpAnswer given) {
    answer = std::move(given);
    loop.stop();
  });
  loop.run();
  if (answer.end != net::HttpEnd::answered) return std::unexpected(why_not(*path, answer));
  return read_answer(std::move(answer));
}

}  // namespace sallyport::app
