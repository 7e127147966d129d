#pragma once
// Who is told what becomes of the deliveries of one channel: the door that counts and logs. All calls come from
// the channel's thread. No detail holds a code.
#include <cstdint>
#include <string>

#include "delivery/queue.h"

namespace sallyport::delivery {

class Witness {
 public:
  virtual ~Witness() = default;
  virtual void delivered(const Parcel&) = 0;
  virtual void failed(const Parcel&) = 0;  // one attempt; it is tried again, or dropped
  virtual void dropped(const Parcel&, Why, int attempts, const std::string& detail) = 0;
  virtual void overflowed(Delivery::Kind, std::uint64_t count) = 0;  // dropped unseen: they came too fast
  virtual void failing(const std::string& detail) = 0;               // the channel; already rate limited
  virtual void back(std::int64_t failures) = 0;
};

}  // namespace sallyport::delivery
