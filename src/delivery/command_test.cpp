#include <fcntl.h>

#include "delivery/peers_test.h"

namespace sallyport::delivery {
namespace {

using settings::DeliveryChannelKind;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

settings::DeliveryChannel shell(const std::string& script, const std::vector<std::string>& arguments = {}) {
  auto made = channel(DeliveryChannelKind::command);
  made.argv = {"/bin/sh", "-c", script, "hook"};
  made.argv.insert(made.argv.end(), arguments.begin(), arguments.end());
  return made;
}

// A number that a script wrote into a file, once it is there.
pid_t pid_in(const std::string& file) {
  EXPECT_TRUE(until([&] { return contents(file).ends_with("\n"); })) << file;
  return std::stoi(contents(file));
}

// Gone, or a zombie that whoever inherited it has not reaped yet.
bool has_ended(pid_t pid) {
  const auto stat = contents("/proc/" + std::to_string(pid) + "/stat");
  return stat.empty() || stat.find(") Z ") != std::string::npos;
}

bool has_no_child() { return waitpid(-1, nullptr, WNOHANG) == -1 && errno == ECHILD; }

TEST(Command, gets_the_delivery_as_json_and_nothing_of_us) {
  setenv("SALLYPORT_SECRET", "env-secret", 1);  // NOLINT(concurrency-mt-unsafe)
  const Folder folder;
  const int kept_open = ::fcntl(0, F_DUPFD, 20);  // not close-on-exec: still not the program's
  EXPECT_GE(kept_open, 20);
  Office office(shell(
      "tr '\\0' '\\n' < /proc/$$/environ > $1.env; tr '\\0' ' ' < /proc/$$/cmdline > $1.argv; pwd > $1.pwd; "
      "ls /proc/$$/fd > $1.fd; cat > $1",
      {folder.file("got")}));
  office.office.send(code_for("alice"));
  ASSERT_TRUE(office.told("delivered alice"));
  const auto got = boost::json::parse(contents(folder.file("got")));
  EXPECT_EQ(got.at("code"), "583920");
  EXPECT_EQ(got.at("user"), "alice");
  EXPECT_EQ(got.at("attempt"), 1);
  EXPECT_EQ(got.at("id").as_string().size(), 22U);
  EXPECT_EQ(contents(folder.file("got.env")),
            "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\nLANG=C.UTF-8\nHOME=/\n");
  EXPECT_EQ(contents(folder.file("got.pwd")), "/\n");
  // 10 is where this shell keeps what it redirects.
  std::vector<std::string> open_ones;
  std::istringstream listed(contents(folder.file("got.fd")));
  for (std::string line; std::getline(listed, line);)
    if (line != "10") open_ones.push_back(line);
  EXPECT_THAT(open_ones, ElementsAre("0", "1", "2"));
  EXPECT_THAT(contents(folder.file("got.argv")), Not(HasSubstr("583920")));
  EXPECT_TRUE(has_no_child());
  ::close(kept_open);
  unsetenv("SALLYPORT_SECRET");  // NOLINT(concurrency-mt-unsafe)
}

TEST(Command, that_hangs_is_killed_with_all_it_started) {
  const Folder folder;
  auto hanging = shell("sleep 1000 & echo $! > $1.child; (sleep 1000 & echo $! > $1.grandchild; wait) & wait",
                       {folder.file("pid")});
  hanging.time_limit = 5s;
  Office office(std::move(hanging));
  office.office.send(code_for("alice", 5s));
  const auto child = pid_in(folder.file("pid.child")), grandchild = pid_in(folder.file("pid.grandchild"));
  ASSERT_TRUE(office.told("failed alice"));
  EXPECT_TRUE(until([&] { return has_ended(child) && has_ended(grandchild); }));
  ASSERT_TRUE(office.told("dropped alice expired after 1: it ran into its time limit and was killed"));
  EXPECT_TRUE(has_no_child());
  EXPECT_EQ(office.office.held(), 0U);
}

TEST(Command, that_leaves_something_behind_has_delivered_and_it_is_ended) {
  const Folder folder;
  Office office(shell("sleep 1000 & echo $! > $1; exit 0", {folder.file("pid")}));
  office.office.send(code_for("alice"));
  ASSERT_TRUE(office.told("delivered alice"));
  EXPECT_TRUE(until([&] { return has_ended(pid_in(folder.file("pid"))); }));
}

TEST(Command, that_fails_is_tried_again_and_the_operator_hears_why_once) {
  const Folder folder;
  Office office(shell(
      "cat > /dev/null; echo x >> $1; [ $(wc -l < $1) -ge 3 ] && exit 0; echo 'no modem\nmore' >&2; exit 7",
      {folder.file("count")}));
  office.office.send(code_for("alice"));
  ASSERT_TRUE(office.told("delivered alice"));
  EXPECT_THAT(office.story.lines(), ElementsAre("failed alice", "failing exit code 7: no modem", "failed alice",
                                                "back 2", "delivered alice"));
}

TEST(Command, that_prints_the_code_is_not_quoted) {
  Office office(shell("cat >&2; exit 1"));
  office.office.send(code_for("alice"));
  ASSERT_TRUE(office.told("failing (its words hold the code and are left out)"));
  EXPECT_THAT(office.story.text(), Not(HasSubstr("583920")));
}

TEST(Command, that_writes_without_end_to_its_errors_is_heard_to_its_first_line) {
  Office office(shell("echo first >&2; head -c 1000000 /dev/zero >&2; exit 67"));
  office.office.send(code_for("alice"));
  ASSERT_TRUE(office.told("dropped alice refused after 1: exit code 67: first"));
}

TEST(Command, that_does_not_read_its_input_has_delivered_all_the_same) {
  Office office(shell("exec <&-; exit 0"));
  office.office.send(code_for("alice"));
  ASSERT_TRUE(office.told("delivered alice"));
}

TEST(Command, that_is_not_there_is_refused_and_one_that_went_is_tried_again) {
  const Folder folder;
  auto hook = channel(DeliveryChannelKind::command);
  hook.argv = {folder.file("hook")};
  Office none(settings::Delivery{});
  EXPECT_FALSE(none.office.open({.channels = {hook}}));
  const auto write = [&] {
    std::ofstream(folder.file("new")) << "#!/bin/sh\nexit 0\n";
    std::filesystem::permissions(folder.file("new"), std::filesystem::perms::owner_all);
    std::filesystem::rename(folder.file("new"), folder.file("hook"));
  };
  write();
  Office office(std::move(hook));
  std::filesystem::remove(folder.file("hook"));
  office.office.send(code_for("alice"));
  ASSERT_TRUE(office.told("failing " + folder.file("hook") + ": No such file or directory"));
  write();
  ASSERT_TRUE(office.told("delivered alice"));
  EXPECT_TRUE(has_no_child());
}

TEST(Command, under_way_is_killed_when_the_office_goes) {
  const Folder folder;
  {
    Office office(shell("echo $$ > $1; sleep 1000", {folder.file("pid")}));
    office.office.send(code_for("alice"));
    pid_in(folder.file("pid"));
  }
  EXPECT_TRUE(has_ended(pid_in(folder.file("pid"))));
  EXPECT_TRUE(has_no_child());
}

TEST(PostOffice, a_channel_that_hangs_delays_no_other) {
  const Folder folder;
  auto hanging = shell("sleep 1000");
  hanging.at_once = 1;
  Office office(settings::Delivery{.channels = {hanging, shell("exit 0")}});
  for (int i = 0; i < 20; ++i) office.office.send(code_for("user" + std::to_string(i)));
  ASSERT_TRUE(office.told("delivered", 20));
  EXPECT_EQ(office.office.untried(), 20U) << "all of the first channel";
}

TEST(PostOffice, a_delivery_may_name_its_one_channel) {
  const Folder folder;
  auto named = shell("cat >> $1", {folder.file("named")}), other = shell("cat >> $1", {folder.file("other")});
  named.name = "named";
  Office office(settings::Delivery{.channels = {named, other}});
  auto delivery = code_for("alice");
  delivery.channel = "named";
  office.office.send(std::move(delivery));
  ASSERT_TRUE(office.told("delivered alice"));
  EXPECT_THAT(contents(folder.file("named")), HasSubstr("583920"));
  EXPECT_EQ(office.office.held(), 0U);
  EXPECT_EQ(contents(folder.file("other")), "");
}

TEST(PostOffice, every_delivery_is_accounted_for_when_a_queue_is_full) {
  auto hanging = shell("sleep 1000");
  hanging.at_once = 2;
  hanging.time_limit = 120s;
  Office office(settings::Delivery{.queue_limit = 5, .channels = {hanging}});
  for (int i = 0; i < 1'000; ++i) office.office.send(code_for("user" + std::to_string(i)));
  EXPECT_TRUE(until([&] {
    return office.story.count("overflowed") + office.story.count("dropped") + office.office.held() == 1'000 &&
           office.office.held() <= 5;
  })) << office.office.held()
      << office.story.count("overflowed") << " " << office.story.count("dropped");
}

TEST(PostOffice, new_channels_take_over_and_the_old_finish_what_they_hold) {
  const Folder folder;
  auto slow = shell("while [ ! -e $1 ]; do sleep 0.05; done", {folder.file("go")});
  slow.at_once = 1;
  Office office(std::move(slow));
  office.office.send(code_for("before1"));
  office.office.send(code_for("before2"));
  office.open({.channels = {shell("exit 0")}});
  office.office.send(code_for("after"));
  ASSERT_TRUE(office.told("delivered after"));
  EXPECT_EQ(office.story.count("delivered before"), 0U);
  std::ofstream(folder.file("go")) << "now";
  ASSERT_TRUE(office.told("delivered before", 2));
}

TEST(PostOffice, channels_that_cannot_be_opened_leave_the_old_in_use) {
  Office office(shell("exit 0"));
  auto wrong = channel(DeliveryChannelKind::webhook, {Delivery::Kind::push});
  wrong.url = "https://localhost/";
  wrong.ca_file = "/no/such/file";
  EXPECT_FALSE(office.office.open({.channels = {wrong}}));
  EXPECT_FALSE(office.office.carries(Delivery::Kind::push));
  EXPECT_TRUE(office.office.carries(Delivery::Kind::sms));
  office.office.send(code_for("alice"));
  EXPECT_TRUE(office.told("delivered alice"));
}

}  // namespace
}  // namespace sallyport::delivery
