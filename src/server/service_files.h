#pragma once
// Whether the files of [service] (certificate, key, authorities) have changed since they were read. Cheap
// enough to be asked every few seconds. A change counts when two looks see the same: who renews writes several
// files.
#include <compare>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "settings/gateway.h"

namespace sallyport::server {

struct FileMark {
  std::uint64_t device = 0, node = 0;
  std::int64_t size = 0, seconds = 0, nanoseconds = 0;  // of the last change
  auto operator<=>(const FileMark&) const = default;
};
using FileMarks = std::vector<std::optional<FileMark>>;  // nothing: it cannot be looked at

FileMarks marks_of(const settings::Service&);

class ServiceFiles {
 public:
  // What was read is of these, or newer.
  void have_read(FileMarks marks) {
    read_ = seen_ = std::move(marks);
    refused_.reset();
  }
  // True: read them now, and say which of the two came of it.
  bool look(FileMarks now) {
    const bool settled = now == seen_;
    seen_ = std::move(now);
    return settled && seen_ != read_;
  }
  // True: it is the first time of these. They are tried again, for a file may be written while it is read.
  bool refused() { return std::exchange(refused_, seen_) != seen_; }

 private:
  FileMarks read_, seen_;
  std::optional<FileMarks> refused_;
};

}  // namespace sallyport::server
