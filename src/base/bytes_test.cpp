#include "base/bytes.h"

#include <gtest/gtest.h>

#include "base/secret.h"

namespace sallyport::base {
namespace {

TEST(ByteReader, gives_back_what_the_writer_wrote) {
  Bytes out;
  ByteWriter writer(out);
  writer.u8(1);
  writer.u16(0x0203);
  writer.u32(0x04050607);
  writer.u64(0x08090a0b0c0d0e0f);
  writer.octets(as_bytes("xy"));
  ByteReader reader(out);
  EXPECT_EQ(reader.u8(), 1);
  EXPECT_EQ(reader.u16(), 0x0203);
  EXPECT_EQ(reader.u32(), 0x04050607U);
  EXPECT_EQ(reader.u64(), 0x08090a0b0c0d0e0fU);
  EXPECT_EQ(as_text(reader.octets(2)), "xy");
  EXPECT_FALSE(reader.failed());
}

TEST(ByteReader, stays_failed_once_a_read_did_not_fit) {
  const Bytes two{1, 2};
  ByteReader reader(two);
  EXPECT_EQ(reader.u32(), 0U);
  EXPECT_TRUE(reader.failed());
  EXPECT_EQ(reader.u8(), 0);
  EXPECT_TRUE(reader.failed());
}

TEST(Secret, is_empty_after_it_was_moved_from) {
  Secret first("hunter2");
  Secret second(std::move(first));
  EXPECT_EQ(second.reveal(), "hunter2");
  EXPECT_TRUE(first.empty());  // NOLINT(bugprone-use-after-move): that is what is tested
}

}  // namespace
}  // namespace sallyport::base
