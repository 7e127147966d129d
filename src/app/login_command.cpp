#include <fmt/format.h>

#include <array>
#include <cstdio>

#include "app/commands.h"
#include "app/radius_client.h"
#include "app/settings_file.h"
#include "app/terminal.h"
#include "crypto/random.h"
#include "radius/attribute_names.h"
#include "radius/request_builder.h"

namespace sallyport::app {
namespace {

enum Exit {
  accepted = 0,
  rejected = 1,
  wrong_arguments = 2,
  no_answer = 3,
  wrong_authenticator = 4,
  unanswered = 5
};

constexpr int most_challenges = 8;  // more than any login of ours has

int complain(const std::string& what) {
  std::fprintf(stderr, "login: %s\n", what.c_str());
  return wrong_arguments;
}

base::Result<base::Secret> shared_secret(const std::string& text) {
  const auto sources = secret_sources(".");
  base::Result<std::string> resolved = text;
  if (text.starts_with("env:")) resolved = sources.environment(text.substr(4));
  if (text.starts_with("file:")) resolved = sources.file(text.substr(5));
  if (!resolved) return std::unexpected(resolved.error());
  while (resolved->ends_with('\n') || resolved->ends_with('\r')) resolved->pop_back();
  if (resolved->empty()) return base::failure("the shared secret is empty");
  return base::Secret(*resolved);
}

// What was given, else what a person (or standard input) says.
base::Result<std::string> or_asked(const std::optional<std::string>& given, const std::string& prompt) {
  if (given && *given != "-") return *given;
  const auto said = ask_secret(prompt);
  if (!said) return base::failure("standard input ended");
  return std::string(said->reveal());
}

base::Result<base::Secret> password_field(const LoginOptions& options) {
  std::string field;
  if (!options.code_only) {
    const auto password = or_asked(options.password, "Password: ");
    if (!password) return std::unexpected(password.error());
    field += *password;
  }
  if (!options.no_code) {
    const auto code = or_asked(options.code, "Code: ");
    if (!code) return std::unexpected(code.error());
    field += *code;
  }
  return base::Secret(field);
}

std::uint32_t random_number() {
  std::array<std::uint8_t, 4> octets{};
  crypto::fill_random(octets);
  return base::ByteReader(octets).u32();
}

struct Ask {
  std::string user;
  base::Secret password;
  base::Bytes state;  // of the challenge that it answers; empty: none
};

base::Result<base::Bytes> access_request(const LoginOptions& options, const Ask& ask,
                                         const radius::SharedSecret& secret) {
  radius::Authenticator authenticator{};
  crypto::fill_random(authenticator);
  radius::PacketBuffer buffer{};
  radius::RequestBuilder request(buffer, radius::Code::access_request,
                                 static_cast<std::uint8_t>(random_number()), authenticator, secret,
                                 {.message_authenticator = options.message_authenticator});
  using enum radius::AttributeType;
  if (!request.add(user_name, ask.user)) return base::failure("the user name is longer than 253 octets");
  if (!request.add_user_password(ask.password))
    return base::failure("password and code together are longer than 128 octets");
  const bool fits =
      (ask.state.empty() || request.add(state, base::ByteView(ask.state))) &&
      (options.nas_identifier.empty() || request.add(nas_identifier, options.nas_identifier)) &&
      (options.calling_station_id.empty() || request.add(calling_station_id, options.calling_station_id));
  if (!fits) return base::failure("an attribute is longer than 253 octets");
  const auto octets = request.finish();
  return base::Bytes(octets.begin(), octets.end());
}

base::Bytes status_server(const radius::SharedSecret& secret) {
  radius::Authenticator authenticator{};
  crypto::fill_random(authenticator);
  radius::PacketBuffer buffer{};
  radius::RequestBuilder request(buffer, radius::Code::status_server,
                                 static_cast<std::uint8_t>(random_number()), authenticator, secret);
  const auto octets = request.finish();
  return {octets.begin(), octets.end()};
}

int show(const RadiusReply& reply, const std::string& peer) {
  const auto packet = radius::decode(reply.octets);  // it was decoded and verified already
  std::printf("  %s from %s after %d ms\n", std::string(to_string(packet->code())).c_str(), peer.c_str(),
              reply.milliseconds);
  for (const auto attribute : packet->attributes())
    std::printf("    %s = %s\n", radius::label_of(attribute.type).c_str(),
                radius::value_as_text(attribute).c_str());
  switch (packet->code()) {
    case radius::Code::access_accept:
      return accepted;
    case radius::Code::access_challenge:
      return unanswered;
    default:
      return rejected;
  }
}

int show(NoReply nothing, const RadiusClient& client) {
  switch (nothing) {
    case NoReply::silence:
      std::printf("  no answer from %s\n", client.peer().c_str());
      return no_answer;
    case NoReply::refused:
      std::printf("  nothing listens at %s\n", client.peer().c_str());
      return no_answer;
    case NoReply::forged:
      std::printf("  an answer from %s was not believed: %s (is the shared secret the same?)\n",
                  client.peer().c_str(), client.last_fault().c_str());
      return wrong_authenticator;
  }
  return no_answer;
}

base::Result<Ask> first_ask(const LoginOptions& options) {
  Ask out;
  out.user = options.user;
  if (out.user.empty()) {
    const auto said = ask("User: ");
    if (!said || said->empty()) return base::failure("no user name was given");
    out.user = *said;
  }
  auto password = password_field(options);
  if (!password) return std::unexpected(password.error());
  out.password = std::move(*password);
  return out;
}

// What a person (or --answer) says to a challenge; nothing at the end of input.
std::optional<Ask> answer_to(const RadiusReply& reply, const std::string& user,
                             std::vector<std::string>& answers) {
  const auto packet = radius::decode(reply.octets);
  const auto state = packet->find(radius::AttributeType::state).value_or(base::ByteView{});
  Ask out{user, {}, {state.begin(), state.end()}};
  if (!answers.empty()) {
    out.password = base::Secret(answers.front());
    answers.erase(answers.begin());
    return out;
  }
  auto said = ask_secret("Answer: ");
  if (!said) return std::nullopt;
  out.password = std::move(*said);
  return out;
}

int ask_server_status(RadiusClient& client, const LoginOptions& options, const radius::SharedSecret& secret) {
  const auto reply =
      client.exchange(status_server(secret), secret, options.timeout_milliseconds, options.tries);
  return reply ? show(*reply, client.peer()) : show(reply.error(), client);
}

// Until an accept, a reject, or a challenge that nobody answers.
int sign_in(RadiusClient& client, const LoginOptions& options, const radius::SharedSecret& secret) {
  auto next = first_ask(options);
  if (!next) return complain(next.error().what);
  auto answers = options.answers;
  int end = unanswered;
  for (int round = 0; round <= most_challenges; ++round) {
    const auto request = access_request(options, *next, secret);
    if (!request) return complain(request.error().what);
    const auto reply = client.exchange(*request, secret, options.timeout_milliseconds, options.tries);
    if (!reply) return show(reply.error(), client);
    end = show(*reply, client.peer());
    if (end != unanswered) return end;
    auto answer = answer_to(*reply, next->user, answers);
    if (!answer) return end;
    next = std::move(*answer);
  }
  return end;
}

}  // namespace

int login(const LoginOptions& options) {
  auto server = parse_radius_server(options.server);
  if (!server) return complain(server.error().what);
  server->ipv6_only = options.ipv6;
  const auto octets = shared_secret(options.secret);
  if (!octets) return complain(octets.error().what);
  const radius::SharedSecret secret(*octets);
  auto client = RadiusClient::connect(*server);
  if (!client) return complain(client.error().what);
  return options.status_server ? ask_server_status(*client, options, secret)
                               : sign_in(*client, options, secret);
}

}  // namespace sallyport::app
