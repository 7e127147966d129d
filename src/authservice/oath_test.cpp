#include "authservice/oath.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "base/encoding.h"

namespace sallyport::authservice {
namespace {

std::vector<std::vector<std::string>> lines_of(const std::string& name) {
  std::ifstream file(std::string(VECTORS_DIR "/oath/") + name);
  std::vector<std::vector<std::string>> lines;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line.front() == '#') continue;
    std::istringstream words(line);
    auto& fields = lines.emplace_back();
    for (std::string word; words >> word;) fields.push_back(word);
  }
  return lines;
}

OathAlgorithm algorithm_of(const std::string& word) {
  return word == "sha1"     ? OathAlgorithm::sha1
         : word == "sha256" ? OathAlgorithm::sha256
                            : OathAlgorithm::sha512;
}

base::WallTime at(std::int64_t seconds) { return base::WallTime(std::chrono::seconds(seconds)); }

TEST(Oath, gives_the_codes_of_rfc_4226_appendix_d) {
  const auto lines = lines_of("rfc4226_appendix_d.txt");
  ASSERT_EQ(lines.size(), 10U);
  for (const auto& line : lines) {
    const OathKey key(algorithm_of(line[1]), std::stoi(line[2]), *base::from_hex(line[3]));
    EXPECT_EQ(write_code(key.code(std::stoll(line[0])), key.digits()), line[4]);
  }
}

TEST(Oath, gives_the_codes_of_rfc_6238_appendix_b) {
  const auto lines = lines_of("rfc6238_appendix_b.txt");
  ASSERT_EQ(lines.size(), 18U);
  for (const auto& line : lines) {
    const OathKey key(algorithm_of(line[1]), std::stoi(line[2]), *base::from_hex(line[4]));
    const auto step = totp_step(at(std::stoll(line[0])), std::stoi(line[3]));
    EXPECT_EQ(write_code(key.code(step), key.digits()), line[5]) << line[0] << ' ' << line[1];
  }
}

TEST(Oath, counts_steps_downwards_before_1970) {
  EXPECT_EQ(totp_step(at(0), 30), 0);
  EXPECT_EQ(totp_step(at(29), 30), 0);
  EXPECT_EQ(totp_step(at(30), 30), 1);
  EXPECT_EQ(totp_step(at(-1), 30), -1);
  EXPECT_EQ(totp_step(at(-30), 30), -1);
  EXPECT_EQ(totp_step(at(-31), 30), -2);
}

TEST(Oath, reads_only_exactly_as_many_ascii_digits_as_the_token_shows) {
  EXPECT_EQ(read_code("012345", 6), 12345U);
  EXPECT_EQ(read_code("99999999", 8), 99999999U);
  for (const auto* text :
       {"", "12345", "1234567", "12345a", " 12345", "12345 ", "+12345", "-12345", "\xd9\xa1\xd9\xa2\xd9\xa3"}) {
    EXPECT_FALSE(read_code(text, 6)) << text;
  }
}

TEST(Oath, names_its_algorithms_as_otpauth_does) {
  for (const auto* name : {"SHA1", "SHA256", "SHA512"})
    EXPECT_EQ(to_string(oath_algorithm(name).value()), name);
  EXPECT_FALSE(oath_algorithm("MD5"));
  EXPECT_FALSE(oath_algorithm("sha1"));
}

}  // namespace
}  // namespace sallyport::authservice
