#include "net/signals.h"

#include <gtest/gtest.h>

#include <csignal>

#include "net/descriptors.h"

namespace sallyport::net {
namespace {

TEST(Signals, arrive_in_the_loop) {
  Loop loop;
  std::vector<int> received;
  const auto signals = Signals::take(loop, {SIGUSR1, SIGUSR2}, [&](int signal) {
    received.push_back(signal);
    if (received.size() == 2) loop.stop();
  });
  ASSERT_TRUE(signals);
  ::raise(SIGUSR1);
  ::raise(SIGUSR2);
  loop.run_for(std::chrono::seconds(5));
  EXPECT_EQ(received, (std::vector<int>{SIGUSR1, SIGUSR2}));
}

TEST(DescriptorLimit, never_sinks) {
  const auto before = descriptor_limit();
  EXPECT_EQ(raise_descriptor_limit(1).soft, before.soft);
  EXPECT_GE(raise_descriptor_limit(before.soft + 10).soft, before.soft);
}

}  // namespace
}  // namespace sallyport::net
