#include "server/continuity_watch.h"

#include <algorithm>
#include <future>
#include <utility>

#include "base/encoding.h"
#include "crypto/hash.h"
#include "crypto/random.h"
#include "net/tls.h"
#include "server/profile.h"

namespace sallyport::server {
namespace {

using namespace std::chrono_literals;
using continuity::Probe;
using continuity::Probed;
using continuity::State;
using When = continuity::Probed::When;

constexpr base::Duration longest_turn = 500ms;  // a lease is renewed at least so often
constexpr base::Duration trial_turn = 50ms;     // outside normal
constexpr base::Duration doubtful_turn = 10ms;  // in suspect, where the end of the threshold is waited for
constexpr base::Duration probe_runs_on = 9s;    // so that at one a second there is always room for the next
constexpr std::size_t most_running = 10;        // of one kind
constexpr std::size_t most_reports = 1024;

continuity::Rules rules_of(const settings::Continuity& from) {
  continuity::Rules out;
  out.worry = from.worry;
  out.threshold = from.threshold;
  out.probe_interval = from.probe_interval;
  out.has_canary = !from.canary_user.empty();
  out.profile = profile_of(from);
  return out;
}

// What must have been reached once before its loss is an outage.
base::Result<std::string> digest_of(const settings::Service& service) {
  const auto identity =
      net::load_identity(service.certificate_file, service.key_file, service.certificate_password);
  if (!identity) return std::unexpected(identity.error());
  const auto certificate = net::facts_of(identity->certificate_pem);
  if (!certificate) return std::unexpected(certificate.error());
  std::string text = service.url + "\n" + certificate->subject + "\n";
  if (service.proxy) text += service.proxy->host + ":" + std::to_string(service.proxy->port);
  return base::to_hex(crypto::sha256({base::as_bytes(text)}));
}

double draw_jitter() { return static_cast<double>(crypto::random_below(1'000'000)) / 1e6; }

}  // namespace

struct ContinuityWatch::Running {
  Probe probe{};
  base::SteadyTime began{};
  bool was_unfinished = false;
  net::Timer limit;
};

ContinuityWatch::ContinuityWatch(Place place)
    : place_(std::move(place)),
      threads_(2, "sp-continuity"),
      loop_(threads_[0]),
      logger_(place_.log.make_logger()),
      turn_timer_(loop_),
      reports_(loop_, most_reports,
               [this](auto& batches) {
                 if (!monitor_) return;
                 const auto now = loop_.now();
                 for (const auto& batch : batches)
                   for (const auto& end : batch) monitor_->observe(end, now.steady);
                 turn();
               }),
      keeper_({threads_[1], place_.log, place_.metrics, place_.notices, [this] { return status(); },
               [this] {
                 loop_.post([this] {
                   if (monitor_) publish(loop_.now());
                 });
               }}) {
  for (std::size_t i = 0; i < cloud::evidence_kinds; ++i)
    probe_ends_[i] = place_.metrics.counter(
        "sallyport_continuity_probes_total", "Probes of the authentication service, by how they ended",
        {{"evidence", std::string(to_string(static_cast<cloud::Evidence>(i)))}});
  for (std::size_t i = 0; i < continuity::states; ++i) {
    is_state_[i] = std::make_shared<std::atomic<double>>(0.0);
    gauges_.push_back(place_.metrics.gauge(
        "sallyport_continuity_state", "1 for the state that the authentication service is in",
        {{"state", std::string(to_string(static_cast<State>(i)))}},
        [is = is_state_[i]] { return is->load(std::memory_order_relaxed); }));
  }
  entries_ = place_.metrics.counter("sallyport_continuity_entries_total",
                                    "How often the authentication service was taken for lost", {});
  gauges_.push_back(
      place_.metrics.gauge("sallyport_continuity_armed",
                           "1 once the authentication service has been reached, so that its loss counts", {},
                           [is = is_armed_] { return is->load(std::memory_order_relaxed); }));
  threads_.start();
}

ContinuityWatch::~ContinuityWatch() {
  alive_.reset();
  threads_.stop();
  threads_.join();
}

bool ContinuityWatch::is_wanted(const settings::Gateway& settings) {
  return settings.service.has_value() && !settings.continuity.folder.empty();
}

void ContinuityWatch::run(std::size_t loop, const std::function<void()>& task) {
  std::promise<void> done;
  threads_[loop].post([&] {
    task();
    done.set_value();
  });
  done.get_future().wait();
}

base::Result<void> ContinuityWatch::prepare(const Plan& plan) {
  auto service = *plan.settings.service;
  auto digest = digest_of(service);
  if (!digest) return std::unexpected(digest.error());
  // A probe that has failed runs on: its late answer says that the service is slow, not lost.
  service.request_timeout = std::max<std::chrono::milliseconds>(service.request_timeout, 8500ms);
  base::Result<void> out;
  run(0, [&] {
    auto channel = cloud::Channel::make(loop_, place_.resolver, service, 2 * static_cast<int>(most_running));
    if (!channel)
      out = std::unexpected(channel.error());
    else
      prepared_ = {std::move(*channel), std::move(*digest), plan.settings.continuity.canary_user,
                   rules_of(plan.settings.continuity)};
  });
  return out;
}

void ContinuityWatch::commit(const Plan& plan) {
  ContinuityMemory memory;
  AddressBook addresses;
  base::Result<void> kept;
  run(1, [&] {
    kept = keeper_.adopt(plan);
    memory = keeper_.memory();
    addresses = keeper_.addresses();
  });
  if (!kept)
    logger_->log(telemetry::messages::continuity_state_unread, loop_.now().wall,
                 {{"detail", kept.error().what}});
  run(0, [&] {
    auto next = std::move(*prepared_);
    prepared_.reset();
    const auto now = loop_.now();
    channel_ = std::move(next.channel);
    running_ = {};
    if (memory.told) channel_->tell_server_time(*memory.told);
    kept_ =
        std::make_shared<const cloud::KeptAddresses>(addresses.of(channel_->resolved_name(), now, memory.told));
    channel_->keep(*kept_);
    canary_user_ = std::move(next.canary_user);
    servers_ = plan.servers;
    if (!monitor_ || digest_ != next.digest) {
      digest_ = std::move(next.digest);
      reached_is_known_ = memory.reached.contains(digest_);
      monitor_.emplace(next.rules, reached_is_known_, now.steady);
    } else if (!monitor_->is_armed() && memory.reached.contains(digest_)) {
      reached_is_known_ = true;  // its file could not be read until now
      monitor_->arm();
    }
    monitor_->set(next.rules);
    profile_ = next.rules.profile;
    publish(now);
    turn();
  });
}

void ContinuityWatch::stand_by(const Plan& plan) {
  run(1, [&] { keeper_.stand_by(plan); });
}

void ContinuityWatch::unanswered(std::size_t slot, base::SteadyTime began) {
  // Several workers may say so at once, and one's login may be stale where another's is not: each is heard.
  unanswered_since_[slot % unanswered_since_.size()] = began.time_since_epoch().count();
  if (unanswered_is_posted_.exchange(true)) return;
  loop_.post([this] {
    unanswered_is_posted_ = false;
    if (!monitor_) return;
    for (auto& one : unanswered_since_)
      if (const auto since = one.exchange(0); since != 0)
        monitor_->unanswered(base::SteadyTime(base::Duration(since)), loop_.now().steady);
    turn();
  });
}

void ContinuityWatch::turn() {
  const auto now = loop_.now();
  if (now.steady >= monitor_->next_probe()) begin_probes(now);
  monitor_->tick(now.steady);
  after(now);
  const auto state = monitor_->state();
  const auto wait = state == State::normal    ? longest_turn
                    : state == State::suspect ? doubtful_turn
                                              : trial_turn;
  turn_timer_.at(std::min(now.steady + wait, std::max(monitor_->next_probe(), now.steady + 1ms)),
                 [this] { turn(); });
}

void ContinuityWatch::begin_probes(base::Time now) {
  monitor_->probes_begin(now.steady, draw_jitter());
  begin_probe(Probe::reach, now);
  if (!canary_user_.empty()) begin_probe(Probe::canary, now);
}

void ContinuityWatch::begin_probe(Probe probe, base::Time now) {
  auto& running = running_[static_cast<std::size_t>(probe)];
  if (running >= most_running) return;
  ++running;
  auto one = std::make_shared<Running>(Running{probe, now.steady, false, net::Timer(loop_)});
  one->limit.at(now.steady + continuity::probe_limit, [this, one = one.get()] {
    one->was_unfinished = true;
    if (one->probe == Probe::reach) newest_reach_was_good_ = false;
    probe_ends_[static_cast<std::size_t>(cloud::Evidence::timed_out)]->add();
    last_probe_ = {cloud::Evidence::timed_out, "no answer yet", continuity::probe_limit};
    monitor_->observe(Probed{one->probe, When::unfinished, cloud::Evidence::timed_out, one->began},
                      loop_.now().steady);
    turn();
  });
  const bool fresh = monitor_->state() != State::normal;
  const auto deadline = now.steady + probe_runs_on;
  if (probe == Probe::reach)
    return channel_->server_time(deadline, fresh, [this, one](const cloud::ServerTimeAnswer& answer) {
      ended(one, answer.evidence, answer.detail);
    });
  cloud::Asking who{canary_user_, cloud::draw_request_id(), fresh, deadline};
  channel_->authenticate_user(std::move(who), base::Secret("000000"), std::nullopt,
                              [this, one](const cloud::CodeAnswer& answer) {
                                // Something says yes to everything.
                                const bool lies = answer.outcome == cloud::Outcome::good;
                                ended(one, lies ? cloud::Evidence::service_not_trusted : answer.evidence,
                                      lies ? "it let in a user who does not exist" : answer.detail);
                              });
}

void ContinuityWatch::ended(const std::shared_ptr<Running>& one, cloud::Evidence evidence,
                            const std::string& detail) {
  const auto now = loop_.now();
  one->limit.cancel();
  --running_[static_cast<std::size_t>(one->probe)];
  last_probe_ = {evidence, detail, now.steady - one->began};
  if (one->probe == Probe::reach)
    newest_reach_was_good_ = side(evidence, profile_) == cloud::Side::up && !one->was_unfinished;
  if (!one->was_unfinished) probe_ends_[static_cast<std::size_t>(evidence)]->add();
  tell_alarms(evidence, detail, now);
  if (channel_->name_is_bent())
    logger_->log_rarely(telemetry::messages::service_redirected, now,
                        {{"address", std::string("this machine")}});
  place_.certificates.see(*channel_);
  place_.name.look(*channel_, now);
  monitor_->observe(Probed{one->probe, one->was_unfinished ? When::late : When::in_time, evidence, one->began},
                    now.steady);
  if (const auto told = channel_->server_told(); told && one->probe == Probe::reach)
    threads_[1].post([this, told = *told] { keeper_.remember_told(told); });
  if (auto all = channel_->take_proven(); !all.all.empty()) proven(std::move(all));
  turn();
}

}  // namespace sallyport::server
