/// @file
/// A record in a folder of its own, a disk that fails on demand, and hands that change what was written.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "store/file.h"
#include "store/folder_test.h"
#include "store/record.h"
#include "store/record_folder.h"
#include "store/record_reader.h"

namespace sallyport::store {

class DiskThatFails : public RecordDisk {
 public:
  base::Result<void> write(int descriptor, std::string_view octets) override {
    if (full) {  // as much as there is room for
      (void)RecordDisk::write(descriptor, octets.substr(0, octets.size() / 2));
      return base::failure("cannot write: No space left on device");
    }
    return RecordDisk::write(descriptor, octets);
  }
  base::Result<void> flush(int descriptor) override {
    ++flushes;
    std::this_thread::sleep_for(slow);
    if (loses) return base::failure("cannot flush: Input/output error");
    return RecordDisk::flush(descriptor);
  }
  std::atomic<bool> full = false, loses = false;
  std::atomic<int> flushes = 0;
  std::chrono::milliseconds slow{0};
};

class RecordRig : public Folder {
 protected:
  [[nodiscard]] std::unique_ptr<Record> open(RecordOptions options = {}) const {
    auto record = Record::open(folder_, std::move(options));
    EXPECT_TRUE(record) << record.error().what;
    return record ? std::move(*record) : nullptr;
  }

  static std::string object(std::uint64_t number) {
    return R"({"user":"user)" + std::to_string(number) + "\"}";
  }

  // Waits for `done`.
  static base::Result<void> append(Record& record, std::string object) {
    std::promise<base::Result<void>> said;
    auto answer = said.get_future();
    record.append(std::move(object), [&](base::Result<void> result) { said.set_value(std::move(result)); });
    return answer.get();
  }

  // A segment with `count` lines, of a gateway that starts and ends.
  void write_segment(int count, RecordOptions options = {}) const {
    const auto record = open(std::move(options));
    for (int i = 0; i < count; ++i) ASSERT_TRUE(append(*record, object(static_cast<std::uint64_t>(i))));
  }

  RecordReport read(const RecordReading& reading = {}) {
    lines_.clear();
    auto report = read_record(folder_, reading, [this](const RecordLineRead& line) {
      if (!line.header) lines_.emplace_back(line.text);
    });
    EXPECT_TRUE(report) << report.error().what;
    return report ? std::move(*report) : RecordReport{};
  }

  // What the findings say, one a line.
  static std::string words(const RecordReport& report) {
    std::string all;
    for (const auto& finding : report.findings) all += finding.segment + ": " + finding.what + "\n";
    return all;
  }

  [[nodiscard]] std::vector<std::string> segments() const { return segments_of(folder_).value(); }
  [[nodiscard]] std::string path_of(std::size_t segment) const {
    return segment_path(folder_, segments().at(segment));
  }

  // Lines of a segment, its header first.
  [[nodiscard]] std::vector<std::string> lines_of(std::size_t segment) const {
    const auto text = read_file(path_of(segment)).value();
    std::vector<std::string> lines;
    std::size_t at = 0;
    while (const auto line = next_line(text, at)) lines.emplace_back(*line);
    return lines;
  }
  void put_lines(std::size_t segment, const std::vector<std::string>& lines) const {
    std::string text;
    for (const auto& line : lines) text += line + "\n";
    ASSERT_TRUE(write_atomically(path_of(segment), text));
  }
  void put_behind(std::size_t segment, std::string_view octets) const {
    ASSERT_TRUE(write_atomically(path_of(segment), read_file(path_of(segment)).value() + std::string(octets)));
  }

  std::vector<std::string> lines_;  // of the last read(), without headers
};

}  // namespace sallyport::store
