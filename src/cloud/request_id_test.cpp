#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "cloud/channel.h"

namespace sallyport::cloud {
namespace {

TEST(RequestId, has_the_form_that_our_service_takes_as_idempotent) {
  const auto id = draw_request_id();
  EXPECT_EQ(id.size(), 26U);
  EXPECT_TRUE(id.starts_with("sp1_"));
  EXPECT_TRUE(std::all_of(id.begin() + 4, id.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  })) << id;
}

TEST(RequestId, is_never_drawn_twice_and_uses_the_whole_alphabet) {
  std::set<std::string> ids;
  std::set<char> letters;
  for (int i = 0; i < 2000; ++i) {
    const auto id = draw_request_id();
    ids.insert(id);
    letters.insert(id.begin() + 4, id.end());
  }
  EXPECT_EQ(ids.size(), 2000U);
  EXPECT_EQ(letters.size(), 62U);
}

}  // namespace
}  // namespace sallyport::cloud
