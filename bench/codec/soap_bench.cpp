// The question about a code and its answer, as the gateway writes the one and reads the other.
#include "codec/allocations.h"
#include "vip/client_wire.h"

namespace sallyport::bench {
namespace {

constexpr std::string_view answer =
    R"(<?xml version="1.0" encoding="UTF-8"?><S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body>)"
    R"(<AuthenticateUserResponse xmlns="https://schemas.symantec.com/vip/2011/04/vipuserservices">)"
    R"(<requestId>sp1_0123456789abcdefghijkl</requestId><status>0000</status><statusMessage>Success</statusMessage>)"
    R"(<credentialId>SPHO12345678</credentialId><credentialType>STANDARD_OTP</credentialType>)"
    R"(<authnId>ABE1BB4A40CDA1CA</authnId></AuthenticateUserResponse></S:Body></S:Envelope>)";

bool is_understood() {
  const auto decoded = vip::decode_response(vip::Operation::authenticate_user, base::as_bytes(answer));
  const auto* response = std::get_if<vip::AnyResponse>(&decoded);
  return response != nullptr && std::holds_alternative<vip::AuthenticateUserResponse>(*response);
}

void soap_encode_request(benchmark::State& state) {
  vip::AuthenticateUserRequest request;
  request.request_id = "sp1_0123456789abcdefghijkl";
  request.user_id = "user01234";
  request.otp_auth_data = vip::OtpAuthData{base::Secret("123456"), std::nullopt};
  const vip::AnyRequest any(std::move(request));
  if (!vip::encode_request(any)) return state.SkipWithError("the request cannot be written");
  measure(state, [&any] { return vip::encode_request(any)->size(); });
}
void soap_decode_response(benchmark::State& state) {
  if (!is_understood()) return state.SkipWithError("the answer is not understood");
  measure(state, is_understood);
}

BENCHMARK(soap_encode_request);
BENCHMARK(soap_decode_response);

}  // namespace
}  // namespace sallyport::bench
