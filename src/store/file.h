#pragma once
// Whole files, safely: a write is either the old file or the new one after a power cut, never a part; a secret
// is read only from a file that nobody else can read; a folder or database has one owner at a time.
#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"

namespace sallyport::store {

// A temporary neighbour, flushed, renamed over `path`, and the folder flushed. `mode` holds whatever the umask
// is.
base::Result<void> write_atomically(const std::string& path, std::string_view octets, unsigned mode = 0600);

// Regular files of at most `limit` octets.
base::Result<std::string> read_file(const std::string& path, std::size_t limit = 16U << 20U);

// As read_file, and refused when the group or others may read or write it, or when it belongs to neither this
// process's user nor root.
base::Result<base::Secret> read_private(const std::string& path, std::size_t limit = 1U << 20U);

// False when the group or others may read it (or it cannot be asked).
bool is_private(const std::string& path);

// Whether this process may write the file, or make it where it is not there yet. Makes and changes nothing.
base::Result<void> may_write(const std::string& path);

// Nothing has this name: no file, no folder, no link that leads nowhere.
bool is_absent(const std::string& path);

base::Result<void> flush_folder_of(const std::string& path);

// Held until destroyed, or until the process ends, however it ends.
class OwnerLock {
 public:
  static base::Result<OwnerLock> take(const std::string& path);  // fails at once when another process holds it
  OwnerLock(OwnerLock&& other) noexcept : descriptor_(other.descriptor_) { other.descriptor_ = -1; }
  OwnerLock& operator=(OwnerLock&& other) noexcept;
  ~OwnerLock();

 private:
  explicit OwnerLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace sallyport::store
