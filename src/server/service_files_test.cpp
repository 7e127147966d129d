#include "server/service_files.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace sallyport::server {
namespace {

FileMarks marks(std::int64_t certificate, std::int64_t key) {
  return {FileMark{.seconds = certificate}, FileMark{.seconds = key}, std::nullopt};
}

TEST(ServiceFiles, that_have_not_changed_are_not_read_again) {
  ServiceFiles files;
  files.have_read(marks(1, 1));
  EXPECT_FALSE(files.look(marks(1, 1)));
  EXPECT_FALSE(files.look(marks(1, 1)));
}

TEST(ServiceFiles, are_read_when_they_have_settled) {
  ServiceFiles files;
  files.have_read(marks(1, 1));
  EXPECT_FALSE(files.look(marks(2, 1)));
  EXPECT_FALSE(files.look(marks(2, 2)));
  EXPECT_TRUE(files.look(marks(2, 2)));
  files.have_read(marks(2, 2));
  EXPECT_FALSE(files.look(marks(2, 2)));
}

TEST(ServiceFiles, that_are_refused_are_tried_again_and_told_once) {
  ServiceFiles files;
  files.have_read(marks(1, 1));
  EXPECT_FALSE(files.look(marks(2, 1)));
  EXPECT_TRUE(files.look(marks(2, 1)));
  EXPECT_TRUE(files.refused());
  EXPECT_TRUE(files.look(marks(2, 1)));
  EXPECT_FALSE(files.refused());
  EXPECT_FALSE(files.look(marks(2, 3)));
  EXPECT_TRUE(files.look(marks(2, 3)));
  EXPECT_TRUE(files.refused());
  EXPECT_FALSE(files.look(marks(1, 1))) << "as they were";
  EXPECT_FALSE(files.look(marks(1, 1)));
}

TEST(ServiceFiles, are_known_by_node_time_and_size) {
  auto path = (std::filesystem::temp_directory_path() / "sallyport-files-XXXXXX").string();
  const int file = ::mkstemp(path.data());
  ASSERT_GE(file, 0);
  ::close(file);
  settings::Service service;
  service.certificate_file = path;
  const auto before = marks_of(service);
  EXPECT_EQ(marks_of(service), before);
  ASSERT_TRUE(before.at(0).has_value());
  EXPECT_FALSE(before.at(1).has_value());
  std::ofstream(path) << "more";
  EXPECT_NE(marks_of(service), before);
  std::filesystem::remove(path);
  EXPECT_FALSE(marks_of(service).at(0).has_value());
}

}  // namespace
}  // namespace sallyport::server
