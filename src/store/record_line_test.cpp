#include "store/record_line.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/bytes.h"
#include "base/encoding.h"
#include "crypto/hmac.h"

namespace sallyport::store {
namespace {

std::array<std::uint8_t, record_key_size> some_key() {
  std::array<std::uint8_t, record_key_size> key{};
  key.fill(7);
  return key;
}

std::string hmac_of(base::ByteView key, std::string_view text) {
  return base::to_hex(
      crypto::HmacKey(crypto::HashAlgorithm::sha256, key).sign({base::as_bytes(text)}).octets());
}

std::string_view without_newline(const std::string& line) {
  return std::string_view(line).substr(0, line.size() - 1);
}

TEST(RecordLine, is_one_json_object_with_its_number_before_and_its_mac_behind) {
  RecordChain chain(some_key());
  std::string line;
  const auto mac = chain.append_line(line, 17, R"({"user":"alice"})");
  EXPECT_EQ(line, R"({"seq":17,"user":"alice","mac":")" + mac + "\"}\n");
  EXPECT_EQ(mac, hmac_of(some_key(), R"({"seq":17,"user":"alice")"));
  const auto parsed = parse_record_line(without_newline(line));
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->seq, 17U);
  EXPECT_EQ(parsed->mac, mac);
}

TEST(RecordLine, has_a_key_that_is_derived_from_the_one_before) {
  RecordChain chain(some_key());
  std::string lines;
  chain.append_line(lines, 1, "{}");
  const auto mac = chain.append_line(lines, 2, "{}");
  const auto next = *base::from_hex(hmac_of(some_key(), "next"));
  EXPECT_EQ(mac, hmac_of(next, R"({"seq":2)"));
}

TEST(RecordLine, leaves_no_key_behind_that_was_used) {
  const auto holds = [](const RecordChain& chain, base::ByteView key) {
    const base::ByteView memory(reinterpret_cast<const std::uint8_t*>(&chain), sizeof chain);
    return !std::ranges::search(memory, key).empty();
  };
  const auto first = some_key();
  const auto second = *base::from_hex(hmac_of(first, "next"));
  RecordChain chain(first);
  EXPECT_TRUE(holds(chain, first));
  std::string line;
  chain.append_line(line, 1, "{}");
  EXPECT_FALSE(holds(chain, first));
  EXPECT_TRUE(holds(chain, second));
  const RecordChain moved(std::move(chain));
  EXPECT_TRUE(holds(moved, second));
  EXPECT_FALSE(holds(chain, second));  // NOLINT(bugprone-use-after-move): what is left there is the question
}

TEST(RecordLine, is_admitted_in_its_own_place_only) {
  RecordChain writing(some_key());
  std::string first, second;
  writing.append_line(first, 1, R"({"a":1})");
  writing.append_line(second, 2, R"({"a":2})");
  const auto one = *parse_record_line(without_newline(first)),
             two = *parse_record_line(without_newline(second));
  RecordChain in_order(some_key());
  EXPECT_TRUE(in_order.admits(one));
  EXPECT_TRUE(in_order.admits(two));
  RecordChain swapped(some_key());
  EXPECT_FALSE(swapped.admits(two));
  EXPECT_FALSE(swapped.admits(one));
  RecordChain with_gap(some_key());
  with_gap.skip();
  EXPECT_TRUE(with_gap.admits(two));
}

TEST(RecordLine, is_not_admitted_when_any_octet_differs) {
  RecordChain writing(some_key());
  std::string line;
  writing.append_line(line, 1, R"({"user":"alice"})");
  for (std::size_t i = 0; i + 1 < line.size(); ++i) {
    auto changed = line;
    changed[i] = changed[i] == '1' ? '2' : '1';
    const auto parsed = parse_record_line(without_newline(changed));
    RecordChain reading(some_key());
    EXPECT_FALSE(parsed && reading.admits(*parsed)) << changed;
  }
}

TEST(RecordLine, that_is_formed_otherwise_is_none) {
  const std::string mac(64, 'a');
  EXPECT_TRUE(parse_record_line(R"({"seq":1,"mac":")" + mac + "\"}"));
  for (const auto& text :
       {std::string(), std::string("{}"), R"({"seq":,"mac":")" + mac + "\"}",
        R"({"seq":0,"mac":")" + mac + "\"}", R"({"seq":-1,"mac":")" + mac + "\"}",
        R"({"seq":1x,"mac":")" + mac + "\"}", R"({"seq":1,"mac":")" + mac + "\"",
        R"({"seq":1,"mac":")" + std::string(64, 'A') + "\"}",
        R"({"seq":99999999999999999999,"mac":")" + mac + "\"}", R"( {"seq":1,"mac":")" + mac + "\"}"})
    EXPECT_FALSE(parse_record_line(text)) << text;
}

TEST(RecordLine, takes_an_object_on_one_line_only) {
  EXPECT_TRUE(fits_record("{}"));
  EXPECT_TRUE(fits_record(R"({"user":"álice"})"));
  EXPECT_FALSE(fits_record(""));
  EXPECT_FALSE(fits_record("{"));
  EXPECT_FALSE(fits_record("[1]"));
  EXPECT_FALSE(fits_record("{\"a\":\n1}"));
  EXPECT_FALSE(fits_record("{" + std::string(record_object_limit, ' ') + "}"));
}

}  // namespace
}  // namespace sallyport::store
