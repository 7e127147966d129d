#include "vip/schema.h"

#include <fmt/format.h>

#include <optional>
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
  explicit SchemaFields(xml::Writer& out) : out_(out) {}
  [[nodiscard]] static constexpr bool speaks(int) { return true; }

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
  template <class A, class B>
  void either(std::string_view name, const std::optional<A>&, std::string_view other, const std::optional<B>&) {
    out_.open("xs:choice");
    element(name, type_of<A>());
    element(other, type_of<B>());
    out_.close();
  }

 private:
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
};

std::string_view pattern_of(Alphabet alphabet) {
  switch (alphabet) {
    case Alphabet::any:
      return {};
    case Alphabet::letters_and_digits:
      return "[0-9A-Za-z]+";
    case Alphabet::word:
      return "[0-9A-Za-z_]+";
    case Alphabet::credential_id:
      return "[0-9A-Za-z,#.*]+";
    case Alphabet::version:
      return "[0-9.]+";
  }
  return {};
}

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

template <Enumeration... E>
void enumerations(xml::Writer& out) {
  auto one = [&](const EnumSchema& schema) {
    open_simple(out, schema.type);
    for (auto word : schema.words)
      if (!word.empty()) facet(out, "xs:enumeration", word);
    out.close();
    out.close();
  };
  (one(schema_of<E>), ...);
}

template <class... T>
void complex_types(xml::Writer& out) {
  auto one = [&]<class M>(const M& message) {
    out.open("xs:complexType");
    out.attribute("name", complex_name<M>());
    out.open("xs:sequence");
    SchemaFields drawn(out);
    fields(drawn, message);
    out.close();
    out.close();
  };
  (one(T{}), ...);
}

template <class Base, class Message>
void message_element(xml::Writer& out, std::string_view name) {
  out.open("xs:element");
  out.attribute("name", name);
  out.open("xs:complexType");
  out.open("xs:sequence");
  SchemaFields drawn(out);
  const Message message{};
  fields(drawn, static_cast<const Base&>(message));
  fields(drawn, message);
  out.close();
  out.close();
  out.close();
}

template <std::size_t... index>
void message_elements(xml::Writer& out, const Service* only, std::index_sequence<index...>) {
  auto one = [&]<std::size_t at>(std::integral_constant<std::size_t, at>) {
    if (only != nullptr && operations[at].service != *only) return;
    message_element<RequestBase, std::variant_alternative_t<at, AnyRequest>>(out, operations[at].request);
    message_element<ResponseBase, std::variant_alternative_t<at, AnyResponse>>(out, operations[at].response);
  };
  (one(std::integral_constant<std::size_t, index>{}), ...);
}

}  // namespace

void append_schema(std::string& text, const Service* only) {
  xml::Writer out(text);
  out.open("xs:schema");
  out.attribute("xmlns:xs", "http://www.w3.org/2001/XMLSchema");
  out.attribute("xmlns:vip", message_namespace);
  out.attribute("targetNamespace", message_namespace);
  out.attribute("elementFormDefault", "qualified");
  for (const auto* type : {&simple::request_id, &simple::account_id, &simple::user_id, &simple::credential_id,
                           &simple::credential_status, &simple::friendly_name, &simple::client_version,
                           &simple::client_type, &simple::otp, &simple::pin, &simple::authn_id,
                           &simple::push_transaction_id, &simple::key, &simple::value, &simple::form_factor})
    simple_type(out, *type);
  enumerations<CredentialType, UserStatus, BindStatus, MovingFactor, OtpGeneratedBy, Adapter, TokenStatus>(out);
  complex_types<KeyValuePair, AuthContext, OtpAuthData, PushAuthData, PushDetail, CredentialDefinition,
                CredentialDetail, BindingDetail, TokenCategoryDetails, TokenInformation,
                CredentialBindingDetail, UserBindingDetail>(out);
  message_elements(out, only, std::make_index_sequence<operations.size()>());
  out.close();
}

}  // namespace sallyport::vip
