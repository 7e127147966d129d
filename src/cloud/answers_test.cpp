#include "cloud/answers.h"

#include <gtest/gtest.h>

namespace sallyport::cloud {
namespace {

vip::CredentialBindingDetail credential(vip::CredentialType type, std::string id,
                                        vip::BindStatus bound = vip::BindStatus::enabled,
                                        std::optional<std::string> status = "ENABLED") {
  vip::CredentialBindingDetail out;
  out.credential_id = std::move(id);
  out.credential_type = type;
  out.credential_status = std::move(status);
  out.binding_detail.bind_status = bound;
  return out;
}

End told(vip::AnyResponse response, vip::Status status = vip::status::success) {
  End end;
  end.evidence = Evidence::answered;
  end.answer.kind = SoapAnswer::Kind::operation;
  end.answer.status = status;
  end.answer.response = std::move(response);
  return end;
}

UserAnswer methods_of(std::vector<vip::CredentialBindingDetail> credentials) {
  vip::GetUserInfoResponse response;
  response.user_status = vip::UserStatus::active;
  response.credential_binding_detail = std::move(credentials);
  return user_answer(told(std::move(response)));
}

TEST(AnswerAboutAUser, tells_the_enabled_ways_to_sign_in_in_the_services_order) {
  using Type = vip::CredentialType;
  auto phone = credential(Type::standard_otp, "VSMT12345678");
  phone.push_attributes = {{"PUSH_PLATFORM", "ANDROID"}, {"PUSH_ENABLED", "true"}};
  const auto answer = methods_of({credential(Type::voice_otp, "4930123456"), phone,
                                  credential(Type::sms_otp, "49151123456"), credential(Type::ia, "x")});
  EXPECT_EQ(answer.outcome, Outcome::good);
  EXPECT_TRUE(answer.has_code);
  EXPECT_TRUE(answer.has_push);
  ASSERT_EQ(answer.destinations.size(), 2U);
  EXPECT_EQ(answer.destinations[0].method, Method::voice);
  EXPECT_EQ(answer.destinations[0].address, "4930123456");
  EXPECT_EQ(answer.destinations[1].method, Method::sms);
  EXPECT_EQ(answer.destinations[1].address, "49151123456");
}

TEST(AnswerAboutAUser, leaves_out_what_is_not_enabled) {
  using Type = vip::CredentialType;
  auto locked = credential(Type::standard_otp, "VSMT1", vip::BindStatus::enabled, "LOCKED");
  locked.push_attributes = {{"PUSH_ENABLED", "true"}};
  auto pushless = credential(Type::certificate, "c");
  pushless.push_attributes = {{"PUSH_ENABLED", "false"}};
  const auto answer =
      methods_of({locked, pushless, credential(Type::sms_otp, "49151123456", vip::BindStatus::disabled),
                  credential(Type::voice_otp, "4930123456", vip::BindStatus::enabled, "DISABLED")});
  EXPECT_EQ(answer.outcome, Outcome::good);
  EXPECT_FALSE(answer.has_code);
  EXPECT_FALSE(answer.has_push);
  EXPECT_TRUE(answer.destinations.empty());
  EXPECT_TRUE(methods_of({credential(Type::standard_otp, "VSMT1", vip::BindStatus::enabled, {})}).has_code);
}

TEST(AnswerAboutAUser, counts_a_temporary_code_as_one_that_is_typed) {
  vip::GetUserInfoResponse response;
  response.is_temp_password_set = true;
  EXPECT_TRUE(user_answer(told(response)).has_code);
}

TEST(AnswerAboutAUser, is_refused_for_one_who_is_not_active_or_not_there) {
  vip::GetUserInfoResponse response;
  response.user_status = vip::UserStatus::locked;
  response.credential_binding_detail = {credential(vip::CredentialType::standard_otp, "VSMT1")};
  const auto locked = user_answer(told(response));
  EXPECT_EQ(locked.outcome, Outcome::refused);
  EXPECT_EQ(locked.status, "LOCKED");
  EXPECT_FALSE(locked.has_code);
  response.user_status = vip::UserStatus::other;
  EXPECT_EQ(user_answer(told(response)).outcome, Outcome::refused);
  const auto unknown = user_answer(told(vip::GetUserInfoResponse{}, vip::status::user_does_not_exist));
  EXPECT_EQ(unknown.outcome, Outcome::refused);
  EXPECT_EQ(unknown.status, "6003");
}

TEST(AnswerAboutAUser, is_none_without_the_services_word) {
  End end;
  end.evidence = Evidence::reset;
  end.detail = "cut";
  const auto answer = user_answer(end);
  EXPECT_EQ(answer.outcome, Outcome::no_verdict);
  EXPECT_EQ(answer.evidence, Evidence::reset);
  EXPECT_EQ(answer.detail, "cut");
  EXPECT_TRUE(answer.status.empty());
}

}  // namespace
}  // namespace sallyport::cloud
