#include "delivery/mail.h"

#include <gmock/gmock.h>

#include <chrono>

#include "base/encoding.h"

namespace sallyport::delivery {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

Mail mail() {
  return {.from = "sallyport@example.com",
          .to = "alice@example.com",
          .subject = "Your security code",
          .body = "Your code is 012345.\nIt is good for 5 minutes.",
          .message_id = "abc@example.com",
          .date = std::chrono::sys_days(std::chrono::year(2026) / 2 / 3) + 4h + 5min + 6s};
}

std::string text_of(const Mail& mail) { return std::string(octets_of(mail).reveal()); }

std::vector<std::string> header_lines(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.find("\r\n\r\n");) {
    const auto end = text.find("\r\n", at);
    lines.push_back(text.substr(at, end - at));
    at = end + 2;
  }
  return lines;
}

Parcel parcel(const std::string& user) {
  Parcel made;
  made.accepted.steady = base::SteadyTime(100s);
  made.delivery.user = user;
  made.delivery.code = base::Secret("012345");
  made.delivery.text = "Sign-in from {user}";
  made.delivery.life = 300s;
  return made;
}

TEST(MailOctets, are_a_plain_message_where_ascii_is_enough) {
  EXPECT_EQ(text_of(mail()),
            "Date: Tue, 03 Feb 2026 04:05:06 +0000\r\n"
            "From: <sallyport@example.com>\r\n"
            "To: <alice@example.com>\r\n"
            "Message-ID: <abc@example.com>\r\n"
            "Subject: Your security code\r\n"
            "Auto-Submitted: auto-generated\r\n"
            "MIME-Version: 1.0\r\n"
            "Content-Type: text/plain; charset=UTF-8\r\n"
            "Content-Transfer-Encoding: 7bit\r\n"
            "\r\n"
            "Your code is 012345.\r\nIt is good for 5 minutes.\r\n");
}

TEST(MailOctets, encode_a_body_that_is_not_ascii) {
  auto german = mail();
  german.body = "Für Zoë: 012345";
  const auto text = text_of(german);
  EXPECT_THAT(text, HasSubstr("Content-Transfer-Encoding: base64\r\n"));
  const auto body = text.substr(text.find("\r\n\r\n") + 4);
  const auto octets = base::from_base64(body.substr(0, body.find("\r\n")));
  ASSERT_TRUE(octets);
  EXPECT_EQ(base::as_text(*octets), "Für Zoë: 012345\r\n");
}

TEST(MailOctets, have_no_line_that_is_too_long) {
  auto wide = mail();
  wide.body = std::string(5'000, 'x');
  wide.subject = std::string(400, 's') + "ü" + std::string(400, 's');
  const auto text = text_of(wide);
  for (std::size_t at = 0; at < text.size();) {
    const auto end = text.find("\r\n", at);
    EXPECT_LE(end - at, 78U);
    at = end + 2;
  }
}

TEST(MailOctets, encode_a_subject_in_whole_characters) {
  auto german = mail();
  german.subject = "";
  for (int i = 0; i < 40; ++i) german.subject += "€";  // three octets each
  std::string decoded;
  for (const auto& line : header_lines(text_of(german))) {
    const auto begin = line.find("=?UTF-8?B?");
    if (begin == std::string::npos) continue;
    ASSERT_TRUE(line.ends_with("?=")) << line;
    const auto octets = base::from_base64(line.substr(begin + 10, line.size() - begin - 12));
    ASSERT_TRUE(octets) << line;
    EXPECT_EQ(octets->size() % 3, 0U) << "no character is cut";
    decoded += base::as_text(*octets);
  }
  EXPECT_EQ(decoded, german.subject);
}

TEST(MailOctets, no_value_ends_or_adds_a_header_field) {
  auto hostile = mail();
  hostile.subject = "a\r\nBcc: eve@example.com\r\n\r\nbody\0\x0b";
  hostile.message_id = "x>\r\nBcc: eve@example.com";
  const auto lines = header_lines(text_of(hostile));
  EXPECT_EQ(lines.size(), 9U);
  for (const auto& line : lines) EXPECT_THAT(line, Not(testing::StartsWith("Bcc")));
}

TEST(MailOctets, a_subject_that_looks_encoded_is_encoded_itself) {
  auto odd = mail();
  odd.subject = "=?UTF-8?Q?x?=";
  EXPECT_THAT(text_of(odd), Not(HasSubstr("=?UTF-8?Q?")));
}

TEST(MailAddress, is_what_smtp_takes_without_quotes) {
  for (const char* good : {"a@b", "alice@example.com", "a.b+c@x-1.example", "o'neil@example.com"})
    EXPECT_TRUE(is_mail_address(good)) << good;
  for (const char* bad : {"",
                          "a",
                          "@b",
                          "a@",
                          "a@b\r\nRCPT TO:<c@d>",
                          "a@b>",
                          "<a@b",
                          "a b@c",
                          "a@b c",
                          "a@-b",
                          "a@b-",
                          "a@b..c",
                          "a@.b",
                          "a@b.",
                          ".a@b",
                          "a.@b",
                          "a..b@c",
                          "a@[127.0.0.1]",
                          "\"a\"@b",
                          "ä@b",
                          "a@b,c@d",
                          "a\0b@c"})
    EXPECT_FALSE(is_mail_address(bad)) << bad;
  EXPECT_FALSE(is_mail_address(std::string_view("a\0b@c", 5)));
  EXPECT_FALSE(is_mail_address(std::string(65, 'a') + "@b"));
  EXPECT_FALSE(is_mail_address("a@" + std::string(300, 'b')));
}

TEST(MailTemplate, is_filled_once) {
  const auto now = base::SteadyTime(100s);
  const auto fill_in = [&](std::string_view words, const Parcel& with, base::SteadyTime when) {
    return std::string(fill(words, with, when).reveal());
  };
  EXPECT_EQ(fill_in("{user}: {code}, {minutes} min. {text}", parcel("alice"), now),
            "alice: 012345, 5 min. Sign-in from {user}");
  EXPECT_EQ(fill_in("{user}{", parcel("{code}"), now), "{code}{") << "a user's name is not a template";
  EXPECT_EQ(fill_in("{minutes}", parcel("a"), now + 61s), "4");
  EXPECT_EQ(fill_in("{minutes}", parcel("a"), now + 299s), "1");
  EXPECT_EQ(fill_in("{other} {}", parcel("a"), now), "{other} {}");
  auto notice = parcel("a");
  notice.delivery.headline = "gw1: it has begun";
  EXPECT_EQ(fill_in("Sallyport: {headline}", notice, now), "Sallyport: gw1: it has begun");
}

}  // namespace
}  // namespace sallyport::delivery
