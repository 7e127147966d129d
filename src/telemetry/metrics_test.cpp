#include "telemetry/metrics.h"

#include <gmock/gmock.h>

#include <cstdio>
#include <fstream>

namespace sallyport::telemetry {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::Not;

TEST(Metrics, sums_the_instances_of_one_name_and_labels) {
  Metrics metrics;
  const auto first = metrics.counter("sallyport_logins_total", "Logins.", {{"verdict", "accept"}});
  const auto second = metrics.counter("sallyport_logins_total", "Logins.", {{"verdict", "accept"}});
  const auto other = metrics.counter("sallyport_logins_total", "Logins.", {{"verdict", "reject"}});
  first->add(2);
  second->add(3);
  other->add();
  EXPECT_EQ(metrics.text(),
            "# HELP sallyport_logins_total Logins.\n# TYPE sallyport_logins_total counter\n"
            "sallyport_logins_total{verdict=\"accept\"} 5\nsallyport_logins_total{verdict=\"reject\"} 1\n");
}

TEST(Metrics, a_count_does_not_go_back_when_its_worker_is_gone) {
  Metrics metrics;
  metrics.counter("sallyport_x_total", "X.")->add(7);
  EXPECT_THAT(metrics.text(), HasSubstr("sallyport_x_total 7\n"));
}

TEST(Metrics, labels_in_another_order_are_the_same_labels) {
  Metrics metrics;
  metrics.counter("sallyport_x_total", "X.", {{"a", "1"}, {"b", "2"}})->add();
  metrics.counter("sallyport_x_total", "X.", {{"b", "2"}, {"a", "1"}})->add();
  EXPECT_THAT(metrics.text(), HasSubstr("sallyport_x_total{a=\"1\",b=\"2\"} 2\n"));
}

TEST(Metrics, a_label_cannot_break_out_of_its_quotation_marks) {
  Metrics metrics;
  metrics.counter("sallyport_x_total", "back \\ slash\nand \"marks\"", {{"client", "a\"} 1\n\\"}})->add();
  EXPECT_EQ(metrics.text(),
            "# HELP sallyport_x_total back \\\\ slash\\nand \"marks\"\n# TYPE sallyport_x_total counter\n"
            "sallyport_x_total{client=\"a\\\"} 1\\n\\\\\"} 1\n");
}

TEST(Metrics, a_histogram_counts_up_to_each_bound) {
  Metrics metrics;
  const auto histogram = metrics.histogram("sallyport_login_seconds", "Time.", {{"step", "bind"}});
  histogram->observe(milliseconds(1));  // on the bound: counts below it
  histogram->observe(milliseconds(40));
  histogram->observe(std::chrono::minutes(1));
  const auto text = metrics.text();
  EXPECT_THAT(text, HasSubstr("# TYPE sallyport_login_seconds histogram\n"));
  EXPECT_THAT(text, HasSubstr("sallyport_login_seconds_bucket{step=\"bind\",le=\"0.0005\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("sallyport_login_seconds_bucket{step=\"bind\",le=\"0.001\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("sallyport_login_seconds_bucket{step=\"bind\",le=\"0.05\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("sallyport_login_seconds_bucket{step=\"bind\",le=\"30\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("sallyport_login_seconds_bucket{step=\"bind\",le=\"+Inf\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("sallyport_login_seconds_sum{step=\"bind\"} 60.041"));
  EXPECT_THAT(text, HasSubstr("sallyport_login_seconds_count{step=\"bind\"} 3\n"));
}

TEST(Metrics, a_gauge_is_read_at_each_scrape_until_its_token_goes) {
  Metrics metrics;
  double value = 1;
  auto token = metrics.gauge("sallyport_in_flight", "Now.", {}, [&] { return value; });
  EXPECT_THAT(metrics.text(), HasSubstr("# TYPE sallyport_in_flight gauge\nsallyport_in_flight 1\n"));
  value = 2.5;
  EXPECT_THAT(metrics.text(), HasSubstr("sallyport_in_flight 2.5\n"));
  token.reset();
  EXPECT_THAT(metrics.text(), Not(HasSubstr("sallyport_in_flight")));
}

TEST(Metrics, promtool_finds_nothing_wrong) {
  if (std::system("command -v promtool >/dev/null 2>&1") != 0) GTEST_SKIP() << "promtool is not installed";
  Metrics metrics;
  metrics.counter("sallyport_logins_total", "Logins by verdict.", {{"client", "odd \"\\\n client"}})->add(5);
  metrics.histogram("sallyport_login_seconds", "From arrival to answer.", {{"step", "bind"}})
      ->observe(milliseconds(3));
  const auto token = metrics.gauge("sallyport_in_flight", "Logins in flight.", {}, [] { return 3.0; });
  const auto file = testing::TempDir() + "sallyport_metrics.txt";
  std::ofstream(file) << metrics.text();
  EXPECT_EQ(std::system(("promtool check metrics < " + file).c_str()), 0);
  std::remove(file.c_str());
}

}  // namespace
}  // namespace sallyport::telemetry
