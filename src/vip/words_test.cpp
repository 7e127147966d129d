#include <gtest/gtest.h>

#include <set>

#include "vip/path.h"
#include "vip/simple_types.h"
#include "vip/status.h"
#include "vip/time_text.h"
#include "vip/types.h"

namespace sallyport::vip {
namespace {

TEST(Status, is_read_in_either_case_and_written_in_upper_case) {
  EXPECT_EQ(Status::from_text("601b"), status::not_allowed_in_user_status);
  EXPECT_EQ(Status::from_text("601B"), status::not_allowed_in_user_status);
  EXPECT_EQ(status::not_allowed_in_user_status.text(), "601B");
  EXPECT_EQ(status::success.text(), "0000");
  EXPECT_EQ(status::push_sent.number(), 24640);
  for (auto bad : {"", "0", "600", "60090", "60 9", "0x60", "600G", "-001"})
    EXPECT_FALSE(Status::from_text(bad)) << bad;
  for (unsigned n = 0; n < 65536; ++n) {
    const Status code(static_cast<std::uint16_t>(n));
    ASSERT_EQ(Status::from_text(code.text()), code);
  }
}

TEST(Status, has_the_texts_of_the_wire) {
  static_assert(message(status::success) == "Success");
  static_assert(message(status::authentication_failed) == "Authentication failed.");
  static_assert(message(detail::invalid_otp) == "Failed with an invalid OTP");
  EXPECT_EQ(message(Status{0x1234}), "");
  std::set<unsigned> seen;
  for (const auto& known : status_texts) EXPECT_TRUE(seen.insert(known.code.number()).second) << known.text;
}

TEST(Path, names_service_and_version) {
  auto path = parse_path("/vipuserservices/AuthenticationService_1_8");
  ASSERT_TRUE(path);
  EXPECT_EQ(path->service, Service::authentication);
  EXPECT_EQ(path->minor, 8);
  EXPECT_EQ(parse_path("/a/b/QueryService_1_10")->minor, 10);
  EXPECT_EQ(parse_path("/QueryService_1_0")->service, Service::query);
  EXPECT_EQ(parse_path("/x/ManagementService_1_7/")->service, Service::management);
  for (auto bad :
       {"", "/", "AuthenticationService_1_8", "/x/AuthenticationService", "/x/AuthenticationService_1_",
        "/x/AuthenticationService_2_0", "/x/AuthenticationService_1_8x", "/x/AuthenticationService_1_100",
        "/x/authenticationservice_1_8", "/x/AuthenticationService_1_8/y", "/x/YAuthenticationService_1_8"})
    EXPECT_FALSE(parse_path(bad)) << bad;
}

TEST(Operation, knows_its_service_and_its_place) {
  for (std::size_t i = 0; i < operations.size(); ++i) {
    const auto& known = operations[i];
    EXPECT_EQ(static_cast<std::size_t>(known.operation), i);
    const auto tail = std::string(known.name.substr(1));
    EXPECT_EQ(known.request.substr(1), tail + "Request");
    EXPECT_EQ(known.response.substr(1), tail + "Response");
  }
  EXPECT_EQ(service_of(Operation::get_server_time), Service::query);
  EXPECT_EQ(service_of(Operation::remove_credential), Service::management);
}

TEST(SimpleType, holds_lengths_and_letters) {
  EXPECT_EQ(why_not(simple::credential_id, "VSMT,#.*1234"), "");
  EXPECT_NE(why_not(simple::credential_id, "VSMT-1234"), "");
  EXPECT_NE(why_not(simple::credential_id, "VSM"), "");
  EXPECT_EQ(why_not(simple::otp, "1234567890"), "");
  EXPECT_EQ(why_not(simple::otp, "1"), "must have " + expected_of(simple::otp));
  EXPECT_EQ(expected_of(simple::phone_number),
            "5 to 41 characters: a phone number of digits without '+', an extension after x");
  EXPECT_NE(why_not(simple::otp, "12345678901"), "");
  EXPECT_NE(why_not(simple::otp, std::string_view("12345\0", 6)), "");
  EXPECT_EQ(why_not(simple::pin, "p\xC3\xA4ss"), "");
  EXPECT_NE(why_not(simple::pin, "p\xC3\xA4s"), "");
  EXPECT_NE(why_not(simple::user_id, ""), "");
  EXPECT_EQ(why_not(simple::user_id, " "), "");
  EXPECT_NE(why_not(simple::user_id, std::string_view("a\0b", 3)), "");
  EXPECT_EQ(why_not(simple::request_id, "1"), "");
  EXPECT_EQ(why_not(simple::value, ""), "");
}

TEST(SimpleType, knows_phone_numbers_and_addresses) {
  for (auto good : {"12345", "15551234567", "15551234567x1", "15551234567x,#.*9"})
    EXPECT_EQ(why_not(simple::phone_number, good), "") << good;
  for (auto bad : {"1234", "123456789012345678901", "+15551234567", "15551234567x", "x15551234567",
                   "1555 1234567", "15551234567xx1", "15551234567x123456789012345678901"})
    EXPECT_NE(why_not(simple::phone_number, bad), "") << bad;
  for (auto good : {"a@b.c", "o'brien+vpn@example.com", "a.b-c_d@x-1.example"}) {
    EXPECT_EQ(why_not(simple::email_address, good), "") << good;
    EXPECT_EQ(why_not(simple::credential_id_1_10, good), "") << good;
    EXPECT_NE(why_not(simple::credential_id, good), "") << good;
  }
  for (auto bad : {"a@", "@b.c", "abcd", "a@b@c", "a b@c.d", "a\r\nBcc:x@b.c", "<a@b.c>", "a@b,c@d"})
    EXPECT_NE(why_not(simple::email_address, bad), "") << bad;
  EXPECT_EQ(why_not(simple::credential_id_1_10, "VSMT12345678"), "");
}

TEST(TimeText, goes_there_and_back) {
  const auto at = from_time_text("2024-02-29T23:59:59.999Z");
  ASSERT_TRUE(at);
  EXPECT_EQ(to_time_text(*at), "2024-02-29T23:59:59.999Z");
  EXPECT_EQ(to_time_text(base::WallTime{}), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(to_time_text(base::WallTime{std::chrono::milliseconds{-1}}), "1969-12-31T23:59:59.999Z");
  EXPECT_EQ(to_time_text(*from_time_text("2024-01-01T00:30:00+01:00")), "2023-12-31T23:30:00.000Z");
  EXPECT_EQ(to_time_text(*from_time_text("2024-01-01T00:30:00.5-14:00")), "2024-01-01T14:30:00.500Z");
  EXPECT_EQ(to_time_text(*from_time_text("2024-01-01T00:30:00.12345678901234567890123")),
            "2024-01-01T00:30:00.123Z");
  EXPECT_EQ(to_time_text(base::WallTime::max()).size(), 24U);
  EXPECT_EQ(to_time_text(base::WallTime::min()).size(), 24U);
  for (auto bad : {"", "2024", "2023-02-29T00:00:00Z", "2024-13-01T00:00:00Z", "2024-01-01 00:00:00Z",
                   "2024-01-01T24:00:00Z", "2024-01-01T00:60:00Z", "2024-01-01T00:00:60Z",
                   "2024-01-01T00:00:00.Z", "2024-01-01T00:00:00Zx", "2024-01-01T00:00:00+15:00",
                   "2024-01-01T00:00:00+1", "-2024-01-01T00:00:00Z", "12024-01-01T00:00:00Z"})
    EXPECT_FALSE(from_time_text(bad)) << bad;
}

TEST(Enumerations, have_the_words_of_the_schema) {
  EXPECT_EQ(to_string(CredentialType::standard_otp), "STANDARD_OTP");
  EXPECT_EQ(to_string(CredentialType::ia), "IA");
  EXPECT_EQ(to_string(CredentialType::email_otp), "EMAIL_OTP");
  EXPECT_EQ(to_string(CredentialType::other), "");
  EXPECT_EQ(credential_type("VOICE_OTP"), CredentialType::voice_otp);
  EXPECT_FALSE(credential_type("voice_otp"));
  EXPECT_FALSE(credential_type(""));
  EXPECT_EQ(to_string(UserStatus::locked), "LOCKED");
  EXPECT_EQ(to_string(TokenStatus::unknown), "UNKNOWN");
}

}  // namespace
}  // namespace sallyport::vip
