#include "net/resolver.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace sallyport::net {
namespace {

using namespace std::chrono_literals;
using Answered = base::Result<std::vector<Endpoint>>;

Answered ask(Resolver& resolver, const std::string& host, base::Duration limit = 5s) {
  Loop loop;
  Answered answered = base::failure("never answered");
  int calls = 0;
  resolver.resolve(loop, host, 443, limit, [&](Answered got) {
    answered = std::move(got);
    ++calls;
    loop.stop();
  });
  EXPECT_EQ(calls, 0) << "not from inside";
  loop.run_for(6s);
  EXPECT_EQ(calls, 1);
  return answered;
}

TEST(Resolver, answers_addresses_without_asking_anybody) {
  Resolver resolver;
  EXPECT_EQ(ask(resolver, "192.0.2.1").value().at(0).to_string(), "192.0.2.1:443");
  EXPECT_EQ(ask(resolver, "2001:db8::1").value().at(0).to_string(), "[2001:db8::1]:443");
}

TEST(Resolver, knows_localhost) {
  Resolver resolver;
  const auto answered = ask(resolver, "localhost");
  ASSERT_TRUE(answered) << answered.error().what;
  EXPECT_NE(std::ranges::find(*answered, Endpoint::parse("127.0.0.1:443").value()), answered->end());
}

TEST(Resolver, a_name_that_is_none_is_a_failure_that_names_it) {
  Resolver resolver;
  EXPECT_FALSE(ask(resolver, ""));
  EXPECT_FALSE(ask(resolver, std::string("local\0host", 10)));
  const auto answered = ask(resolver, "no-such-name.invalid", 2s);
  ASSERT_FALSE(answered);
  EXPECT_NE(answered.error().what.find("no-such-name.invalid"), std::string::npos);
}

TEST(Resolver, answers_once_when_the_time_is_over_before_the_name_server_speaks) {
  Resolver resolver;
  EXPECT_FALSE(ask(resolver, "no-such-name.invalid", 0s));
}

TEST(Resolver, going_away_leaves_no_answer_to_a_loop_that_is_gone) {
  for (int i = 0; i < 20; ++i) {
    Loop loop;
    Resolver resolver;
    resolver.resolve(loop, "localhost", 443, 1s, [](const Answered&) {});
  }
}

}  // namespace
}  // namespace sallyport::net
