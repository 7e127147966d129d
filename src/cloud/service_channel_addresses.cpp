// Of a ServiceChannel: where the name leads, and where the service has answered.
#include <fmt/format.h>

#include <algorithm>

#include "cloud/service_channel.h"

namespace sallyport::cloud {
namespace {

using namespace std::chrono_literals;

constexpr base::Duration resolver_limit = 2s;
constexpr base::Duration proof_interval = 1min;  // how often an address in use is noted
constexpr base::Duration silent_for = 500ms;     // an exchange, so that the next begins at another address

}  // namespace

const std::string& ServiceChannel::resolved_host() const {
  return options_.proxy ? options_.proxy->host : options_.url.host;
}

std::uint16_t ServiceChannel::resolved_port() const {
  return options_.proxy ? options_.proxy->port : options_.url.port;
}

std::string ServiceChannel::resolved_name() const {
  const auto& host = resolved_host();
  return net::Address::parse(host) ? std::string() : fmt::format("{}:{}", host, resolved_port());
}

void ServiceChannel::keep(const KeptAddresses& kept) {
  if (kept.name.empty() || kept.name != resolved_name()) return;
  if (!home_is_expected_ && own_addresses_.empty()) own_addresses_ = own_addresses();
  const auto now = loop_.now().steady;
  for (const auto& one : kept.all)
    if (home_is_expected_ || !cloud::leads_home(one.endpoint.address, own_addresses_))
      addresses_.proven({one.endpoint.address, resolved_port()}, one.when, now);
  serve_line();
}

// Whoever answers over mutual TLS is the service; where a proxy stands between, the address is the proxy's.
void ServiceChannel::note_proven(const net::HttpAnswer& http, base::SteadyTime now) {
  if (http.remote_address.empty()) return;
  const bool is_known = http.remote_address == last_proven_ && now - last_proven_at_ < proof_interval;
  if (is_known && http.connection_was_reused) return;
  const auto address = net::Address::parse(http.remote_address);
  if (!address) return;
  const net::Endpoint endpoint{*address, resolved_port()};
  // A kept connection may lead to where the service has moved from.
  if (!http.connection_was_reused) newest_ = *address;
  if (is_known) return;
  last_proven_ = http.remote_address;
  last_proven_at_ = now;
  addresses_.proven(endpoint, now, now);
  const bool is_named = !resolved_name().empty();
  std::erase_if(newly_proven_, [&](const auto& one) { return one.endpoint == endpoint; });
  if (is_named && newly_proven_.size() < ServiceAddresses::most_proven)
    newly_proven_.push_back({endpoint, now});
}

// Of a name that is bent there is another alarm.
std::optional<Elsewhere> ServiceChannel::elsewhere() const {
  if (!newest_ || !addresses_.is_known() || addresses_.is_bent() || addresses_.leads_to(*newest_))
    return std::nullopt;
  return Elsewhere{newest_->to_string(), resolved_host(), addresses_.whereto()};
}

// Where a connection is made and then nothing comes, the end of the exchange is long in coming: who begins a
// new connection meanwhile takes turns.
std::vector<net::Endpoint> ServiceChannel::addresses_for(Exchange& e) {
  if (e.broke) return addresses_.of_other_family_than(e.broke->tried.address);
  auto list = addresses_.list();
  if (list.empty()) return list;
  e.first = list.front();
  if (!e.fresh_connection || list.size() < 2) return list;
  const auto oldest = oldest_began(addresses_.preferred_since());
  if (!oldest || e.started - *oldest < silent_for) return list;
  other_first_ = !other_first_;
  if (!other_first_) return list;
  const auto other = std::ranges::find(list, *addresses_.other_than(list.front().address));
  std::rotate(list.begin(), other, other + 1);
  return list;
}

// Of several addresses that failed, and of one where somebody else may live now.
void ServiceChannel::choose_failure(const Exchange& e, net::HttpAnswer& http, Evidence& evidence,
                                    const base::Time& now) const {
  const auto is_led_to = [this](const auto& one) {
    return one.tried.port == 0 || addresses_.leads_to(one.tried.address);
  };
  if (const auto more = http.others.size(); more > 0) {
    std::vector<Attempt> attempts{{evidence, is_led_to(http)}};
    for (const auto& one : http.others)
      attempts.push_back({evidence_of(one, {}, circumstances(e, one, now)), is_led_to(one)});
    const auto counts = counting(attempts);
    evidence = attempts[counts].evidence;
    if (counts > 0) {
      auto other = std::move(http.others[counts - 1]);
      http = std::move(other);
    }
    http.detail += fmt::format(" (at {}; in vain at {} more)", http.tried.address.to_string(), more);
  }
  if (evidence != Evidence::service_not_trusted || is_led_to(http)) return;
  evidence = options_.proxy ? Evidence::proxy_failed : Evidence::name_not_resolved;
  http.detail = fmt::format("{}; somebody else answers at {}, which was kept: {}",
                            addresses_.is_known() ? addresses_.whereto() : "no answer from the name server yet",
                            http.tried.address.to_string(), http.detail);
}

// It was connected, and then failed: this address has its faults, whatever is to be said of the service. A
// time-out has used up its time; who asks next goes elsewhere.
bool ServiceChannel::tries_other_family(const Exchange& e, const net::HttpAnswer& http, Evidence evidence,
                                        base::SteadyTime now) {
  const bool broke = http.request_left && http.end != net::HttpEnd::answered && side(evidence) == Side::down;
  if (!broke || http.tried.port == 0) return false;
  if (const auto other = addresses_.other_than(http.tried.address)) addresses_.prefer(*other, now);
  return http.end != net::HttpEnd::timed_out && !e.broke && is_worth_repeating(e, now) &&
         !addresses_.of_other_family_than(http.tried.address).empty();
}

void ServiceChannel::find_addresses() {
  if (finding_addresses_) return;
  finding_addresses_ = true;
  if (!home_is_expected_) own_addresses_ = own_addresses();
  // An answer arms it anew.
  if (addresses_.list().empty())
    address_timer_.after(ServiceAddresses::patience, [this] {
      addresses_.is_overdue(loop_.now().steady);
      serve_line();
    });
  resolver_.resolve(loop_, resolved_host(), resolved_port(), resolver_limit,
                    [this, alive = std::weak_ptr(alive_)](base::Result<std::vector<net::Endpoint>> answer) {
                      if (!alive.expired()) addresses_found(std::move(answer));
                    });
}

void ServiceChannel::addresses_found(base::Result<std::vector<net::Endpoint>> answer) {
  finding_addresses_ = false;
  const bool is_bent = answer && !home_is_expected_ && std::ranges::all_of(*answer, [this](const auto& one) {
                         return cloud::leads_home(one.address, own_addresses_);
                       });
  addresses_.found(std::move(answer), is_bent, loop_.now().steady);
  address_timer_.at(addresses_.next_question(), [this] { find_addresses(); });
  if (!addresses_.list().empty()) return serve_line();
  std::vector<ExchangePtr> all;
  while (auto one = line_.expired(base::SteadyTime::max())) all.push_back(std::move(*one));
  for (auto& one : all) finish_nameless(std::move(one), addresses_.why_none());
}

}  // namespace sallyport::cloud
