#include "cloud/service_channel.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/invariant.h"
#include "vip/client_wire.h"

namespace sallyport::cloud {
namespace {

using namespace std::chrono_literals;

constexpr base::Duration late = 250ms;  // a loop that serves a time-out later than this was not awake

std::string detail_of(const net::HttpAnswer& http, const ReadAnswer& answer) {
  if (http.end != net::HttpEnd::answered) return http.detail;
  if (http.status != 200)
    return fmt::format("HTTP status {}{}{}", http.status, answer.words.empty() ? "" : ": ", answer.words);
  return answer.words;
}

bool says_idempotent(const net::HttpAnswer& http) {
  return std::ranges::any_of(
      http.headers, [](const auto& h) { return h.first == "sallyport-idempotent" && h.second == "1"; });
}

template <class Request>
Request about(const Asking& who) {
  Request request;
  request.request_id = who.request_id;
  request.user_id = who.user_id;
  return request;
}

// What no credential can be: the service's schema has no room for it, and its answer is known.
std::string why_not_asked(const base::Secret& code, const std::optional<base::Secret>& pin) {
  if (auto why = vip::why_not(vip::simple::otp, code.reveal()); !why.empty()) return "the code " + why;
  if (!pin) return {};
  const auto why = vip::why_not(vip::simple::pin, pin->reveal());
  return why.empty() ? why : "the PIN " + why;
}

}  // namespace

ServiceChannel::ServiceChannel(net::Loop& loop, net::Resolver& resolver, Options options,
                               std::unique_ptr<net::HttpClient> client)
    : loop_(loop),
      resolver_(resolver),
      options_(std::move(options)),
      minor_(options_.api == "1.10" ? 10 : 8),
      home_is_expected_(names_home(resolved_host(), options_.own_host_name)),
      line_(options_.waiting_limit),
      polls_(loop, options_.push_poll_interval, options_.request_timeout,
             [this](std::vector<std::string> ids, base::SteadyTime deadline, Done done) {
               poll(std::move(ids), deadline, std::move(done));
             }),
      line_timer_(loop),
      address_timer_(loop),
      client_(std::move(client)) {
  SALLYPORT_INVARIANT(options_.max_in_flight > 0);
  limit_ = options_.max_in_flight;
  for (const auto service : {vip::Service::authentication, vip::Service::query, vip::Service::management})
    urls_[static_cast<std::size_t>(service)] = options_.url.of(vip::name_of(service), options_.api);
  find_addresses();
}

void ServiceChannel::authenticate_user(Asking who, base::Secret code, std::optional<base::Secret> pin,
                                       CodeDone done) {
  if (auto why = why_not_asked(code, pin); !why.empty()) {
    CodeAnswer refused;
    refused.outcome = Outcome::refused;
    refused.evidence = Evidence::local;
    refused.detail = std::move(why);
    return answer_soon(std::move(done), std::move(refused));
  }
  auto request = about<vip::AuthenticateUserRequest>(who);
  request.pin = std::move(pin);
  request.otp_auth_data = vip::OtpAuthData{std::move(code), std::nullopt};
  ask(std::move(who), std::move(request),
      [done = std::move(done)](End end) mutable { done(code_answer(std::move(end))); });
}

void ServiceChannel::user_methods(Asking who, UserDone done) {
  auto request = about<vip::GetUserInfoRequest>(who);
  request.ia_info = false;
  ask(std::move(who), std::move(request), [done = std::move(done), this](const End& end) mutable {
    auto user = user_answer(end);
    // What this version of the interface cannot use is none of the user's ways.
    std::erase_if(user.destinations,
                  [this](const auto& one) { return one.method == Method::email && minor_ < 10; });
    done(std::move(user));
  });
}

void ServiceChannel::send_push(Asking who, std::vector<std::pair<std::string, std::string>> texts,
                               std::chrono::seconds life, PushDone done) {
  auto request = about<vip::AuthenticateUserWithPushRequest>(who);
  auto& push = request.push_auth_data;
  for (auto& [key, value] : texts) push.display_parameters.push_back({std::move(key), std::move(value)});
  push.request_parameters = {{"request.timeout", std::to_string(life.count())}};
  ask(std::move(who), std::move(request),
      [done = std::move(done)](const End& end) mutable { done(push_answer(end)); });
}

void ServiceChannel::await_push(std::string transaction_id, base::SteadyTime deadline, PollDone done) {
  polls_.await(transaction_id, deadline, std::move(done));
}

void ServiceChannel::poll(std::vector<std::string> transaction_ids, base::SteadyTime deadline, Done done) {
  vip::PollPushStatusRequest request;
  request.request_id = draw_request_id();
  request.transaction_id = std::move(transaction_ids);
  Asking who{.user_id = {}, .request_id = request.request_id, .fresh_connection = false, .deadline = deadline};
  ask(std::move(who), std::move(request), std::move(done));
}

void ServiceChannel::send_code(Asking who, Destination to, SentDone done) {
  auto request = about<vip::SendOtpRequest>(who);
  if (to.method == Method::sms) {
    request.sms_delivery.emplace().phone_number = std::move(to.address);
  } else if (to.method == Method::voice) {
    request.voice_delivery.emplace().phone_number = std::move(to.address);
  } else if (to.method == Method::email && minor_ >= 10) {
    request.email_delivery.emplace().email_address = std::move(to.address);
  } else {
    Answer answer;
    answer.outcome = Outcome::no_verdict;
    answer.evidence = Evidence::local;
    answer.detail = "interface 1." + std::to_string(minor_) + " sends no code this way";
    return answer_soon(std::move(done), std::move(answer));
  }
  ask(std::move(who), std::move(request),
      [done = std::move(done)](const End& end) mutable { done(sent_answer(end)); });
}

void ServiceChannel::server_time(base::SteadyTime deadline, bool fresh_connection,
                                 std::move_only_function<void(ServerTimeAnswer)> done) {
  vip::GetServerTimeRequest request;
  request.request_id = draw_request_id();
  Asking who{.user_id = {},
             .request_id = request.request_id,
             .fresh_connection = fresh_connection,
             .deadline = deadline};
  ask(std::move(who), std::move(request),
      [done = std::move(done)](End end) mutable { done(server_time_answer(std::move(end))); });
}

void ServiceChannel::ask(Asking who, vip::AnyRequest request, Done done) {
  auto exchange = std::make_unique<Exchange>();
  exchange->operation = vip::operation_of(request);
  exchange->request_id = std::move(who.request_id);
  exchange->fresh_connection = who.fresh_connection;
  exchange->deadline = who.deadline;
  exchange->done = std::move(done);
  auto body = body_of(request, minor_);
  if (!body) return finish_soon(std::move(exchange), Evidence::local, std::move(body.error().what));
  exchange->body = std::move(*body);
  ask(std::move(exchange));
}

void ServiceChannel::ask(ExchangePtr exchange) {
  const auto now = loop_.now().steady;
  if (exchange->deadline <= now)
    return finish_soon(std::move(exchange), Evidence::local, "no patience was left to ask");
  const bool name_is_known = !addresses_.list().empty();
  if (name_is_known && in_flight_ < limit_) {
    ++in_flight_;
    return start(std::move(exchange));
  }
  if (!name_is_known && !finding_addresses_ && addresses_.next_question() > now)
    return finish_nameless(std::move(exchange), addresses_.why_none());
  if (line_.full())
    return finish_soon(std::move(exchange), Evidence::local, "too many exchanges wait for a free slot");
  exchange->waited = name_is_known;
  const auto deadline = exchange->deadline;
  line_.add(deadline, std::move(exchange));
  arm_line();
  if (!name_is_known) find_addresses();
}

// The slot is the caller's to count.
void ServiceChannel::start(ExchangePtr exchange) {
  auto& e = *exchange;
  e.started = loop_.now().steady;
  if (!e.repeated) {
    e.began = e.started;
    begun_.insert(e.began);
  }
  e.limit = std::min<base::Duration>(options_.request_timeout, e.deadline - e.started);
  net::HttpRequest request;
  request.url = urls_[static_cast<std::size_t>(vip::service_of(e.operation))];
  request.addresses = addresses_for(e);
  request.headers = {{"Content-Type", std::string(vip::request_content_type)}, {"SOAPAction", "\"\""}};
  request.body = e.body.reveal();
  request.connect_limit = std::min(options_.connect_timeout, e.limit);
  request.limit = e.limit;
  request.fresh_connection = e.fresh_connection;
  client_->start(std::move(request), [this, exchange = std::move(exchange)](net::HttpAnswer answer) mutable {
    ended(std::move(exchange), std::move(answer));
  });
}

void ServiceChannel::ended(ExchangePtr exchange, net::HttpAnswer http) {
  auto& e = *exchange;
  const auto now = loop_.now();
  if (http.certificate_ends.time_since_epoch().count() != 0) service_certificate_ends_ = http.certificate_ends;
  End end;
  if (http.end == net::HttpEnd::answered) end.answer = read_answer(e.operation, e.request_id, http);
  end.evidence = evidence_of(http, end.answer.soap(), circumstances(e, http, now));
  if (http.end != net::HttpEnd::answered) {
    if (e.broke) http.others.push_back(*e.broke);  // here it may not even leave this machine
    choose_failure(e, http, end.evidence, now);
  }

  // A failure on a re-used connection says nothing about the service: it is asked again under the same request
  // id, which our own service answers as it did (or would have done) the first time.
  const bool says_nothing = http.connection_was_reused && side(end.evidence) == Side::down;
  if (says_nothing && !e.repeated && is_worth_repeating(e, now.steady)) {
    e.repeated = true;
    e.fresh_connection = true;
    return start(std::move(exchange));
  }
  if (tries_other_family(e, http, end.evidence, now.steady)) {
    e.broke = std::move(http);
    e.repeated = true;
    e.fresh_connection = true;
    return start(std::move(exchange));
  }
  end.detail = detail_of(http, end.answer);
  end.idempotent_service = says_idempotent(http);
  end.tunnel_opened = http.tunnel_opened;
  end.took = now.steady - e.started;
  if (http.end == net::HttpEnd::answered) {
    const bool was_elsewhere = !http.connection_was_reused && http.tried.port != 0 && http.tried != e.first;
    if (was_elsewhere) addresses_.prefer(http.tried, now.steady);
    note_proven(http, now.steady);
  }
  if (end.evidence == Evidence::answered) {
    usual_time_ += (std::min<base::Duration>(end.took, 500ms) - usual_time_) / 8;
    if (const auto told = end.answer.server_time()) server_clock_.told({*told, now.steady});
  }
  --in_flight_;
  begun_.erase(begun_.find(e.began));
  serve_line();
  finish(std::move(exchange), std::move(end));
}

Circumstances ServiceChannel::circumstances(const Exchange& e, const net::HttpAnswer& http,
                                            const base::Time& now) const {
  if (http.end == net::HttpEnd::answered) return {};
  return {.clock_believed = server_clock_.believes(now),
          .own_certificate_has_expired = options_.own_certificate_ends < now.wall,
          .name_leads_home = leads_home(http),
          .cut_short_by_own_queue =
              e.waited &&
              e.limit<options_.request_timeout, .loop_was_late = now.steady - e.started> e.limit + late};
}

bool ServiceChannel::leads_home(const net::HttpAnswer& http) const {
  if (home_is_expected_) return false;
  if (addresses_.is_bent()) return true;
  if (const auto peer = net::Address::parse(http.remote_address))
    return cloud::leads_home(*peer, own_addresses_);
  return std::ranges::any_of(
      addresses_.list(), [this](const auto& one) { return cloud::leads_home(one.address, own_addresses_); });
}

// The last thing that is done with an exchange: the one who asked may end the channel in its answer.
void ServiceChannel::finish(ExchangePtr exchange, End end) {
  ++counts_[static_cast<std::size_t>(end.evidence)];
  exchange->done(std::move(end));
}

void ServiceChannel::finish_soon(ExchangePtr exchange, Evidence evidence, std::string detail) {
  loop_.post([this, alive = std::weak_ptr(alive_), exchange = std::move(exchange), evidence,
              detail = std::move(detail)]() mutable {
    if (alive.expired()) return;
    finish(std::move(exchange), {.evidence = evidence, .detail = std::move(detail), .answer = {}, .took = {}});
  });
}

void ServiceChannel::finish_nameless(ExchangePtr exchange, std::string detail) {
  if (!options_.proxy) return finish_soon(std::move(exchange), Evidence::name_not_resolved, std::move(detail));
  finish_soon(std::move(exchange), Evidence::proxy_failed,
              fmt::format("proxy {}: {}", options_.proxy->host, detail));
}

void ServiceChannel::limit(std::size_t exchanges) {
  limit_ = std::clamp<std::size_t>(exchanges, 1, options_.max_in_flight);
  serve_line();
}

std::optional<base::SteadyTime> ServiceChannel::oldest_began(base::SteadyTime since) const {
  const auto found = begun_.lower_bound(since);
  if (found == begun_.end()) return std::nullopt;
  return *found;
}

void ServiceChannel::serve_line() {
  if (line_.size() == 0 || addresses_.list().empty()) return;
  const auto now = loop_.now().steady;
  while (in_flight_ < limit_) {
    auto next = line_.next(now, usual_time_);
    if (!next) return;
    ++in_flight_;
    start(std::move(*next));
  }
}

void ServiceChannel::arm_line() {
  const auto first = line_.first_deadline();
  if (!first || (line_timer_.armed() && line_armed_for_ <= *first)) return;
  line_armed_for_ = *first;
  line_timer_.at(*first, [this] { expire_line(); });
}

void ServiceChannel::expire_line() {
  const auto now = loop_.now().steady;
  const bool name_is_known = !addresses_.list().empty();
  std::vector<ExchangePtr> late_ones;
  while (auto one = line_.expired(now)) late_ones.push_back(std::move(*one));
  arm_line();
  for (auto& one : late_ones) {
    if (name_is_known)
      finish_soon(std::move(one), Evidence::local, "no slot became free in time");
    else
      finish_nameless(std::move(one), "the name server did not answer in time");
  }
}

}  // namespace sallyport::cloud
