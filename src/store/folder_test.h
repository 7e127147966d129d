/// @file
/// A folder of its own for each test of a room that keeps files; removed with all that is in it.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

namespace sallyport::store {

class Folder : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = ::testing::TempDir() + "store_XXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  [[nodiscard]] std::string at(const std::string& name) const { return folder_ + "/" + name; }

  std::string folder_;
};

}  // namespace sallyport::store
