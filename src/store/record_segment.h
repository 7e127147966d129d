#pragma once
// The segment that is being written. Lines are added in memory; commit() brings them to the disk with one write
// and one flush. After a failure it is given up: nobody knows what the disk holds behind its last committed
// line, and asking the kernel again would not tell.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "store/descriptor.h"
#include "store/record_disk.h"
#include "store/record_header.h"
#include "store/record_line.h"

namespace sallyport::store {

class RecordSegment {
 public:
  // A fresh first key, the file, and its header as line `seq`: on the disk, all of it, when this returns. Of an
  // earlier try under the same name nothing is left. `auditor_certificate` (PEM) may be empty.
  static base::Result<RecordSegment> create(const std::string& folder, const RecordHeader& header,
                                            std::uint64_t seq, const std::string& auditor_certificate,
                                            RecordDisk& disk);

  void add(std::string_view object);
  base::Result<void> commit(RecordDisk& disk);
  [[nodiscard]] const RecordEnd& end() const { return end_; }  // of what was committed

 private:
  RecordSegment(std::string path, std::string name, std::uint64_t seq, RecordChain chain);
  base::Result<void> open();

  std::string path_;
  Descriptor file_;
  RecordChain chain_;
  RecordEnd end_;
  std::string lines_, last_mac_;  // not committed yet
  std::uint64_t next_seq_;
};

}  // namespace sallyport::store
