#pragma once
// The writing side of a record without its thread: batches of lines become durable, in order, in the segment of
// the day. Each start begins a new segment, and so does each failure and each 64 MiB.
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "base/result.h"
#include "store/file.h"
#include "store/record_disk.h"
#include "store/record_segment.h"

namespace sallyport::store {

struct RecordOptions {
  std::string auditor_certificate{};          // PEM; empty: the first keys lie beside the segments
  std::size_t waiting_limit = 16'384;         // lines that wait for the disk
  std::size_t waiting_octets = 16U << 20U;    // and what they are together
  std::uint64_t segment_octets = 64U << 20U;  // then the next one begins; a batch is never torn apart
  std::shared_ptr<RecordDisk> disk{};         // empty: the real one
};

class RecordWriter {
 public:
  // The error is one of the settings or of the folder: it is not there, another process writes there, what is
  // in it cannot be read, nothing can be sealed to the certificate. A disk that cannot be written to now is
  // none: see failure().
  static base::Result<std::unique_ptr<RecordWriter>> open(const std::string& folder, RecordOptions options);

  // All of them are on the disk, or none counts: the segment is given up then, and the next call tries a new
  // one.
  base::Result<void> write(std::span<const std::string> objects);

  [[nodiscard]] const std::optional<RecordEnd>& end() const {
    return end_;
  }  // nothing: no line was ever written
  [[nodiscard]] const std::string& failure() const { return failure_; }  // of the last try; empty: it worked
  [[nodiscard]] std::uint64_t lines() const { return lines_; }           // since open(), without headers

 private:
  RecordWriter(std::string folder, RecordOptions options, OwnerLock lock);
  base::Result<void> find_end();
  base::Result<void> begin_segment();
  base::Result<void> write_to_segment(std::span<const std::string> objects);
  [[nodiscard]] std::optional<RecordEnd> end_now() const;

  std::string folder_;
  RecordOptions options_;
  OwnerLock lock_;
  std::optional<RecordSegment> segment_;
  std::string next_name_;  // of a segment that could not be begun yet
  std::uint64_t next_number_ = 1;
  std::optional<RecordEnd> end_;
  std::string failure_;
  std::uint64_t lines_ = 0;
};

}  // namespace sallyport::store
