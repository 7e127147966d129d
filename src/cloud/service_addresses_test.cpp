#include "cloud/service_addresses.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace sallyport::cloud {
namespace {

using namespace std::chrono_literals;

net::Address address(const char* text) { return net::Address::parse(text).value(); }
std::vector<net::Endpoint> endpoints(const char* text) { return {{address(text), 443}}; }
constexpr base::SteadyTime start{1h};

TEST(ServiceAddresses, are_asked_for_at_once_and_then_every_thirty_seconds) {
  ServiceAddresses addresses;
  EXPECT_LE(addresses.next_question(), start);
  addresses.found(endpoints("192.0.2.1"), false, start);
  EXPECT_EQ(addresses.list(), endpoints("192.0.2.1"));
  EXPECT_EQ(addresses.next_question(), start + 30s);
  addresses.found(endpoints("192.0.2.2"), false, start + 30s);
  EXPECT_EQ(addresses.list(), endpoints("192.0.2.2"));
}

TEST(ServiceAddresses, stay_when_the_name_server_fails) {
  ServiceAddresses addresses;
  addresses.found(endpoints("192.0.2.1"), false, start);
  addresses.found(base::failure("no answer from the name server"), false, start + 30s);
  EXPECT_EQ(addresses.list(), endpoints("192.0.2.1"));
  EXPECT_EQ(addresses.why_none(), "no answer from the name server");
  EXPECT_EQ(addresses.next_question(), start + 60s);
  addresses.found(std::vector<net::Endpoint>{}, false, start + 60s);
  EXPECT_EQ(addresses.list(), endpoints("192.0.2.1"));
}

TEST(ServiceAddresses, are_asked_for_each_second_while_there_is_none) {
  ServiceAddresses addresses;
  addresses.found(base::failure("no such name"), false, start);
  EXPECT_TRUE(addresses.list().empty());
  EXPECT_EQ(addresses.next_question(), start + 1s);
}

TEST(ServiceAddresses, that_have_answered_stand_first_and_stay_when_the_name_leads_elsewhere) {
  ServiceAddresses addresses;
  std::vector<net::Endpoint> two{endpoints("192.0.2.1")[0], endpoints("192.0.2.2")[0]};
  addresses.found(two, false, start);
  addresses.proven(two[1], start, start);
  addresses.found(two, false, start + 30s);
  EXPECT_EQ(addresses.list(), (std::vector<net::Endpoint>{two[1], two[0]}));
  addresses.found(endpoints("198.51.100.1"), false, start + 60s);
  EXPECT_EQ(addresses.list(), (std::vector<net::Endpoint>{endpoints("198.51.100.1")[0], two[1]}));
  addresses.found(endpoints("198.51.100.1"), false, start + 24h * 8);
  EXPECT_EQ(addresses.list(), endpoints("198.51.100.1")) << "a week is long enough";
}

TEST(ServiceAddresses, proven_before_a_restart_serve_when_the_name_server_fails) {
  ServiceAddresses addresses;
  addresses.proven(endpoints("192.0.2.1")[0], start - 24h, start);
  addresses.proven(endpoints("192.0.2.2")[0], start - 1h, start);
  addresses.proven(endpoints("192.0.2.3")[0], start - 24h * 8, start);
  EXPECT_TRUE(addresses.list().empty()) << "the name server has not been asked yet";
  addresses.found(base::failure("no answer from the name server"), false, start);
  EXPECT_EQ(addresses.list(),
            (std::vector<net::Endpoint>{endpoints("192.0.2.2")[0], endpoints("192.0.2.1")[0]}));
  EXPECT_EQ(addresses.next_question(), start + 1s) << "where the name leads is not known";
  addresses.proven(endpoints("192.0.2.4")[0], start, start);
  EXPECT_EQ(addresses.list().front(), endpoints("192.0.2.4")[0]);
  addresses.found(endpoints("192.0.2.2"), false, start + 1s);
  EXPECT_EQ(addresses.list().front(), endpoints("192.0.2.2")[0]);
  EXPECT_EQ(addresses.list().size(), 3U);
}

TEST(ServiceAddresses, proven_before_a_restart_serve_until_a_slow_name_server_has_answered) {
  ServiceAddresses addresses;
  addresses.is_overdue(start);
  EXPECT_TRUE(addresses.list().empty());
  addresses.proven(endpoints("192.0.2.1")[0], start, start);
  EXPECT_EQ(addresses.list(), endpoints("192.0.2.1"));
  addresses.found(endpoints("127.0.0.1"), true, start + 1s);
  EXPECT_EQ(addresses.list(), endpoints("192.0.2.1")) << "and longer, where its answer is bent";
  EXPECT_TRUE(addresses.is_bent());
}

TEST(ServiceAddresses, know_whether_the_name_leads_there) {
  ServiceAddresses addresses;
  addresses.proven(endpoints("192.0.2.1")[0], start, start);
  EXPECT_TRUE(addresses.leads_to(address("192.0.2.1"))) << "nobody has said otherwise";
  addresses.found(base::failure("no such name"), false, start);
  EXPECT_FALSE(addresses.leads_to(address("192.0.2.1")));
  EXPECT_EQ(addresses.whereto(), "no such name");
  addresses.found(std::vector<net::Endpoint>{endpoints("192.0.2.2")[0], endpoints("192.0.2.3")[0]}, false,
                  start);
  EXPECT_FALSE(addresses.leads_to(address("192.0.2.1")));
  EXPECT_TRUE(addresses.leads_to(address("192.0.2.3")));
  EXPECT_EQ(addresses.whereto(), "192.0.2.2, 192.0.2.3");
  addresses.found(base::failure("no such name"), false, start);
  EXPECT_TRUE(addresses.leads_to(address("192.0.2.3"))) << "by the newest good answer";
}

TEST(ServiceAddresses, put_the_one_first_that_answered_where_others_did_not) {
  ServiceAddresses addresses;
  const std::vector<net::Endpoint> all{endpoints("192.0.2.1")[0], endpoints("192.0.2.2")[0],
                                       endpoints("2001:db8::1")[0]};
  addresses.found(all, false, start);
  EXPECT_EQ(addresses.other_than(all[0].address), all[2]) << "of the other family";
  EXPECT_EQ(addresses.of_other_family_than(all[2].address), (std::vector{all[0], all[1]}));
  addresses.prefer(all[1], start);
  EXPECT_EQ(addresses.list(), (std::vector{all[1], all[0], all[2]}));
  addresses.found(all, false, start + 30s);
  EXPECT_EQ(addresses.list().front(), all[1]);
  addresses.found(all, false, start + 6min);
  EXPECT_EQ(addresses.list(), all);
  addresses.found(endpoints("192.0.2.1"), false, start + 7min);
  EXPECT_EQ(addresses.other_than(all[0].address), std::nullopt);
  addresses.prefer(all[1], start + 7min);
  EXPECT_EQ(addresses.list(), endpoints("192.0.2.1")) << "it is not in the list";
}

TEST(ServiceAddresses, are_bounded_and_of_many_the_newest_are_kept) {
  ServiceAddresses addresses;
  for (int i = 0; i < 40; ++i)
    addresses.proven({address(("192.0.2." + std::to_string(i)).c_str()), 443}, start + i * 1s, start + 1min);
  addresses.proven(endpoints("198.51.100.1")[0], start, start + 1min);  // from the disk, and older
  addresses.found(base::failure("no such name"), false, start + 1min);
  EXPECT_EQ(addresses.list().size(), ServiceAddresses::most_proven);
  EXPECT_EQ(addresses.list().front(), endpoints("192.0.2.39")[0]);
  EXPECT_EQ(addresses.list().back(), endpoints("192.0.2.24")[0]);
}

TEST(ServiceAddresses, are_not_led_home_while_some_have_answered) {
  ServiceAddresses addresses;
  addresses.found(endpoints("127.0.0.1"), true, start);
  EXPECT_EQ(addresses.list(), endpoints("127.0.0.1")) << "nothing better is known";
  addresses.found(endpoints("192.0.2.1"), false, start);
  addresses.proven(endpoints("192.0.2.1")[0], start, start);
  addresses.found(endpoints("127.0.0.1"), true, start + 30s);
  EXPECT_TRUE(addresses.is_bent());
  EXPECT_EQ(addresses.list(), endpoints("192.0.2.1"));
  addresses.found(endpoints("192.0.2.1"), false, start + 60s);
  EXPECT_FALSE(addresses.is_bent());
}

TEST(AnAddress, leads_home_when_it_is_loopback_link_local_or_our_own) {
  const std::vector<net::Address> own{address("192.0.2.7"), address("2001:db8::7")};
  for (const char* home : {"127.0.0.1", "127.9.9.9", "0.0.0.0", "169.254.1.1", "::1", "::", "fe80::1",
                           "febf::1", "192.0.2.7", "2001:db8::7"})
    EXPECT_TRUE(leads_home(address(home), own)) << home;
  for (const char* away :
       {"192.0.2.8", "10.0.0.1", "169.253.0.1", "128.0.0.1", "2001:db8::8", "fec0::1", "::2"})
    EXPECT_FALSE(leads_home(address(away), own)) << away;
}

TEST(TheUrlsHost, may_say_itself_that_the_service_is_here) {
  for (const char* host : {"localhost", "vip.localhost", "127.0.0.1", "::1", "192.0.2.7", "gate7"})
    EXPECT_TRUE(names_home(host, "gate7")) << host;
  for (const char* host : {"vip.example.com", "localhost.example.com", "gate70", "notlocalhost"})
    EXPECT_FALSE(names_home(host, "gate7")) << host;
  EXPECT_FALSE(names_home("vip.example.com", ""));
}

TEST(OwnAddresses, hold_the_loopback_address) {
  const auto own = own_addresses();
  EXPECT_TRUE(own.empty() || std::ranges::any_of(own, [](const auto& a) { return leads_home(a, {}); }));
}

}  // namespace
}  // namespace sallyport::cloud
