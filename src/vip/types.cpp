#include "vip/types.h"

#include "vip/enum_words.h"
#include "vip/messages.h"

namespace sallyport::vip {

std::string_view to_string(CredentialType type) { return word_of(type); }
std::string_view to_string(UserStatus status) { return word_of(status); }
std::string_view to_string(BindStatus status) { return word_of(status); }
std::string_view to_string(TokenStatus status) { return word_of(status); }
std::optional<CredentialType> credential_type(std::string_view word) { return enum_of<CredentialType>(word); }

void Said::set(Status code) {
  status = code;
  status_message = message(code);
  detail.reset();
  detail_message.reset();
}

void Said::set(Status code, Detail further) {
  set(code);
  detail = further;
  detail_message = message(further);
}

namespace {
template <std::size_t at = 0>
AnyResponse empty_at(std::size_t index) {
  if constexpr (at + 1 < std::variant_size_v<AnyResponse>) {
    if (index != at) return empty_at<at + 1>(index);
  }
  return AnyResponse(std::in_place_index<at>);
}
}  // namespace

AnyResponse empty_response(Operation operation) { return empty_at(static_cast<std::size_t>(operation)); }

}  // namespace sallyport::vip
