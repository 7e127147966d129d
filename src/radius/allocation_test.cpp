// From datagram to reply nothing is allocated: this program counts every operator new. ThreadSanitizer has
// operators of its own, which cannot be replaced: there is no such test under it.
#if !__has_feature(thread_sanitizer)
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "radius/password.h"
#include "radius/reply.h"
#include "radius/request_builder.h"

namespace {
std::atomic<std::size_t> allocations{0};

void* counted(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
}  // namespace

void* operator new(std::size_t size) { return counted(size); }
void* operator new[](std::size_t size) { return counted(size); }
// NOLINTBEGIN(clang-analyzer-cplusplus.NewDelete): this is the freeing
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }
// NOLINTEND(clang-analyzer-cplusplus.NewDelete)

namespace sallyport::radius {
namespace {

// The whole way of a good login through this room; true when the reply is what its client takes.
bool walk_through(base::ByteView datagram, const SharedSecret& secret) {
  const auto packet = decode_request(datagram, Port::authentication);
  if (!packet || authenticate_request(*packet, secret) != Proof::message_authenticator) return false;
  if (password_method(*packet) != PasswordMethod::user_password) return false;
  const auto clear =
      unhide_password(*packet->find(AttributeType::user_password), packet->authenticator(), secret);
  if (clear.form() != PasswordForm::text) return false;
  const auto head = head_of(*packet);
  PacketBuffer buffer;
  ReplyBuilder reply(buffer, Code::access_reject, head, secret);
  if (!reply.add_reply_message("reason=1")) return false;
  const auto decoded = decode(reply.finish());
  return decoded &&
         verify_reply(*decoded, packet->id(), packet->authenticator_copy(), secret, true).has_value();
}

TEST(Allocation, does_not_happen_from_datagram_to_reply) {
  const SharedSecret secret{base::Secret("xyzzy5461")};
  PacketBuffer request_buffer;
  RequestBuilder request(request_buffer, Code::access_request, 1, {1, 2, 3}, secret);
  request.add(AttributeType::user_name, "a.user.with.a.long.name@example.com");
  request.add_user_password(base::Secret("a password that no small string holds123456"));
  request.add(AttributeType::state, "0123456789");
  const auto datagram = request.finish();
  ASSERT_TRUE(walk_through(datagram, secret));  // the thread's contexts are made once

  const auto before = allocations.load();
  bool good = true;
  for (int i = 0; i < 100; ++i) good = good && walk_through(datagram, secret);
  const auto after = allocations.load();
  EXPECT_TRUE(good);
  EXPECT_EQ(after, before);

  EXPECT_FALSE(std::string(1000, 'x').empty());
  EXPECT_GT(allocations.load(), after) << "the counter counts nothing";
}

}  // namespace
}  // namespace sallyport::radius

#endif
