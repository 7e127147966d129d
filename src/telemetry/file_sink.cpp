#include "telemetry/file_sink.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <system_error>

namespace sallyport::telemetry {
namespace {

constexpr std::size_t pending_limit = 4U << 20U;
constexpr auto retry_after = std::chrono::seconds(1);

std::string error_text(int error) { return std::generic_category().message(error); }

base::Result<int> open_file(const std::string& path) {
  if (path == "-") return STDERR_FILENO;
  // O_NONBLOCK: a named pipe without a reader is an error, not a wait for ever.
  const int descriptor =
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0640);
  if (descriptor < 0)
    return base::failure(fmt::format("log file {} cannot be opened: {}", path, error_text(errno)));
  return descriptor;
}

bool can_block(int descriptor) {
  struct stat status{};
  return fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode);
}

// After POLLOUT a pipe takes PIPE_BUF octets without waiting (POSIX, write()).
bool is_ready(int descriptor) {
  pollfd one{descriptor, POLLOUT, 0};
  return ::poll(&one, 1, 0) == 1;
}

}  // namespace

base::Result<std::unique_ptr<FileSink>> FileSink::open(Options options, Say say) {
  const auto descriptor = open_file(options.path);
  if (!descriptor) return std::unexpected(descriptor.error());
  return std::unique_ptr<FileSink>(new FileSink(std::move(options), std::move(say), *descriptor));
}

FileSink::FileSink(Options options, Say say, int descriptor)
    : options_(std::move(options)),
      say_(std::move(say)),
      descriptor_(descriptor),
      may_block_(can_block(descriptor)) {}

FileSink::~FileSink() {
  if (descriptor_ != STDERR_FILENO) ::close(descriptor_);
}

void FileSink::write(std::span<const Line> lines, base::SteadyTime now) {
  for (const auto& line : lines) {
    if (options_.only_audit && line.message->level != Level::audit) continue;
    if (pending_.size() > pending_limit) {
      ++lost_;
      continue;
    }
    if (options_.format == settings::LogFormat::json)
      append_json(pending_, line, Alphabet::utf8);
    else
      append_text(pending_, line);
    pending_ += '\n';
  }
  retry(now);
}

void FileSink::retry(base::SteadyTime now) {
  if (now >= next_try_) flush(now);
}

void FileSink::flush(base::SteadyTime now) {
  std::size_t done = 0;
  int error = 0;
  while (done < pending_.size()) {
    if (may_block_ && !is_ready(descriptor_)) break;
    const auto most = may_block_ ? std::size_t{PIPE_BUF} : pending_.size();
    const auto wrote = ::write(descriptor_, pending_.data() + done, std::min(most, pending_.size() - done));
    if (wrote > 0) {
      done += static_cast<std::size_t>(wrote);
    } else if (wrote == 0 || errno != EINTR) {
      error = wrote == 0 ? ENOSPC : errno;
      break;
    }
  }
  pending_.erase(0, done);
  if (error != 0 && error != EAGAIN) return in_trouble(error, now);
  if (!pending_.empty() || (!troubled_ && lost_ == 0)) return;
  say_(messages::log_file_back, {{"file", options_.path}, {"count", static_cast<std::int64_t>(lost_)}});
  troubled_ = false;
  lost_ = 0;
}

void FileSink::in_trouble(int error, base::SteadyTime now) {
  next_try_ = now + retry_after;
  if (troubled_) return;
  troubled_ = true;
  say_(messages::log_file_trouble, {{"file", options_.path}, {"detail", error_text(error)}});
}

void FileSink::reopen(base::SteadyTime now) {
  if (options_.path == "-") return;
  flush(now);  // the rest of a line belongs to the old file
  const auto descriptor = open_file(options_.path);
  if (!descriptor)
    return say_(messages::log_file_trouble, {{"file", options_.path}, {"detail", descriptor.error().what}});
  ::close(descriptor_);
  descriptor_ = *descriptor;
  may_block_ = can_block(descriptor_);
  next_try_ = now;
}

}  // namespace sallyport::telemetry
