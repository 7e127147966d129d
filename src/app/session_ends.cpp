#include "app/session_ends.h"

#include <algorithm>
#include <array>
#include <boost/json/serialize.hpp>
#include <cstdio>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "app/control_client.h"
#include "server/control_socket.h"
#include "server/disconnector.h"

namespace sallyport::app {
namespace {

namespace json = boost::json;

// What the gateway needs to know which session it is (server/disconnection.h).
constexpr std::array<std::string_view, 11> members{
    "server",           "client",         "user",     "user_as_typed",      "source",         "nas_ip_address",
    "nas_ipv6_address", "nas_identifier", "nas_port", "calling_station_id", "acct_session_id"};
constexpr std::size_t room = server::ControlSocket::request_limit - 1024;  // for what stands around the list

struct Session {
  json::object line;  // of its newest login
  std::vector<std::size_t> logins;
  std::size_t octets = 0;
};

// The port that an Access-Request left from is no part of the session.
std::string key_of(json::object line) {
  if (auto* source = line.if_contains("source"); source != nullptr && source->is_string()) {
    auto& text = source->get_string();
    text.resize(std::min(text.size(), std::string_view(text).rfind(':')));
  }
  return json::serialize(line);
}

// A request without a session's own id would hit what the user has opened since.
bool is_ended(const json::object& login) {
  const auto* word = login.if_contains("disconnect");
  return word != nullptr && word->is_string() && word->get_string() == "disconnected";
}

std::vector<Session> sessions_of(const json::array& logins) {
  std::vector<Session> out;
  std::unordered_map<std::string, std::size_t> known;
  for (std::size_t i = 0; i < logins.size(); ++i) {
    const auto& login = logins[i].as_object();
    if (is_ended(login)) continue;
    json::object line;
    for (const auto name : members)
      if (const auto* value = login.if_contains(name)) line[name] = *value;
    const auto [place, is_new] = known.try_emplace(key_of(line), out.size());
    if (is_new) out.emplace_back();
    auto& session = out[place->second];
    session.line = std::move(line);
    if (const auto* id = login.if_contains("login")) session.line["login"] = *id;
    session.octets = json::serialize(session.line).size() + 1;
    session.logins.push_back(i);
  }
  return out;
}

// How many from `begin` on fit one request.
std::size_t fitting(const std::vector<Session>& sessions, std::size_t begin) {
  std::size_t count = 0;
  for (std::size_t octets = 0; begin + count < sessions.size() && count < server::Disconnector::most; ++count) {
    octets += sessions[begin + count].octets;
    if (octets > room && count > 0) break;
  }
  return count;
}

base::Result<bool> ask(const ControlOptions& control, const Session* sessions, std::size_t count,
                       json::array& logins) {
  json::array lines;
  for (std::size_t i = 0; i < count; ++i) lines.emplace_back(sessions[i].line);
  const auto answer = ask_gateway(control, {{"do", "disconnect"}, {"logins", std::move(lines)}});
  if (!answer) return std::unexpected(answer.error());
  const auto* ends = answer->object.if_contains("logins");
  if (ends == nullptr || !ends->is_array() || ends->get_array().size() != count)
    return base::failure("the gateway answered, and not what was asked");
  bool all = true;
  for (std::size_t i = 0; i < count; ++i) {
    const auto* end = ends->get_array()[i].if_object();
    const auto* word = end == nullptr ? nullptr : end->if_contains("disconnect");
    const auto* why = end == nullptr ? nullptr : end->if_contains("why");
    if (word == nullptr || !word->is_string() || why == nullptr)
      return base::failure("the gateway answered, and not what was asked");
    all = all && word->get_string() == "disconnected";
    for (const auto number : sessions[i].logins) {
      auto& login = logins[number].get_object();
      login["disconnect"] = *word;
      login["why"] = *why;
    }
  }
  return all;
}

}  // namespace

base::Result<bool> end_sessions(const ControlOptions& control, json::array& logins) {
  const auto sessions = sessions_of(logins);
  bool all = true;
  for (std::size_t done = 0; done < sessions.size();) {
    const auto count = fitting(sessions, done);
    const auto ended = ask(control, &sessions[done], count, logins);
    if (!ended) return ended;
    all = all && *ended;
    done += count;
    if (done < sessions.size())
      std::fprintf(stderr, "continuity review: %zu of %zu sessions asked for\n", done, sessions.size());
  }
  return all;
}

}  // namespace sallyport::app
