#pragma once
// Names to addresses without blocking a loop: one thread of its own asks the system's resolver; numeric
// addresses are answered at once. Answers come back in the asking loop. One resolver for one purpose, so that a
// silent name server of one does not delay another.
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "net/endpoint.h"
#include "net/loop.h"

namespace sallyport::net {

class Resolver {
 public:
  using Answer = std::function<void(base::Result<std::vector<Endpoint>>)>;
  Resolver();
  ~Resolver();  // does not wait for a name server
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  // At most 1,024 questions wait; one more fails at once. `answer` is called exactly once, in `loop`, at
  // `time_limit` at the latest.
  void resolve(Loop& loop, std::string host, std::uint16_t port, base::Duration time_limit, Answer answer);

 private:
  struct Shared;
  std::shared_ptr<Shared> shared_;
};

}  // namespace sallyport::net
