// One Access-Request and its Access-Accept, step by step and as a whole.
#include "codec/allocations.h"
#include "radius/password.h"
#include "radius/reply.h"
#include "radius/request_builder.h"

namespace sallyport::bench {
namespace {

const radius::SharedSecret& secret() {
  static const radius::SharedSecret made{base::Secret("a shared secret of the bench")};
  return made;
}

base::ByteView request() {
  static radius::PacketBuffer buffer;
  static const base::ByteView octets = [] {
    radius::RequestBuilder builder(buffer, radius::Code::access_request, 7, {1, 2, 3}, secret());
    builder.add(radius::AttributeType::user_name, "user01234@example.com");
    builder.add_user_password(base::Secret("Passw0rd-01234123456"));
    builder.add(radius::AttributeType::nas_identifier, "vpn-gate-1");
    builder.add(radius::AttributeType::calling_station_id, "203.0.113.77");
    return builder.finish();
  }();
  return octets;
}

const radius::PacketView& decoded() {
  static const auto packet = radius::decode_request(request(), radius::Port::authentication);
  return *packet;
}

bool verified(const radius::PacketView& packet) {
  return radius::authenticate_request(packet, secret()) == radius::Proof::message_authenticator;
}

radius::PasswordForm unhidden(const radius::PacketView& packet) {
  const auto hidden = packet.find(radius::AttributeType::user_password);
  return radius::unhide_password(*hidden, packet.authenticator(), secret()).form();
}

std::size_t accepted(const radius::RequestHead& head) {
  radius::PacketBuffer buffer;
  radius::ReplyBuilder reply(buffer, radius::Code::access_accept, head, secret());
  reply.add_reply_message("reason=0");
  return reply.finish().size();
}

void radius_decode(benchmark::State& state) {
  measure(state, [] { return radius::decode_request(request(), radius::Port::authentication).has_value(); });
}
void radius_verify(benchmark::State& state) {
  measure(state, [] { return verified(decoded()); });
}
void radius_unhide(benchmark::State& state) {
  measure(state, [] { return unhidden(decoded()); });
}
void radius_encode(benchmark::State& state) {
  const auto head = radius::head_of(decoded());
  measure(state, [&head] { return accepted(head); });
}
void radius_whole(benchmark::State& state) {
  const auto walk = []() -> std::size_t {
    const auto packet = radius::decode_request(request(), radius::Port::authentication);
    if (!packet || !verified(*packet) || unhidden(*packet) != radius::PasswordForm::text) return 0;
    return accepted(radius::head_of(*packet));
  };
  if (walk() == 0) return state.SkipWithError("the request is not understood");
  measure(state, walk);
}

BENCHMARK(radius_decode);
BENCHMARK(radius_verify);
BENCHMARK(radius_unhide);
BENCHMARK(radius_encode);
BENCHMARK(radius_whole);

}  // namespace
}  // namespace sallyport::bench
