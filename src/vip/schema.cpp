#include "vip/schema.h"

#include <fmt/format.h>

#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

#include "vip/enum_words.h"
#include "vip/fields.h"
#include "xml/writer.h"

namespace sallyport::vip {
namespace {

template <class T>
constexpr std::string_view complex_name() {
  if constexpr (std::same_as<T, KeyValuePair>) return "KeyValuePairType";
  if constexpr (std::same_as<T, AuthContext>) return "AuthContextType";
  if constexpr (std::same_as<T, OtpAuthData>) return "OtpAuthDataType";
  if constexpr (std::same_as<T, PushAuthData>) return "PushAuthDataType";
  if constexpr (std::same_as<T, PushDetail>) return "PushDetailType";
  if constexpr (std::same_as<T, PushTransactionStatus>) return "PushTransactionStatusType";
  if constexpr (std::same_as<T, TemporaryPasswordAttributes>) return "TemporaryPasswordAttributesType";
  if constexpr (std::same_as<T, GatewayAccount>) return "GatewayAcctInfoType";
  if constexpr (std::same_as<T, SmsDelivery>) return "SmsDeliveryInfoType";
  if constexpr (std::same_as<T, VoiceDelivery>) return "VoiceDeliveryInfoType";
  if constexpr (std::same_as<T, EmailDelivery>) return "EmailDeliveryInfoType";
  if constexpr (std::same_as<T, ServiceOtpDelivery>) return "ServiceOtpDeliveryInfoType";
  if constexpr (std::same_as<T, CredentialDefinition>) return "CredentialDefinitionType";
  if constexpr (std::same_as<T, CredentialDetail>) return "CredentialDetailType";
  if constexpr (std::same_as<T, BindingDetail>) return "BindingDetailType";
  if constexpr (std::same_as<T, TokenCategoryDetails>) return "TokenCategoryDetailsType";
  if constexpr (std::same_as<T, TokenInformation>) return "TokenInformationType";
  if constexpr (std::same_as<T, CredentialBindingDetail>) return "CredentialBindingDetailType";
  if constexpr (std::same_as<T, UserBindingDetail>) return "UserBindingDetailType";
}

std::string type_of(const SimpleType& type) {
  return type.name == simple::text.name ? "xs:string" : fmt::format("vip:{}", type.name);
}
template <class T>
std::string type_of() {
  if constexpr (std::same_as<T, bool>)
    return "xs:boolean";
  else if constexpr (std::same_as<T, std::int64_t>)
    return "xs:integer";
  else if constexpr (std::same_as<T, base::WallTime>)
    return "xs:dateTime";
  else if constexpr (std::same_as<T, Status> || std::same_as<T, Detail>)
    return "xs:hexBinary";
  else if constexpr (Enumeration<T>)
    return fmt::format("vip:{}", schema_of<T>.type);
  else {
    static_assert(!complex_name<T>().empty());
    return fmt::format("vip:{}", complex_name<T>());
  }
}

class SchemaFields {
 public:
  SchemaFields(xml::Writer& out, int minor) : out_(out), minor_(minor) {}
  [[nodiscard]] bool speaks(int minor) const { return minor_ >= minor; }

  template <class T>
  void one(std::string_view name, const T&) {
    element(name, type_of<T>());
  }
  template <class T>
  void one(std::string_view name, const T&, const SimpleType& type) {
    element(name, type_of(type));
  }
  template <class T>
  void maybe(std::string_view name, const std::optional<T>&) {
    element(name, type_of<T>(), "0");
  }
  template <class T>
  void maybe(std::string_view name, const std::optional<T>&, const SimpleType& type) {
    element(name, type_of(type), "0");
  }
  void flag(std::string_view name, bool, bool when_absent) {
    element(name, "xs:boolean", "0", {}, when_absent ? "true" : "false");
  }
  template <class T>
  void many(std::string_view name, const std::vector<T>&, std::size_t min, std::size_t max) {
    element(name, type_of<T>(), std::to_string(min), max == 0 ? "unbounded" : std::to_string(max));
  }
  template <class T>
  void many(std::string_view name, const std::vector<T>&, std::size_t min, std::size_t max,
            const SimpleType& type) {
    element(name, type_of(type), std::to_string(min), std::to_string(max));
  }
  void exactly_one(const auto&... alternatives) { choice({}, alternatives...); }
  void at_most_one(const auto&... alternatives) { choice("0", alternatives...); }

 private:
  template <class T>
  static std::string type_of_optional(const std::optional<T>&) {
    return type_of<T>();
  }
  void choice(std::string_view min, const auto&... alternatives) {
    out_.open("xs:choice");
    if (!min.empty()) out_.attribute("minOccurs", min);
    (element(alternatives.name, type_of_optional(alternatives.member)), ...);
    out_.close();
  }
  void element(std::string_view name, std::string_view type, std::string_view min = {},
               std::string_view max = {}, std::string_view when_absent = {}) {
    out_.open("xs:element");
    out_.attribute("name", name);
    out_.attribute("type", type);
    if (!min.empty()) out_.attribute("minOccurs", min);
    if (!max.empty()) out_.attribute("maxOccurs", max);
    if (!when_absent.empty()) out_.attribute("default", when_absent);
    out_.close();
  }

  xml::Writer& out_;
  int minor_;
};

void facet(xml::Writer& out, std::string_view name, std::string_view value) {
  out.open(name);
  out.attribute("value", value);
  out.close();
}

void open_simple(xml::Writer& out, std::string_view name) {
  out.open("xs:simpleType");
  out.attribute("name", name);
  out.open("xs:restriction");
  out.attribute("base", "xs:string");
}

void simple_type(xml::Writer& out, const SimpleType& type) {
  open_simple(out, type.name);
  facet(out, "xs:minLength", std::to_string(type.min));
  facet(out, "xs:maxLength", std::to_string(type.max));
  if (auto pattern = pattern_of(type.alphabet); !pattern.empty()) facet(out, "xs:pattern", pattern);
  out.close();
  out.close();
}

void simple_types(xml::Writer& out, int minor) {
  for (const auto* type : {&simple::request_id,
                           &simple::account_id,
                           &simple::user_id,
                           &simple::credential_status,
                           &simple::friendly_name,
                           &simple::client_version,
                           &simple::client_type,
                           &simple::otp,
                           &simple::pin,
                           &simple::authn_id,
                           &simple::push_transaction_id,
                           &simple::key,
                           &simple::value,
                           &simple::form_factor,
                           &simple::temporary_password,
                           &simple::phone_number,
                           &simple::sms_from,
                           &simple::message_template,
                           &simple::gateway_id,
                           &simple::gateway_password,
                           &simple::language})
    simple_type(out, *type);
  simple_type(out, minor >= 10 ? simple::credential_id_1_10 : simple::credential_id);
  if (minor < 10) return;
  for (const auto* type : {&simple::email_address, &simple::numbers_challenge}) simple_type(out, *type);
}

template <Enumeration... E>
void enumerations(xml::Writer& out, int minor) {
  auto one = [&](const EnumSchema& schema) {
    open_simple(out, schema.type);
    const auto known = minor >= 10 ? schema.words.size() : schema.newer;
    for (auto word : std::span(schema.words).first(known))
      if (!word.empty()) facet(out, "xs:enumeration", word);
    out.close();
    out.close();
  };
  (one(schema_of<E>), ...);
}

template <class... T>
void complex_types(xml::Writer& out, int minor) {
  auto one = [&]<class M>(const M& message) {
    out.open("xs:complexType");
    out.attribute("name", complex_name<M>());
    out.open("xs:sequence");
    SchemaFields drawn(out, minor);
    fields(drawn, message);
    out.close();
    out.close();
  };
  (one(T{}), ...);
}

template <class Base, class Message>
void message_element(xml::Writer& out, int minor, std::string_view name) {
  out.open("xs:element");
  out.attribute("name", name);
  out.open("xs:complexType");
  out.open("xs:sequence");
  SchemaFields drawn(out, minor);
  const Message message{};
  fields(drawn, static_cast<const Base&>(message));
  fields(drawn, message);
  out.close();
  out.close();
  out.close();
}

template <std::size_t... index>
void message_elements(xml::Writer& out, int minor, const Service* only, std::index_sequence<index...>) {
  auto one = [&]<std::size_t at>(std::integral_constant<std::size_t, at>) {
    if (only != nullptr && operations[at].service != *only) return;
    message_element<RequestBase, std::variant_alternative_t<at, AnyRequest>>(out, minor,
                                                                             operations[at].request);
    message_element<ResponseBase, std::variant_alternative_t<at, AnyResponse>>(out, minor,
                                                                               operations[at].response);
  };
  (one(std::integral_constant<std::size_t, index>{}), ...);
}

}  // namespace

void append_schema(std::string& text, const Service* only, int minor) {
  xml::Writer out(text);
  out.open("xs:schema");
  out.attribute("xmlns:xs", "http://www.w3.org/2001/XMLSchema");
  out.attribute("xmlns:vip", message_namespace);
  out.attribute("targetNamespace", message_namespace);
  out.attribute("elementFormDefault", "qualified");
  simple_types(out, minor);
  enumerations<CredentialType, UserStatus, BindStatus, MovingFactor, OtpGeneratedBy, Adapter, TokenStatus>(
      out, minor);
  complex_types<KeyValuePair, AuthContext, OtpAuthData, PushAuthData, PushDetail, PushTransactionStatus,
                TemporaryPasswordAttributes, GatewayAccount, SmsDelivery, VoiceDelivery, ServiceOtpDelivery,
                CredentialDefinition, CredentialDetail, BindingDetail, TokenCategoryDetails, TokenInformation,
                CredentialBindingDetail, UserBindingDetail>(out, minor);
  if (minor >= 10) complex_types<EmailDelivery>(out, minor);
  message_elements(out, minor, only, std::make_index_sequence<operations.size()>());
  out.close();
}

}  // namespace sallyport::vip
