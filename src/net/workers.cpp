#include "net/workers.h"

#include <pthread.h>

#include "base/invariant.h"

namespace sallyport::net {

Workers::Workers(std::size_t count, std::string name) : name_(std::move(name)) {
  SALLYPORT_INVARIANT(count > 0);
  for (std::size_t i = 0; i < count; ++i) loops_.push_back(std::make_unique<Loop>());
}

Workers::~Workers() {
  stop();
  join();
}

void Workers::start() {
  SALLYPORT_INVARIANT(threads_.empty());
  for (std::size_t i = 0; i < loops_.size(); ++i) {
    threads_.emplace_back([loop = loops_[i].get(), name = (name_ + "-" + std::to_string(i)).substr(0, 15)] {
      pthread_setname_np(pthread_self(), name.c_str());
      loop->run();
    });
  }
}

void Workers::stop() {
  for (const auto& loop : loops_) loop->stop();
}

void Workers::join() {
  for (auto& thread : threads_) thread.join();
  threads_.clear();
}

}  // namespace sallyport::net
