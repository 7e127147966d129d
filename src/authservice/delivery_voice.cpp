#include "authservice/delivery_voice.h"

#include <array>

namespace sallyport::authservice {
namespace {

namespace messages = telemetry::messages;
using delivery::Delivery;
using delivery::Parcel;
using delivery::Why;
using Counters = std::array<std::shared_ptr<telemetry::Counter>, settings::delivery_kinds>;  // by kind

constexpr std::array why_words{"expired", "full", "overtaken", "refused"};  // by Why

base::Time now() {
  return {std::chrono::steady_clock::now(),
          std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now()), false};
}

std::string kind_word(Delivery::Kind kind) { return std::string(settings::to_string(kind)); }

class Voice final : public delivery::Witness {
 public:
  Voice(const settings::DeliveryChannel& channel, telemetry::Log& log, telemetry::Metrics& metrics)
      : channel_(channel.name), log_(log.make_logger()) {
    for (const auto kind : channel.kinds) {
      const auto i = static_cast<std::size_t>(kind);
      const telemetry::Labels labels{{"channel", channel_}, {"kind", kind_word(kind)}};
      sent_.at(i) = metrics.counter("sallyport_delivery_sent_total", "Deliveries that a channel took", labels);
      failed_.at(i) = metrics.counter("sallyport_delivery_failed_total",
                                      "Attempts that failed and may be repeated", labels);
      for (std::size_t why = 0; why < why_words.size(); ++why) {
        auto with_why = labels;
        with_why.emplace_back("why", why_words.at(why));
        dropped_.at(why).at(i) = metrics.counter("sallyport_delivery_dropped_total",
                                                 "Deliveries that were given up", std::move(with_why));
      }
    }
  }

  void delivered(const Parcel& parcel) override { of(sent_, parcel.delivery.kind).add(); }
  void failed(const Parcel& parcel) override { of(failed_, parcel.delivery.kind).add(); }

  void dropped(const Parcel& parcel, Why why, int attempts, const std::string& detail) override {
    const auto& delivery = parcel.delivery;
    of(dropped_.at(static_cast<std::size_t>(why)), delivery.kind).add();
    if (why == Why::overtaken) return;  // the user has the newer one
    const auto& message = why == Why::refused ? messages::delivery_refused : messages::delivery_dropped;
    log_->log_rarely(message, now(),
                     {{"channel", channel_},
                      {"kind", kind_word(delivery.kind)},
                      {"account", delivery.account},
                      {"user", delivery.user},
                      {"delivery", parcel.id},
                      {"why", why_words.at(static_cast<std::size_t>(why))},
                      {"attempts", std::int64_t{attempts}},
                      {"detail", detail}});
  }

  void overflowed(Delivery::Kind kind, std::uint64_t count) override {
    of(dropped_.at(static_cast<std::size_t>(Why::full)), kind).add(count);
    log_->log_rarely(
        messages::delivery_overflow, now(),
        {{"channel", channel_}, {"kind", kind_word(kind)}, {"count", static_cast<std::int64_t>(count)}});
  }

  void failing(const std::string& detail) override {
    log_->log(messages::delivery_channel_failing, now().wall, {{"channel", channel_}, {"detail", detail}});
  }
  void back(std::int64_t failures) override {
    log_->log(messages::delivery_channel_back, now().wall, {{"channel", channel_}, {"count", failures}});
  }

 private:
  static telemetry::Counter& of(const Counters& counters, Delivery::Kind kind) {
    return *counters.at(static_cast<std::size_t>(kind));
  }

  std::string channel_;
  std::unique_ptr<telemetry::Logger> log_;
  Counters sent_, failed_;
  std::array<Counters, why_words.size()> dropped_;
};

}  // namespace

std::unique_ptr<delivery::Witness> make_delivery_voice(const settings::DeliveryChannel& channel,
                                                       telemetry::Log& log, telemetry::Metrics& metrics) {
  return std::make_unique<Voice>(channel, log, metrics);
}

}  // namespace sallyport::authservice
