#include "cloud/soap_call.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.h"
#include "base/invariant.h"
#include "vip/client_wire.h"

namespace sallyport::cloud {
namespace {

std::string_view charset_of(const net::HttpAnswer& http) {
  const auto header = std::ranges::find(http.headers, "content-type",
                                        [](const auto& h) -> std::string_view { return h.first; });
  if (header == http.headers.end()) return {};
  constexpr std::string_view key = "charset=";
  const std::string_view value = header->second;
  const auto at = value.find(key);
  if (at == std::string_view::npos) return {};
  auto charset = value.substr(at + key.size());
  charset = charset.substr(0, charset.find_first_of("; "));
  if (charset.size() > 1 && charset.starts_with('"') && charset.ends_with('"'))
    charset = charset.substr(1, charset.size() - 2);
  return charset;
}

struct Reading {
  std::string_view request_id;

  ReadAnswer operator()(vip::AnyResponse& response) const {
    ReadAnswer read;
    auto& base = vip::base_of(response);
    if (base.request_id != request_id) {
      read.kind = SoapAnswer::Kind::of_another_request;
      read.words = "the answer carries another request id";
      return read;
    }
    read.kind = SoapAnswer::Kind::operation;
    read.status = base.status;
    read.detail = base.detail;
    read.words = std::move(base.status_message);
    if (base.detail_message) read.words += ": " + *base.detail_message;
    if (auto* user = std::get_if<vip::AuthenticateUserResponse>(&response))
      read.credential_id = std::move(user->credential_id).value_or("");
    if (const auto* time = std::get_if<vip::GetServerTimeResponse>(&response))
      read.server_time = time->timestamp;
    return read;
  }
  ReadAnswer operator()(vip::Fault& fault) const {
    ReadAnswer read;
    read.kind =
        fault.side == vip::FaultSide::server ? SoapAnswer::Kind::server_fault : SoapAnswer::Kind::client_fault;
    read.words = "SOAP fault: " + fault.text;
    return read;
  }
  ReadAnswer operator()(vip::NotAnAnswer& not_an_answer) const {
    ReadAnswer read;
    read.kind = SoapAnswer::Kind::unreadable;
    read.words = std::move(not_an_answer.reason);
    return read;
  }
};

}  // namespace

base::Result<base::Secret> authenticate_user_body(std::string request_id, std::string user_id,
                                                  base::Secret code, std::optional<base::Secret> pin) {
  vip::AuthenticateUserRequest request;
  request.request_id = std::move(request_id);
  request.user_id = std::move(user_id);
  request.pin = std::move(pin);
  request.otp_auth_data = vip::OtpAuthData{std::move(code), std::nullopt};
  auto body = vip::encode_request(request);
  if (!body) return base::failure(fmt::format("{}: {}", body.error().field, body.error().reason));
  base::Secret secret(*body);
  base::wipe({reinterpret_cast<std::uint8_t*>(body->data()), body->size()});
  return secret;
}

base::Secret get_server_time_body(std::string request_id) {
  vip::GetServerTimeRequest request;
  request.request_id = std::move(request_id);
  const auto body = vip::encode_request(request);
  SALLYPORT_INVARIANT(body.has_value());
  return base::Secret(*body);
}

ReadAnswer read_answer(vip::Operation asked, std::string_view request_id, const net::HttpAnswer& http) {
  auto decoded = vip::decode_response(asked, base::as_bytes(http.body), charset_of(http));
  return std::visit(Reading{request_id}, decoded);
}

}  // namespace sallyport::cloud
