#include "store/file.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>

#include "store/folder_test.h"

namespace sallyport::store {
namespace {

class File : public Folder {
 protected:
  [[nodiscard]] std::size_t files() const {
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder_)) ++count;
    return count;
  }
};

TEST_F(File, is_replaced_as_a_whole_and_is_private) {
  ASSERT_TRUE(write_atomically(at("a"), "old"));
  ASSERT_TRUE(write_atomically(at("a"), "new and longer"));
  EXPECT_EQ(read_file(at("a")).value(), "new and longer");
  struct stat facts{};
  ASSERT_EQ(::stat(at("a").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 07777U, 0600U);
  EXPECT_EQ(files(), 1U);
}

TEST_F(File, gets_the_mode_that_was_asked_for_whatever_the_umask_is) {
  auto before = ::umask(0077);
  ASSERT_TRUE(write_atomically(at("a"), "x", 0644));
  ::umask(before);
  struct stat facts{};
  ASSERT_EQ(::stat(at("a").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 07777U, 0644U);
}

TEST_F(File, may_be_written_where_it_is_or_can_be_made_and_asking_makes_none) {
  EXPECT_TRUE(may_write(at("new")));
  EXPECT_EQ(files(), 0U);
  ASSERT_TRUE(write_atomically(at("old"), "x"));
  EXPECT_TRUE(may_write(at("old")));
  EXPECT_FALSE(may_write(folder_));
  EXPECT_FALSE(may_write(at("no/new")));
  EXPECT_FALSE(may_write(at("old/new")));
}

TEST_F(File, stays_as_it_was_when_the_disk_is_full) {
  ASSERT_TRUE(write_atomically(at("a"), "old"));
  const auto child = ::fork();
  if (child == 0) {
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit small{1000, 1000};
    ::setrlimit(RLIMIT_FSIZE, &small);
    ::_exit(write_atomically(at("a"), std::string(5000, 'x')) ? 1 : 0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  EXPECT_EQ(read_file(at("a")).value(), "old");
  EXPECT_EQ(files(), 1U) << "the part that was written is gone";
}

TEST_F(File, that_is_too_large_or_no_file_or_not_there_is_an_error_with_its_name) {
  ASSERT_TRUE(write_atomically(at("a"), std::string(101, 'x')));
  auto large = read_file(at("a"), 100);
  ASSERT_FALSE(large);
  EXPECT_NE(large.error().what.find(at("a")), std::string::npos);
  EXPECT_FALSE(read_file(folder_));
  EXPECT_FALSE(read_file(at("none")));
  EXPECT_FALSE(write_atomically(at("none/b"), "x"));
}

TEST_F(File, with_a_pipe_in_its_place_does_not_hang) {
  ASSERT_EQ(::mkfifo(at("p").c_str(), 0600), 0);
  EXPECT_FALSE(read_file(at("p")));
  EXPECT_FALSE(read_private(at("p")));
}

TEST_F(File, with_a_secret_is_refused_when_others_may_read_it) {
  ASSERT_TRUE(write_atomically(at("s"), "hunter2", 0600));
  EXPECT_EQ(read_private(at("s")).value().reveal(), "hunter2");
  EXPECT_TRUE(is_private(at("s")));
  for (mode_t mode : {0640U, 0604U, 0620U}) {
    ::chmod(at("s").c_str(), mode);
    auto read = read_private(at("s"));
    ASSERT_FALSE(read) << mode;
    EXPECT_EQ(read.error().what.find("hunter2"), std::string::npos);
    EXPECT_FALSE(is_private(at("s")));
  }
}

TEST_F(File, has_one_owner_at_a_time) {
  auto first = OwnerLock::take(at("lock"));
  ASSERT_TRUE(first);
  EXPECT_FALSE(OwnerLock::take(at("lock")));
  {
    auto gone = std::move(*first);
  }
  EXPECT_TRUE(OwnerLock::take(at("lock")));
}

}  // namespace
}  // namespace sallyport::store
