#pragma once
// How often each credential was guessed at through authenticateCredentials, which locks nothing: after `limit`
// wrong codes in a row, within `time` of the first of them, it is refused unchecked until that time is over.
// Kept in memory alone: a restart forgets. Belongs to the database thread.
#include <cstdint>

#include "authservice/remembered.h"
#include "base/time.h"

namespace sallyport::authservice {

struct GuessBound {
  int limit = 10;  // wrong codes; 0: no bound
  base::Duration time = std::chrono::minutes(10);
};

class Guesses {
 public:
  explicit Guesses(std::size_t remembered_limit = 65'536) : counts_(remembered_limit) {}

  bool too_many(std::int64_t credential, const GuessBound& bound, base::SteadyTime now) {
    const auto* count = counts_.find(credential);
    return bound.limit > 0 && count != nullptr && now - count->first < bound.time &&
           count->wrong >= bound.limit;
  }
  void wrong(std::int64_t credential, const GuessBound& bound, base::SteadyTime now) {
    auto* count = counts_.find(credential);
    if (count == nullptr || now - count->first >= bound.time)
      count = counts_.insert(credential, std::make_unique<Count>(now, 0));
    ++count->wrong;
    counts_.age();
  }
  void right(std::int64_t credential) { counts_.erase(credential); }

 private:
  struct Count {
    base::SteadyTime first;
    int wrong;
  };
  Remembered<std::int64_t, Count> counts_;
};

}  // namespace sallyport::authservice
