#include "vip/wsdl.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "xml/reader.h"

namespace sallyport::vip {
namespace {

constexpr std::array services{Service::authentication, Service::query, Service::management};

TEST(Wsdl, is_well_formed_and_names_the_services_operations_only) {
  for (auto service : services) {
    const auto text = wsdl(service, "https://host.example/a&b");
    ASSERT_TRUE(xml::parse(base::as_bytes(text), {.attributes = 2000})) << text;
    for (const auto& known : operations)
      EXPECT_EQ(text.find("<operation name=\"" + std::string(known.name) + "\">") != text.npos,
                known.service == service);
    EXPECT_NE(text.find(R"(location="https://host.example/a&amp;b")"), text.npos);
  }
}

TEST(Wsdl, tells_of_e_mail_and_numbers_only_where_1_10_is_asked) {
  for (const auto* word :
       {"EMAIL_OTP", "emailDeliveryInfo", "EmailDeliveryInfoType", "numbersChallengeValue"}) {
    EXPECT_EQ(schema(8).find(word), std::string::npos) << word;
    EXPECT_EQ(schema(9).find(word), std::string::npos) << word;
    EXPECT_NE(schema(10).find(word), std::string::npos) << word;
  }
  EXPECT_NE(
      schema().find(
          R"(<xs:choice minOccurs="0"><xs:element name="smsDeliveryInfo" type="vip:SmsDeliveryInfoType"/><xs:element name="voiceDeliveryInfo" type="vip:VoiceDeliveryInfoType"/></xs:choice>)"),
      std::string::npos);
}

TEST(Wsdl, keeps_the_schemas_order_and_choices) {
  const auto text = schema();
  EXPECT_NE(
      text.find(
          R"(<xs:element name="requestId" type="vip:RequestIdType"/><xs:element name="onBehalfOfAccountId" type="vip:AccountIdType" minOccurs="0"/><xs:element name="userId" type="vip:UserIdType"/>)"),
      text.npos);
  EXPECT_NE(
      text.find(
          R"(<xs:choice><xs:element name="otpAuthData" type="vip:OtpAuthDataType"/><xs:element name="pushAuthData" type="vip:PushAuthDataType"/></xs:choice>)"),
      text.npos);
  EXPECT_NE(
      text.find(
          R"(<xs:element name="credentials" type="vip:CredentialDefinitionType" minOccurs="1" maxOccurs="5"/>)"),
      text.npos);
}

// For tests/wire/wsdl_loads.py, which loads them with a stack that nobody here wrote.
TEST(Wsdl, is_written_where_the_environment_asks) {
  const char* folder = std::getenv("SALLYPORT_WSDL_FOLDER");
  if (folder == nullptr) GTEST_SKIP();
  for (auto service : services)
    for (int minor : {8, 10}) {
      const auto name = std::string(name_of(service)) + "_1_" + std::to_string(minor);
      std::ofstream(std::string(folder) + "/" + name + ".wsdl")
          << wsdl(service, "https://localhost:18443/vipuserservices/" + name, minor);
    }
  for (int minor : {8, 10})
    std::ofstream(std::string(folder) + "/schema_1_" + std::to_string(minor) + ".xsd") << schema(minor);
}

}  // namespace
}  // namespace sallyport::vip
