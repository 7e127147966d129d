#pragma once
// The two things that the record asks of a disk while it writes; a test puts one in its place that fails,
// counts or is slow.
#include <string_view>

#include "base/result.h"

namespace sallyport::store {

class RecordDisk {
 public:
  virtual ~RecordDisk() = default;
  virtual base::Result<void> write(int descriptor, std::string_view octets);  // all of them, at the end
  virtual base::Result<void> flush(int descriptor);  // when it returns, they outlive a power cut
};

}  // namespace sallyport::store
