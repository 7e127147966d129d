#include "net/workers.h"

#include <gtest/gtest.h>
#include <pthread.h>

#include <mutex>
#include <set>

namespace sallyport::net {
namespace {

TEST(Workers, run_each_loop_on_a_thread_that_bears_its_name) {
  Workers workers(3);
  std::mutex lock;
  std::set<std::string> names;
  for (std::size_t i = 0; i < workers.size(); ++i) {
    workers[i].post([&, i] {
      char name[16] = {};
      pthread_getname_np(pthread_self(), name, sizeof name);
      const std::lock_guard guard(lock);
      names.insert(name);
      workers[i].stop();
    });
  }
  workers.start();
  workers.join();
  EXPECT_EQ(names, (std::set<std::string>{"sp-worker-0", "sp-worker-1", "sp-worker-2"}));
}

TEST(Workers, may_be_stopped_at_once_or_never_started) {
  const Workers never(2);
  Workers at_once(2);
  at_once.start();
}

}  // namespace
}  // namespace sallyport::net
