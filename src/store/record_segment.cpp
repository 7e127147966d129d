#include "store/record_segment.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/bytes.h"
#include "base/secret.h"
#include "crypto/random.h"
#include "crypto/sealed_key.h"
#include "store/file.h"
#include "store/record_folder.h"

namespace sallyport::store {
namespace {

class FirstKey {  // wiped when it goes
 public:
  FirstKey() { crypto::fill_random(octets_); }
  ~FirstKey() { base::wipe(octets_); }
  FirstKey(const FirstKey&) = delete;
  FirstKey& operator=(const FirstKey&) = delete;
  [[nodiscard]] const std::array<std::uint8_t, record_key_size>& octets() const { return octets_; }

 private:
  std::array<std::uint8_t, record_key_size> octets_{};
};

// The file with the key is there, flushed, before any line is that needs it.
base::Result<void> keep(const FirstKey& key, const std::string& folder, const RecordHeader& header,
                        const std::string& auditor_certificate) {
  const auto path = key_path(folder, header.segment, header.sealed);
  if (!header.sealed) return write_atomically(path, base::as_text(key.octets()));
  const auto sealed = crypto::seal_key(auditor_certificate, key.octets());
  if (!sealed) return std::unexpected(sealed.error());
  return write_atomically(path, base::as_text(*sealed));
}

// Not where somebody has removed the file, put another in its place, cut it or written into it.
bool leads_to(const std::string& path, int file, std::uint64_t octets) {
  struct stat open{}, found{};
  return ::fstat(file, &open) == 0 && ::lstat(path.c_str(), &found) == 0 && open.st_dev == found.st_dev &&
         open.st_ino == found.st_ino && open.st_size >= 0 && static_cast<std::uint64_t>(open.st_size) == octets;
}

}  // namespace

RecordSegment::RecordSegment(std::string path, std::string name, std::uint64_t seq, RecordChain chain)
    : path_(std::move(path)), chain_(std::move(chain)), next_seq_(seq) {
  end_.segment = std::move(name);
}

base::Result<void> RecordSegment::open() {
  constexpr int flags = O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC | O_NOFOLLOW;
  file_ = Descriptor(::open(path_.c_str(), flags, 0600));
  if (!file_) return base::failure(fmt::format("{}: cannot create: {}", path_, std::strerror(errno)));
  return {};
}

base::Result<RecordSegment> RecordSegment::create(const std::string& folder, const RecordHeader& header,
                                                  std::uint64_t seq, const std::string& auditor_certificate,
                                                  RecordDisk& disk) {
  const FirstKey key;
  RecordSegment segment(segment_path(folder, header.segment), header.segment, seq, RecordChain(key.octets()));
  // Emptied before its key changes: a line of an earlier try must not stand there under another key.
  if (auto opened = segment.open(); !opened) return std::unexpected(opened.error());
  if (auto kept = keep(key, folder, header, auditor_certificate); !kept) return std::unexpected(kept.error());
  segment.add(header_object(header));
  auto done = segment.commit(disk);
  if (done) done = flush_folder_of(segment.path_);
  if (!done) return std::unexpected(done.error());
  return segment;
}

void RecordSegment::add(std::string_view object) {
  last_mac_ = chain_.append_line(lines_, next_seq_++, object);
}

base::Result<void> RecordSegment::commit(RecordDisk& disk) {
  auto done = disk.write(file_.get(), lines_);
  if (done) done = disk.flush(file_.get());
  if (!done) return base::failure(fmt::format("{}: {}", path_, done.error().what));
  if (!leads_to(path_, file_.get(), end_.octets + lines_.size()))
    return base::failure(
        path_ + ": somebody has removed, replaced or changed it, and nobody could read what is written");
  end_.seq = next_seq_ - 1;
  end_.mac = last_mac_;
  end_.octets += lines_.size();
  lines_.clear();
  return {};
}

}  // namespace sallyport::store
