#include "delivery/post_office.h"

#include <algorithm>

#include "crypto/random.h"

namespace sallyport::delivery {
namespace {

constexpr std::size_t id_length = 22;  // base 62: 128 bits

base::Time time_now() {
  return {std::chrono::steady_clock::now(),
          std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now()), false};
}

}  // namespace

PostOffice::PostOffice(MakeWitness make_witness) : make_witness_(std::move(make_witness)) {}
PostOffice::~PostOffice() = default;

base::Result<PostOffice::Lanes> PostOffice::open(const settings::Delivery& settings) const {
  Lanes opened;
  for (const auto& channel : settings.channels) {
    auto lane = Lane::open(settings, channel, make_witness_(channel));
    if (!lane) return std::unexpected(lane.error());
    opened.push_back(std::move(*lane));
  }
  return opened;
}

void PostOffice::use(Lanes opened) {
  Lanes done_with;  // their threads are joined outside of the lock
  const std::lock_guard guard(lock_);
  // Not those that are retired now: a sender may still hold one.
  std::erase_if(retired_, [&](auto& lane) {
    if (lane->held() != 0) return false;
    done_with.push_back(std::move(lane));
    return true;
  });
  for (auto& lane : lanes_) retired_.push_back(std::move(lane));
  lanes_ = std::move(opened);
}

void PostOffice::send(Delivery delivery) {
  auto parcel = std::make_shared<Parcel>();
  parcel->id = crypto::random_base62(id_length);
  parcel->accepted = time_now();
  parcel->delivery = std::move(delivery);
  for (const auto& lane : lanes())
    if (lane->carries(parcel->delivery)) lane->push(parcel);
}

bool PostOffice::carries(Delivery::Kind kind) const {
  return std::ranges::any_of(lanes(), [&](const auto& lane) { return lane->carries(kind); });
}

PostOffice::Lanes PostOffice::lanes() const {
  const std::lock_guard guard(lock_);
  return lanes_;
}

std::size_t PostOffice::untried() const {
  std::size_t count = 0;
  const std::lock_guard guard(lock_);
  for (const auto* group : {&lanes_, &retired_})
    for (const auto& lane : *group) count += lane->untried();
  return count;
}

std::size_t PostOffice::held() const {
  std::size_t count = 0;
  const std::lock_guard guard(lock_);
  for (const auto* group : {&lanes_, &retired_})
    for (const auto& lane : *group) count += lane->held();
  return count;
}

}  // namespace sallyport::delivery
