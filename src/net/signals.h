#pragma once
// Signals as events of a loop (signalfd). Made before any other thread is, so that every thread inherits the
// mask and none is interrupted by them.
#include <functional>
#include <memory>
#include <vector>

#include "base/result.h"
#include "net/loop.h"

namespace sallyport::net {

class Signals {
 public:
  // Blocks `signals` in the calling thread and those it makes later; `received` is called in the loop with
  // each. SIGPIPE is ignored from now on.
  static base::Result<std::unique_ptr<Signals>> take(Loop&, const std::vector<int>& signals,
                                                     std::function<void(int)> received);
  virtual ~Signals() = default;
};

}  // namespace sallyport::net
