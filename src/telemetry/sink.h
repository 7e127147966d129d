#pragma once
// Where lines go. A sink belongs to the log's thread, never waits for its peer, keeps a bounded amount of what
// it cannot get rid of, counts what it loses, and says once that it is in trouble and once that it is not any
// more.
#include <functional>
#include <span>
#include <vector>

#include "telemetry/line.h"

namespace sallyport::telemetry {

class Sink {
 public:
  using Say =
      std::function<void(const Message&, std::vector<Field>)>;  // a line of the log's own, in the next batch

  virtual ~Sink() = default;
  virtual void write(std::span<const Line>, base::SteadyTime now) = 0;
  virtual void retry(base::SteadyTime now) = 0;  // what is left over; asked for while unfinished()
  [[nodiscard]] virtual bool unfinished() const = 0;
  virtual void reopen(base::SteadyTime) {}
};

}  // namespace sallyport::telemetry
