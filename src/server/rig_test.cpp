#include "server/rig_test.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

namespace sallyport::server::rig {
namespace {

std::string text_of(const telemetry::Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
  if (const auto* real = std::get_if<double>(&value)) return std::to_string(*real);
  return std::get<bool>(value) ? "true" : "false";
}

}  // namespace

std::string Line::field(std::string_view name) const {
  for (const auto& one : fields)
    if (one.name == name) return text_of(one.value);
  return "(none)";
}

std::string Line::all() const {
  std::string out;
  for (const auto& one : fields) out += std::string(one.name) + "=" + text_of(one.value) + " ";
  return out;
}

std::vector<Line> Lines::of(const telemetry::Message& message) const {
  std::vector<Line> out;
  std::ranges::copy_if(lines, std::back_inserter(out), [&](const Line& line) { return line.id == message.id; });
  return out;
}

void FakeStores::release() {
  while (!asked.empty()) {
    auto one = std::move(asked.front());
    asked.pop_front();
    directory::Answer answer;
    answer.search_took = std::chrono::milliseconds(1);
    using enum directory::Outcome;
    if (down) {
      answer.outcome = unavailable;
    } else if (one.user_name == "bob") {
      answer.outcome = unknown_user;
    } else if (one.user_name == "carol") {
      answer.outcome = ambiguous_user;
    } else {
      answer.outcome = one.is_bind && one.password != "hunter2" ? wrong_password : good;
      answer.entry = {"corp", "uid=alice,dc=example", one.user_name == "dave" ? "dave" : "alice.smith",
                      attributes, groups};
    }
    one.done(std::move(answer));
  }
}

void FakeChannel::release() {
  auto one = std::move(asked.front());
  asked.pop_front();
  cloud::CodeAnswer answer;
  answer.outcome = one.code == "123456" ? cloud::Outcome::good : cloud::Outcome::refused;
  answer.status = one.code == "123456" ? "0000" : "6009";
  answer.credential_id = one.code == "123456" ? "VSMT12345678" : "";
  one.done(std::move(answer));
}

void FakeChannel::Push::is_on_its_way(std::string number) {
  cloud::PushAnswer answer;
  answer.outcome = cloud::Outcome::good;
  answer.status = "6040";
  answer.transaction_id = "0011223344556677";
  answer.number = std::move(number);
  done(std::move(answer));
}

void FakeChannel::Push::ends(cloud::Outcome outcome, std::string status) {
  cloud::PushAnswer answer;
  answer.outcome = outcome;
  answer.status = std::move(status);
  done(std::move(answer));
}

void FakeChannel::Poll::ends(cloud::Outcome outcome, std::string status) {
  cloud::PollAnswer answer;
  answer.outcome = outcome;
  answer.evidence = cloud::Evidence::answered;
  answer.status = std::move(status);
  done(std::move(answer));
}

void FakeChannel::User::has(bool code, bool push, std::vector<cloud::Destination> destinations) {
  cloud::UserAnswer answer;
  answer.outcome = cloud::Outcome::good;
  answer.status = "0000";
  answer.has_code = code;
  answer.has_push = push;
  answer.destinations = std::move(destinations);
  done(std::move(answer));
}

void FakeChannel::fail(cloud::Evidence evidence) {
  auto one = std::move(asked.front());
  asked.pop_front();
  cloud::CodeAnswer answer;
  answer.outcome = cloud::Outcome::no_verdict;
  answer.evidence = evidence;
  one.done(std::move(answer));
}

settings::ValidationServer Rig::good_server() {
  settings::RadiusClient client;
  client.name = "vpn";
  client.addresses = {"192.0.2.0/24", "2001:db8::/32"};
  client.secret = base::Secret("a-secret-of-16-or-more");
  settings::ValidationServer out;
  out.name = "office";
  out.listen = {"192.0.2.1:1812"};
  out.clients = {client};
  return out;
}

Rig::Worker::Worker(Rig& rig, std::size_t n, std::size_t count)
    : number(n),
      tally(rig.metrics),
      outside{
          .now = [&rig] { return rig.now; },
          .send =
              [&rig, n](int socket, const net::Endpoint& to, const net::Endpoint& from, base::Bytes octets) {
                rig.sent.push_back({n, socket, to, from, std::move(octets), rig.now.steady});
              },
          .hand_over =
              [&rig](std::size_t other, Request request) {
                rig.workers[other]->owner.take(std::move(request));
                return true;
              },
          .wake_at = {},
          .logger = rig.lines,
          .tally = tally,
          .limits = rig.limits,
          .hash = rig.hash,
          .worker = n,
          .workers = count},
      owner(outside, 1024),
      reception(outside, [this](Request request) { owner.take(std::move(request)); }) {}

Rig::Rig(settings::ValidationServer from, std::size_t count) {
  settings::Service service;
  const auto server = ValidationServer::make(from, &service, seal, shared).value();
  for (std::size_t n = 0; n < count; ++n) {
    workers.push_back(std::make_unique<Worker>(*this, n, count));
    auto& worker = *workers.back();
    worker.tally.know(*server);
    worker.owner.adopt({{server->name, {stores, channel}}});
    worker.reception.adopt(
        {{1, {server, radius::Port::authentication}}, {2, {server, radius::Port::accounting}}});
  }
}

base::Bytes Rig::build(const Ask& ask) const {
  radius::PacketBuffer buffer;
  radius::Authenticator authenticator;
  authenticator.fill(ask.authenticator);
  const radius::SharedSecret secret{base::Secret(ask.secret)};
  radius::RequestBuilder builder(buffer, ask.code, ask.id, authenticator, secret, {ask.message_authenticator});
  if (ask.code == radius::Code::access_request) {
    builder.add(radius::AttributeType::user_name, ask.user);
    if (ask.with_password) builder.add_user_password(base::Secret(ask.password));
  }
  if (!ask.station.empty()) builder.add(radius::AttributeType::calling_station_id, ask.station);
  for (const auto& state : ask.proxy_states) builder.add(radius::AttributeType::proxy_state, state);
  for (const auto& [type, value] : ask.more) builder.add(type, value);
  const auto octets = builder.finish();
  return {octets.begin(), octets.end()};
}

base::Bytes Rig::send(const Ask& ask) {
  auto octets = build(ask);
  receive(ask, octets);
  return octets;
}

void Rig::receive(const Ask& from, base::ByteView octets) {
  const base::Bytes exact(octets.begin(), octets.end());  // so that a read past the end is seen
  const net::Datagram datagram{exact, exact.size() > 4096, net::Endpoint::parse(from.source).value(), local,
                               now};
  workers.at(from.receiver)->reception.receive(from.socket, datagram);
}

void Rig::pass(base::Duration duration) {
  const auto until = now + duration;
  while (true) {
    std::optional<base::SteadyTime> next;
    for (const auto& worker : workers)
      if (const auto due = worker->owner.next_due(); due && (!next || *due < *next)) next = due;
    if (!next || *next > until.steady) break;
    if (*next > now.steady) now = now + (*next - now.steady);
    for (const auto& worker : workers) worker->owner.tick();
  }
  now = until;
  for (const auto& worker : workers) worker->owner.tick();
}

std::uint64_t Rig::dropped(Drop reason) const {
  std::uint64_t out = 0;
  for (const auto& worker : workers) out += worker->tally.count_of(reason);
  return out;
}
std::uint64_t Rig::dropped(radius::DropReason reason) const {
  std::uint64_t out = 0;
  for (const auto& worker : workers) out += worker->tally.count_of(reason);
  return out;
}
std::size_t Rig::in_flight() const {
  std::size_t out = 0;
  for (const auto& worker : workers) out += worker->owner.in_flight();
  return out;
}

radius::Code Rig::code_of(const Sent& reply, base::ByteView request, const std::string& secret) {
  const auto asked = radius::decode(request).value();
  const auto answered = radius::decode(reply.octets);
  EXPECT_TRUE(answered.has_value());
  if (!answered) return {};
  const auto right = radius::verify_reply(*answered, asked.id(), asked.authenticator_copy(),
                                          radius::SharedSecret{base::Secret(secret)},
                                          answered->code() != radius::Code::accounting_response);
  EXPECT_TRUE(right.has_value()) << to_string(right.error());
  return answered->code();
}

std::string Rig::reply_message(const Sent& reply) {
  const auto answered = radius::decode(reply.octets).value();
  return std::string(
      base::as_text(answered.find(radius::AttributeType::reply_message).value_or(base::ByteView{})));
}

std::string Rig::attribute_of(const Sent& reply, radius::AttributeType type) {
  const auto answered = radius::decode(reply.octets).value();
  return std::string(base::as_text(answered.find(type).value_or(base::ByteView{})));
}

}  // namespace sallyport::server::rig
