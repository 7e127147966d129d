#include "authservice/soap_service.h"

#include <array>

#include "vip/wsdl.h"

namespace sallyport::authservice {
namespace {

constexpr auto xml_type = "text/xml; charset=utf-8";

std::string_view header(const net::HttpServerRequest& request, std::string_view name) {
  for (const auto& [key, value] : request.headers) {
    if (key == name) return value;
  }
  return {};
}

std::string_view charset_of(std::string_view content_type) {
  const auto at = content_type.find("charset=");
  if (at == std::string_view::npos) return {};
  auto charset = content_type.substr(at + 8);
  charset = charset.substr(0, charset.find_first_of("; \t"));
  if (charset.size() >= 2 && charset.front() == '"' && charset.back() == '"')
    charset = charset.substr(1, charset.size() - 2);
  return charset;
}

bool asks_for(std::string_view query, std::string_view what) {
  return query.size() >= what.size() && query.substr(0, what.size()) == what;
}

// sendOtp stands among the management operations on the wire, and is a part of logins.
bool is_part_of_a_login(vip::Operation operation) {
  return vip::service_of(operation) == vip::Service::authentication || operation == vip::Operation::send_otp;
}
bool is_change(vip::Operation operation) {
  return vip::service_of(operation) == vip::Service::management && !is_part_of_a_login(operation);
}

net::HttpServerAnswer answer(int status, std::string body, const char* type = xml_type) {
  net::HttpServerAnswer made;
  made.status = status;
  made.content_type = type;
  made.headers.emplace_back("Sallyport-Idempotent", "1");
  made.body = std::move(body);
  return made;
}

net::HttpServerAnswer description(vip::ServicePath path, const net::HttpServerRequest& request) {
  if (asks_for(request.query, "xsd")) return answer(200, vip::schema(path.minor));
  if (!asks_for(request.query, "wsdl") && !asks_for(request.query, "WSDL")) {
    return answer(405, "POST a SOAP request here, or GET ?wsdl\n", "text/plain; charset=utf-8");
  }
  const auto address = "https://" + std::string(header(request, "host")) + request.path;
  return answer(200, vip::wsdl(path.service, address, path.minor));
}

}  // namespace

bool SoapService::serve(net::HttpServerRequest& request, net::HttpServer::Respond& respond) {
  const auto path = vip::parse_path(request.path);
  if (!path) return false;
  if (request.method == "POST") {
    serve_post(*path, request, std::move(respond));
  } else if (request.method == "GET") {
    respond(description(*path, request));
  } else {
    respond(answer(405, "", "text/plain; charset=utf-8"));
  }
  return true;
}

void SoapService::serve_post(vip::ServicePath path, net::HttpServerRequest& request,
                             net::HttpServer::Respond respond) {
  auto decoded = vip::decode_request(base::as_bytes(request.body), charset_of(header(request, "content-type")),
                                     path.minor);
  if (auto* fault = std::get_if<vip::Fault>(&decoded)) {
    worker_.counters().malformed->add();
    worker_.log().log_rarely(telemetry::messages::request_malformed, worker_.now(),
                             {{"peer", request.peer.to_string()}, {"detail", fault->text}});
    return respond(answer(500, vip::encode_fault(*fault)));
  }
  auto exchange = std::make_unique<Exchange>();
  auto* invalid = std::get_if<vip::InvalidRequest>(&decoded);
  auto* whole = std::get_if<vip::AnyRequest>(&decoded);
  exchange->operation = invalid != nullptr ? invalid->operation : vip::operation_of(*whole);
  if (vip::service_of(exchange->operation) != path.service) {
    return respond(
        answer(500, vip::encode_fault({vip::FaultSide::client, "not an operation of this service"})));
  }
  exchange->respond = std::move(respond);
  exchange->minor = path.minor;
  exchange->peer = std::move(request.peer_text);
  if (is_change(exchange->operation) && request.client_certificate)
    exchange->subject = request.client_certificate->subject;
  exchange->begun = worker_.now();
  const vip::RequestBase base =
      whole != nullptr ? vip::base_of(*whole) : vip::RequestBase{invalid->request_id, {}};
  exchange->request_id = base.request_id;
  const auto* caller = caller_of(worker_, request);
  if (caller != nullptr) exchange->caller = *caller;
  if (auto status = refuse(*exchange, base, request)) return finish(*exchange, outcome(*status));
  if (invalid != nullptr) return finish(*exchange, vip::refusal_of(*invalid));
  exchange->mark = mark_request(request.client_certificate->fingerprint_sha256, base.request_id, request.body);
  perform(std::move(exchange), std::move(*whole));
}

std::optional<vip::Status> SoapService::refuse(const Exchange& exchange, const vip::RequestBase& base,
                                               const net::HttpServerRequest& request) {
  if (!exchange.caller.account) return vip::status::invalid_account;
  // There are no child accounts here; one's own name is no harm.
  if (base.on_behalf_of_account_id && *base.on_behalf_of_account_id != exchange.caller.account->name) {
    return vip::status::invalid_account;
  }
  if (may(exchange.caller.role, exchange.operation)) return std::nullopt;
  worker_.log().log_rarely(telemetry::messages::role_refused, worker_.now(),
                           {{"subject", request.client_certificate->subject},
                            {"operation", std::string(vip::names_of(exchange.operation).name)},
                            {"role", std::string(to_string(exchange.caller.role))}});
  return vip::status::not_authorized;
}

void SoapService::finish(Exchange& exchange, vip::AnyResponse response) {
  auto& base = vip::base_of(response);
  base.request_id = exchange.request_id;
  if (base.status_message.empty()) base.set(base.status);
  exchange.respond(answer(200, vip::encode_response(response, exchange.minor)));
}

namespace {

std::optional<base::WallTime> time_of(std::optional<std::int64_t> microseconds) {
  if (!microseconds) return std::nullopt;
  return base::WallTime(std::chrono::microseconds(*microseconds));
}

template <class Response>
void fill_credential(Response& response, const Outcome& outcome) {
  if (outcome.credential_id.empty()) return;  // a temporary password, or a PIN alone
  response.credential_id = outcome.credential_id;
  response.credential_type = outcome.credential_type;
}
template <class Response>
void fill_pin(Response& response, const Outcome& outcome) {
  response.is_pin_expired = outcome.pin_expired;
  response.pin_expiration_time = time_of(outcome.pin_expires);
}
template <class Response>
void fill_push(Response& response, const Outcome& outcome) {
  if (!outcome.push) return;
  response.transaction_id = transaction_text(outcome.push->transaction);
  for (const auto& credential : outcome.push->credentials)
    response.push_detail.push_back({credential, outcome.push->carried});
  if (!outcome.push->number.empty()) response.numbers_challenge_value = outcome.push->number;
}

void fill(vip::AuthenticateUserResponse& response, const Outcome& outcome) {
  fill_credential(response, outcome);
  response.authn_id = authn_id_text(outcome.authn_id);
  fill_pin(response, outcome);
}
void fill(vip::CheckOtpResponse& response, const Outcome& outcome) {
  fill_credential(response, outcome);
  response.authn_id = authn_id_text(outcome.authn_id);
}
void fill(vip::AuthenticateCredentialsResponse& response, const Outcome& outcome) {
  fill_credential(response, outcome);
  fill_push(response, outcome);
}
void fill(vip::AuthenticateUserWithPushResponse& response, const Outcome& outcome) {
  fill_push(response, outcome);
  fill_pin(response, outcome);
}
void fill(vip::RegisterResponse& response, const Outcome& outcome) {
  if (!outcome.handed_out.empty()) response.otp = outcome.handed_out;
}
void fill(vip::SetTemporaryPasswordResponse& response, const Outcome& outcome) {
  if (!outcome.handed_out.empty()) response.temporary_password = outcome.handed_out;
}

}  // namespace

void SoapService::finish(Exchange& exchange, const Outcome& outcome) {
  auto response = vip::empty_response(exchange.operation);
  auto& base = vip::base_of(response);
  if (outcome.detail) {
    base.set(outcome.status, *outcome.detail);
  } else {
    base.set(outcome.status);
  }
  std::visit(
      [&](auto& own) {
        // On an error only the base is sent.
        if constexpr (requires { fill(own, outcome); }) {
          if (outcome.status == vip::status::success || outcome.status == vip::status::push_sent) {
            fill(own, outcome);
            if constexpr (requires { own.auth_context; }) own.auth_context = std::move(exchange.auth_context);
          }
        }
      },
      response);
  if (exchange.caller.account) audit(exchange, outcome);
  finish(exchange, std::move(response));
}

// In place: a list in braces would copy every text.
std::vector<telemetry::Field> SoapService::verification_fields(const Exchange& exchange, const Outcome& outcome,
                                                               base::Time now) {
  std::vector<telemetry::Field> fields;
  fields.reserve(11);
  auto add = [&](std::string_view name, telemetry::Value value) { fields.push_back({name, std::move(value)}); };
  add("account", exchange.caller.account->name);
  add("user", exchange.user);
  add("operation", std::string(vip::names_of(exchange.operation).name));
  add("status", outcome.status.text());
  add("detail", outcome.detail ? outcome.detail->text() : std::string());
  add("why", std::string(to_string(outcome.why)));
  add("credential", outcome.credential_id);
  add("authn_id", outcome.authn_id == 0 ? std::string() : authn_id_text(outcome.authn_id));
  add("request_id", exchange.request_id);
  add("peer", exchange.peer);
  add("milliseconds", std::chrono::duration<double, std::milli>(now.steady - exchange.begun.steady).count());
  return fields;
}

void SoapService::count(const Exchange& exchange, const Outcome& outcome) {
  auto& counters = worker_.counters();
  const bool asks_for_push =
      exchange.operation == vip::Operation::authenticate_user_with_push || outcome.push.has_value();
  if (exchange.operation == vip::Operation::send_otp) {
    if (outcome.why != Why::repeated)
      (outcome.status == vip::status::success ? counters.codes_sent : counters.codes_refused)->add();
  } else if (asks_for_push) {
    if (outcome.why != Why::repeated)
      counters.pushes[outcome.push ? PushCount::sent : PushCount::refused]->add();
  } else if (vip::service_of(exchange.operation) == vip::Service::authentication) {
    counters.outcomes[static_cast<std::size_t>(outcome.why)]->add();
  }
}

void SoapService::audit(const Exchange& exchange, const Outcome& outcome) {
  using namespace telemetry;
  const auto now = worker_.now();
  count(exchange, outcome);
  if (is_part_of_a_login(exchange.operation)) {
    worker_.log().log(messages::verification, now.wall, verification_fields(exchange, outcome, now));
  } else if (is_change(exchange.operation)) {
    worker_.log().log(messages::admin_change, now.wall,
                      {{"subject", exchange.subject},
                       {"operation", std::string(vip::names_of(exchange.operation).name)},
                       {"account", exchange.caller.account->name},
                       {"detail", "user " + exchange.user + ": " + outcome.status.text()},
                       {"request_id", exchange.request_id},
                       {"peer", exchange.peer}});
  }
  if (outcome.why == Why::locked_by_this) {
    const bool whole_user = exchange.caller.account->scope == settings::LockoutScope::user;
    worker_.log().log(messages::credential_locked, now.wall,
                      {{"locked", std::string(whole_user ? "the account" : "a credential")},
                       {"user", exchange.user},
                       {"account", exchange.caller.account->name},
                       {"failures", std::int64_t{exchange.caller.account->lockout.failures}}});
  }
  if (outcome.why == Why::repeated_with_another_body) {
    worker_.counters().reused_ids->add();
    worker_.log().log_rarely(messages::request_id_reused, now,
                             {{"peer", exchange.peer},
                              {"account", exchange.caller.account->name},
                              {"request_id", exchange.request_id}});
  }
}

}  // namespace sallyport::authservice
