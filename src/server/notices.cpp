#include "server/notices.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <utility>

namespace sallyport::server {
namespace {

using namespace std::chrono_literals;
namespace messages = telemetry::messages;
using delivery::Delivery;
using delivery::Parcel;
using delivery::Why;

constexpr std::chrono::seconds life = 24h;  // old news of an outage is news still
constexpr int most_waiting = 1000;          // a receiver
constexpr std::array why_words{"expired", "full", "overtaken", "refused"};  // by Why

std::string host_name() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0 || name.front() == '\0') return "this gateway";
  return name.data();
}

base::Time time_now() {
  return {std::chrono::steady_clock::now(),
          std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now()), false};
}

// All calls but the first come from its lane's thread.
class NoticeVoice final : public delivery::Witness {
 public:
  NoticeVoice(std::string channel, telemetry::Log& log, telemetry::Metrics& metrics)
      : channel_(std::move(channel)), log_(log.make_logger()) {
    const telemetry::Labels labels{{"channel", channel_}};
    sent_ = metrics.counter("sallyport_notices_sent_total", "Notices that a receiver took", labels);
    failed_ =
        metrics.counter("sallyport_notices_failed_total", "Attempts that failed and may be repeated", labels);
    lost_ = metrics.counter("sallyport_notices_lost_total", "Notices that were given up", labels);
  }

  void delivered(const Parcel& /*parcel*/) override { sent_->add(); }
  void failed(const Parcel& /*parcel*/) override { failed_->add(); }
  void dropped(const Parcel& parcel, Why why, int attempts, const std::string& detail) override {
    lost_->add();
    log_->log_rarely(messages::notice_lost, time_now(),
                     {{"channel", channel_},
                      {"event", parcel.delivery.event},
                      {"destination", parcel.delivery.destination},
                      {"why", std::string(why_words.at(static_cast<std::size_t>(why)))},
                      {"attempts", std::int64_t{attempts}},
                      {"detail", detail}});
  }
  void overflowed(Delivery::Kind /*kind*/, std::uint64_t count) override { lost_->add(count); }
  void failing(const std::string& detail) override {
    log_->log(messages::delivery_channel_failing, time_now().wall, {{"channel", channel_}, {"detail", detail}});
  }
  void back(std::int64_t failures) override {
    log_->log(messages::delivery_channel_back, time_now().wall, {{"channel", channel_}, {"count", failures}});
  }

 private:
  std::string channel_;
  std::unique_ptr<telemetry::Logger> log_;
  std::shared_ptr<telemetry::Counter> sent_, failed_, lost_;
};

}  // namespace

Notices::Notices(telemetry::Log& log, telemetry::Metrics& metrics)
    : host_(host_name()), office_([&log, &metrics](const settings::DeliveryChannel& channel) {
        return std::make_unique<NoticeVoice>(channel.name, log, metrics);
      }) {}

base::Result<void> Notices::prepare(const std::vector<settings::Notice>& notices) {
  settings::Delivery ways;
  ways.queue_limit = most_waiting;
  ways.channels.assign(notices.begin(), notices.end());
  auto lanes = office_.open(ways);
  if (!lanes) return base::failure("continuity.notice: " + lanes.error().what);
  auto receivers = std::make_shared<Receivers>();
  for (const auto& notice : notices) {
    if (notice.to.empty()) receivers->push_back({notice.name, ""});
    for (const auto& address : notice.to) receivers->push_back({notice.name, address});
  }
  prepared_ = Prepared{std::move(*lanes), std::move(receivers)};
  return {};
}

void Notices::commit() {
  if (!prepared_) return;
  office_.use(std::move(prepared_->lanes));
  const std::lock_guard guard(lock_);
  receivers_ = std::move(prepared_->receivers);
  prepared_.reset();
}

void Notices::send(const News& news) {
  std::shared_ptr<const Receivers> receivers;
  {
    const std::lock_guard guard(lock_);
    receivers = receivers_;
  }
  for (const auto& [channel, destination] : *receivers) {
    Delivery delivery;
    delivery.kind = Delivery::Kind::notice;
    delivery.channel = channel;
    delivery.destination = destination;
    delivery.event = news.event;
    delivery.headline = fmt::format("{}: {}", host_, news.headline);
    delivery.text = fmt::format("Gateway {}: {}.\n\n{}", host_, news.headline, news.text);
    delivery.life = life;
    office_.send(std::move(delivery));
  }
}

}  // namespace sallyport::server
