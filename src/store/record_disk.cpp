#include "store/record_disk.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace sallyport::store {

base::Result<void> RecordDisk::write(int descriptor, std::string_view octets) {
  while (!octets.empty()) {
    const auto written = ::write(descriptor, octets.data(), octets.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return base::failure(std::string("cannot write: ") + std::strerror(errno));
    octets.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

base::Result<void> RecordDisk::flush(int descriptor) {
  // Never a second time after a failure: the kernel may count pages as written then that are not.
  if (::fdatasync(descriptor) != 0) return base::failure(std::string("cannot flush: ") + std::strerror(errno));
  return {};
}

}  // namespace sallyport::store
