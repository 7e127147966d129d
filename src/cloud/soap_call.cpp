#include "cloud/soap_call.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.h"
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
    read.response = std::move(response);
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

base::Result<base::Secret> body_of(const vip::AnyRequest& request, int minor) {
  auto body = vip::encode_request(request, minor);
  if (!body) return base::failure(fmt::format("{}: {}", body.error().field, body.error().reason));
  base::Secret secret(*body);
  base::wipe({reinterpret_cast<std::uint8_t*>(body->data()), body->size()});
  return secret;
}

std::optional<base::WallTime> ReadAnswer::server_time() const {
  const auto* time = response ? std::get_if<vip::GetServerTimeResponse>(&*response) : nullptr;
  return time != nullptr ? time->timestamp : std::nullopt;
}

ReadAnswer read_answer(vip::Operation asked, std::string_view request_id, const net::HttpAnswer& http) {
  auto decoded = vip::decode_response(asked, base::as_bytes(http.body), charset_of(http));
  return std::visit(Reading{request_id}, decoded);
}

}  // namespace sallyport::cloud
