#include "delivery/lane.h"

#include <pthread.h>

#include <algorithm>

namespace sallyport::delivery {
namespace {

Queue::Limits limits_of(const settings::Delivery& delivery, const settings::DeliveryChannel& channel) {
  return {.held = static_cast<std::size_t>(delivery.queue_limit),
          .at_once = static_cast<std::size_t>(channel.at_once),
          .retry_first = delivery.retry_first,
          .retry_most = delivery.retry_most};
}

}  // namespace

base::Result<std::unique_ptr<Carrier>> make_carrier(net::Loop& loop, const settings::DeliveryChannel& channel) {
  switch (channel.kind) {
    case settings::DeliveryChannelKind::command:
      return make_command_carrier(loop, channel);
    case settings::DeliveryChannelKind::webhook:
      return make_webhook_carrier(loop, channel);
    case settings::DeliveryChannelKind::smtp:
      return make_mail_carrier(loop, channel);
  }
  return base::failure("no such kind of channel");
}

Lane::Lane(const settings::Delivery& delivery, const settings::DeliveryChannel& channel,
           std::unique_ptr<Witness> witness)
    : name_(channel.name),
      kinds_(channel.kinds),
      time_limit_(channel.time_limit),
      witness_(std::move(witness)),
      queue_(limits_of(delivery, channel)),
      timer_(loop_),
      box_(loop_, static_cast<std::size_t>(delivery.queue_limit),
           [this](std::vector<ParcelPointer>& parcels) { take(parcels); }) {}

base::Result<std::unique_ptr<Lane>> Lane::open(const settings::Delivery& delivery,
                                               const settings::DeliveryChannel& channel,
                                               std::unique_ptr<Witness> witness) {
  std::unique_ptr<Lane> lane(new Lane(delivery, channel, std::move(witness)));
  auto carrier = make_carrier(lane->loop_, channel);
  if (!carrier) return base::failure("delivery channel " + channel.name + ": " + carrier.error().what);
  lane->carrier_ = std::move(*carrier);
  lane->thread_ = std::thread([own = lane.get()] {
    pthread_setname_np(pthread_self(), "sp-delivery");
    own->loop_.run();
  });
  return lane;
}

Lane::~Lane() {
  loop_.stop();
  if (thread_.joinable()) thread_.join();
}

bool Lane::carries(Delivery::Kind kind) const { return std::ranges::find(kinds_, kind) != kinds_.end(); }

bool Lane::carries(const Delivery& delivery) const {
  return carries(delivery.kind) && (delivery.channel.empty() || delivery.channel == name_);
}

void Lane::push(ParcelPointer parcel) {
  const auto kind = static_cast<std::size_t>(parcel->delivery.kind);
  ++untried_;
  ++held_;
  if (box_.push(std::move(parcel))) return;
  --untried_;
  --held_;
  ++overflowed_.at(kind);  // the lane says so: it has work enough to wake up soon
}

void Lane::take(std::vector<ParcelPointer>& parcels) {
  const auto now = loop_.now().steady;
  for (auto& parcel : parcels) report(queue_.add(std::move(parcel), now));
  report_overflow();
  turn();
}

void Lane::turn() {
  auto next = queue_.advance(loop_.now().steady);
  report(next.dropped);
  for (const auto& attempt : next.begin) begin(attempt);
  if (const auto wake = queue_.wake())
    timer_.at(*wake, [this] { turn(); });
  else
    timer_.cancel();
}

void Lane::begin(const Queue::Attempt& attempt) {
  const auto left = attempt.parcel->expires() - loop_.now().steady;
  carrier_->carry(attempt.parcel, attempt.number, std::min<base::Duration>(time_limit_, left),
                  [this, attempt](const Outcome& outcome) { ended(attempt, outcome); });
}

void Lane::ended(const Queue::Attempt& attempt, const Outcome& outcome) {
  const auto now = loop_.now().steady;
  if (attempt.number == 1) --untried_;
  const auto& parcel = *attempt.parcel;
  const auto detail = safe_words(outcome.detail, parcel);
  if (outcome.end == Ended::failed) {
    witness_->failed(parcel);
    if (health_.failed(now)) witness_->failing(detail);
  } else {
    // A receiver that refuses one delivery is there, too.
    if (const auto failures = health_.delivered(); failures > 0) witness_->back(failures);
    if (outcome.end == Ended::delivered) witness_->delivered(parcel);
  }
  if (outcome.end == Ended::delivered) --held_;
  report(queue_.ended(attempt.ticket, outcome.end, now), detail);
  turn();
}

void Lane::report(const std::vector<Queue::Dropped>& dropped, const std::string& detail) {
  for (const auto& each : dropped) {
    if (each.attempts == 0) --untried_;
    --held_;
    witness_->dropped(*each.parcel, each.why, each.attempts, each.why == Why::overtaken ? "" : detail);
  }
}

void Lane::report_overflow() {
  for (std::size_t i = 0; i < overflowed_.size(); ++i)
    if (const auto count = overflowed_[i].exchange(0); count > 0)
      witness_->overflowed(static_cast<Delivery::Kind>(i), count);
}

}  // namespace sallyport::delivery
