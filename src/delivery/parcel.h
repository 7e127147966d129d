#pragma once
// A delivery on its way: what was handed in, under an id by which a receiver knows it again, and when it must
// be there. Its forms for channels are made here, and what may be said about it.
#include <memory>
#include <string>
#include <string_view>

#include "base/time.h"
#include "delivery/outbox.h"

namespace sallyport::delivery {

struct Parcel {
  std::string id;  // the same at each attempt and in each channel
  Delivery delivery;
  base::Time accepted;

  [[nodiscard]] base::SteadyTime expires() const { return accepted.steady + delivery.life; }
};
using ParcelPointer = std::shared_ptr<const Parcel>;

// What commands and webhooks get: one JSON object on one line. Members that hold nothing are left out.
base::Secret json_of(const Parcel&, int attempt);

// `words` of a peer for a log line: one line, shortened, valid UTF-8 without control characters; nothing at all
// but a remark when they hold the code, with whatever between its digits.
std::string safe_words(std::string_view words, const Parcel&);

}  // namespace sallyport::delivery
