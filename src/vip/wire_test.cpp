#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "vip/client_wire.h"
#include "vip/server_wire.h"

namespace sallyport::vip {
namespace {

using namespace std::chrono_literals;
constexpr auto an_instant =
    base::WallTime{std::chrono::sys_days{std::chrono::year{2024} / 2 / 29}} + 1h + 2min + 3s + 45'678us;

AuthenticateUserRequest login() {
  AuthenticateUserRequest request;
  request.request_id = "sp1_0123456789abcdefghijkl";
  request.user_id = "alice";
  request.otp_auth_data = OtpAuthData{base::Secret("123456"), {}};
  return request;
}

FieldError refused(const AnyRequest& request) {
  auto text = encode_request(request);
  EXPECT_FALSE(text);
  return text ? FieldError{} : text.error();
}

std::string enveloped(std::string_view message) {
  return R"(<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>)" + std::string(message) +
         "</e:Body></e:Envelope>";
}

TEST(Request, is_written_exactly_so) {
  EXPECT_EQ(
      encode_request(login()).value(),
      R"(<?xml version="1.0" encoding="UTF-8"?><S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body>)"
      R"(<AuthenticateUserRequest xmlns="https://schemas.symantec.com/vip/2011/04/vipuserservices">)"
      "<requestId>sp1_0123456789abcdefghijkl</requestId><userId>alice</userId><otpAuthData><otp>123456</otp></"
      "otpAuthData>"
      "</AuthenticateUserRequest></S:Body></S:Envelope>");
}

TEST(Request, does_not_leave_when_the_service_would_have_to_refuse_it) {
  auto request = login();
  request.user_id = "bell\a";
  EXPECT_EQ(refused(request).field, "userId");
  request.user_id = "latin1 \xE9";
  EXPECT_EQ(refused(request).field, "userId");
  request = login();
  request.otp_auth_data->otp = base::Secret("hunter2+123456");
  const auto error = refused(request);
  EXPECT_EQ(error.field, "otp");
  EXPECT_EQ(error.reason.find("hunter2"), std::string::npos);
  AuthenticateCredentialsRequest neither;
  neither.request_id = "abcd";
  neither.credentials = {{"VSMT12345678", CredentialType::standard_otp}};
  EXPECT_EQ(refused(neither).field, "otpAuthData");
  GetCredentialInfoRequest odd;
  odd.request_id = "abcd";
  odd.credential_id = "VSMT12345678";
  odd.credential_type = CredentialType::other;
  EXPECT_EQ(refused(odd).field, "credentialType");
}

TEST(Request, counts_characters_not_octets_of_a_user_id) {
  auto request = login();
  request.user_id.clear();
  for (int i = 0; i < 128; ++i) request.user_id += "\xF0\x9F\x98\x80";
  auto text = encode_request(request);
  ASSERT_TRUE(text);
  auto decoded = decode_request(base::as_bytes(*text));
  EXPECT_EQ(std::get<AuthenticateUserRequest>(std::get<AnyRequest>(decoded)).user_id, request.user_id);
  request.user_id += "x";
  EXPECT_EQ(refused(request).field, "userId");
}

TEST(Request, never_joins_markup_of_its_values_to_the_message) {
  auto request = login();
  request.user_id = "x</userId><userId>admin</userId><!-- ]]> &amp; \"'";
  auto decoded = decode_request(base::as_bytes(encode_request(request).value()));
  EXPECT_EQ(std::get<AuthenticateUserRequest>(std::get<AnyRequest>(decoded)).user_id, request.user_id);
}

TEST(Request, may_carry_a_request_id_shorter_than_the_schema_says) {
  auto decoded = decode_request(base::as_bytes(enveloped(
      R"(<GetServerTimeRequest xmlns="https://schemas.symantec.com/vip/2011/04/vipuserservices"><requestId>7</requestId></GetServerTimeRequest>)")));
  EXPECT_EQ(base_of(std::get<AnyRequest>(decoded)).request_id, "7");
}

TEST(Response, is_written_exactly_so) {
  GetServerTimeResponse response;
  response.request_id = "abcd";
  response.set(status::success);
  response.timestamp = an_instant;
  EXPECT_EQ(
      encode_response(response),
      R"(<?xml version="1.0" encoding="UTF-8"?><S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body>)"
      R"(<GetServerTimeResponse xmlns="https://schemas.symantec.com/vip/2011/04/vipuserservices">)"
      "<requestId>abcd</requestId><status>0000</status><statusMessage>Success</statusMessage>"
      "<timestamp>2024-02-29T01:02:03.045Z</timestamp></GetServerTimeResponse></S:Body></S:Envelope>");
}

TEST(Response, says_detail_and_its_text) {
  AuthenticateUserResponse response;
  response.request_id = "abcd";
  response.set(status::authentication_failed, detail::invalid_otp);
  EXPECT_NE(encode_response(response).find(
                "<status>6009</status><statusMessage>Authentication failed.</statusMessage>"
                "<detail>49B5</detail><detailMessage>Failed with an invalid OTP</detailMessage>"),
            std::string::npos);
  response.set(status::success);
  EXPECT_EQ(encode_response(response).find("detail"), std::string::npos);
}

TEST(Response, has_nothing_newer_than_the_version_asked_for) {
  GetUserInfoResponse response;
  auto& binding = response.credential_binding_detail.emplace_back();
  binding.token_category_details.emplace();
  binding.token_info.emplace();
  EXPECT_NE(encode_response(response, 8).find("tokenInfo"), std::string::npos);
  EXPECT_EQ(encode_response(response, 7).find("token"), std::string::npos);
}

TEST(Refusal, is_600B_in_the_operations_own_response_with_the_field_and_not_its_value) {
  auto decoded = decode_request(base::as_bytes(enveloped(
      R"(<CheckOtpRequest xmlns="https://schemas.symantec.com/vip/2011/04/vipuserservices"><otpAuthData><otp>sesame</otp><otp2>open!!</otp2></otpAuthData><userId>a</userId><requestId>ab_1</requestId></CheckOtpRequest>)")));
  const auto text = encode_response(refusal_of(std::get<InvalidRequest>(decoded)));
  EXPECT_NE(text.find("<CheckOtpResponse "), std::string::npos);
  EXPECT_NE(text.find("<requestId>ab_1</requestId><status>600B</status><statusMessage>Schema validation "
                      "failed.</statusMessage>"
                      "<detailMessage>otpAuthData/otp2 must have 6 to 10 letters or digits</detailMessage>"),
            std::string::npos)
      << text;
  EXPECT_EQ(text.find("open!!"), std::string::npos);
}

TEST(Fault, reads_back_with_its_side) {
  for (auto side :
       {FaultSide::client, FaultSide::server, FaultSide::version_mismatch, FaultSide::must_understand}) {
    const auto text = encode_fault({side, "a < b"});
    auto decoded = decode_response(Operation::check_otp, base::as_bytes(text));
    EXPECT_EQ(std::get<Fault>(decoded).side, side);
    EXPECT_EQ(std::get<Fault>(decoded).text, "a < b");
  }
}

TEST(Request, of_hostile_size_or_shape_is_a_fault_and_soon) {
  auto is_fault = [](const std::string& text) {
    return std::holds_alternative<Fault>(decode_request(base::as_bytes(text)));
  };
  EXPECT_TRUE(is_fault(std::string(100 << 20, 'x')));
  EXPECT_TRUE(is_fault(enveloped("<a>" + std::string(300 << 10, 'x') + "</a>")));
  std::string deep;
  for (int i = 0; i < 50'000; ++i) deep += "<a>";
  EXPECT_TRUE(is_fault(enveloped(deep)));
  std::string wide;
  for (int i = 0; i < 50'000; ++i) wide += "<a/>";
  EXPECT_TRUE(is_fault(enveloped("<b>" + wide + "</b>")));
}

TEST(Response, of_hostile_size_is_no_answer) {
  auto decoded = decode_response(Operation::get_user_info, base::as_bytes(std::string(100 << 20, ' ')));
  EXPECT_EQ(std::get<NotAnAnswer>(decoded).reason, "too large");
}

TEST(Response, of_any_operation_goes_through_the_client) {
  for (const auto& known : operations) {
    auto response = empty_response(known.operation);
    EXPECT_EQ(operation_of(response), known.operation);
    base_of(response).request_id = "abcd";
    base_of(response).set(status::not_authorized);
    auto decoded = decode_response(known.operation, base::as_bytes(encode_response(response)));
    ASSERT_TRUE(std::holds_alternative<AnyResponse>(decoded)) << known.name;
    EXPECT_EQ(base_of(std::get<AnyResponse>(decoded)).status, status::not_authorized);
    EXPECT_EQ(operation_of(std::get<AnyResponse>(decoded)), known.operation);
  }
}

TEST(Response, with_unknown_words_of_a_newer_service_is_still_read) {
  auto decoded = decode_response(
      Operation::get_user_info,
      base::as_bytes(enveloped(
          R"(<GetUserInfoResponse xmlns="https://schemas.symantec.com/vip/2011/04/vipuserservices"><requestId>abcd</requestId><status>0000</status><statusMessage>Success</statusMessage><userStatus>ASLEEP</userStatus><numBindings>2</numBindings>)"
          "<credentialBindingDetail><credentialId>a@example.com</credentialId><credentialType>SECURITY_KEY</"
          "credentialType><bindingDetail><bindStatus>ENABLED</bindStatus><lastBindTime>2024-01-01T00:00:00Z</"
          "lastBindTime></bindingDetail></credentialBindingDetail>"
          "<credentialBindingDetail><credentialId>VSMT12345678</credentialId></credentialBindingDetail></"
          "GetUserInfoResponse>")));
  const auto& response = std::get<GetUserInfoResponse>(std::get<AnyResponse>(decoded));
  EXPECT_EQ(response.user_status, UserStatus::other);
  ASSERT_EQ(response.credential_binding_detail.size(), 1U);
  EXPECT_EQ(response.credential_binding_detail[0].credential_type, CredentialType::other);
}

TEST(Response, with_a_field_twice_that_stands_once_is_no_answer) {
  const auto read = [](const std::string& more) {
    return decode_response(
        Operation::get_user_info,
        base::as_bytes(enveloped(
            R"(<GetUserInfoResponse xmlns="https://schemas.symantec.com/vip/2011/04/vipuserservices"><requestId>abcd</requestId><status>0000</status><statusMessage>Success</statusMessage><userStatus>ACTIVE</userStatus><numBindings>2</numBindings>)" +
            more + "</GetUserInfoResponse>")));
  };
  const std::string bound =
      "<credentialBindingDetail><credentialId>SPTO12345678</credentialId><credentialType>STANDARD_OTP</"
      "credentialType><bindingDetail><bindStatus>ENABLED</bindStatus></bindingDetail>";
  const std::string end = "</credentialBindingDetail>";
  EXPECT_TRUE(std::holds_alternative<AnyResponse>(read(bound + end + bound + end)));
  for (const auto& doubled :
       {std::string("<status>6009</status>"), std::string("<requestId>abcd</requestId>"),
        std::string("<userStatus>ACTIVE</userStatus>"), std::string("<numBindings>3</numBindings>"),
        bound + "<credentialId>SPTO12345678</credentialId>" + end}) {
    const auto decoded = read(doubled);
    ASSERT_TRUE(std::holds_alternative<NotAnAnswer>(decoded)) << doubled;
    EXPECT_NE(std::get<NotAnAnswer>(decoded).reason.find("occurs too often"), std::string::npos) << doubled;
  }
}

}  // namespace
}  // namespace sallyport::vip
