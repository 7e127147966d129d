#include "store/record_writer.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <ranges>
#include <system_error>
#include <utility>

#include "base/rfc3339.h"
#include "crypto/sealed_key.h"
#include "store/descriptor.h"
#include "store/record_folder.h"

namespace sallyport::store {
namespace {

base::WallTime wall_clock() {
  return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
}

// What a killed gateway wrote may still be in memory only, and is about to be named by the next segment.
base::Result<void> flush_file(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!file || ::fdatasync(file.get()) != 0)
    return base::failure(fmt::format("{}: cannot flush: {}", path, std::strerror(errno)));
  return {};
}

base::Result<void> try_certificate(const std::string& pem) {
  if (pem.empty()) return {};
  constexpr std::array<std::uint8_t, record_key_size> nothing{};
  if (const auto sealed = crypto::seal_key(pem, nothing); !sealed)
    return base::failure("the auditor's certificate: " + sealed.error().what);
  return {};
}

}  // namespace

RecordWriter::RecordWriter(std::string folder, RecordOptions options, OwnerLock lock)
    : folder_(std::move(folder)), options_(std::move(options)), lock_(std::move(lock)) {
  if (!options_.disk) options_.disk = std::make_shared<RecordDisk>();
}

base::Result<std::unique_ptr<RecordWriter>> RecordWriter::open(const std::string& folder,
                                                               RecordOptions options) {
  if (auto fits = try_certificate(options.auditor_certificate); !fits) return std::unexpected(fits.error());
  auto lock = OwnerLock::take(folder + "/record.lock");
  if (!lock) return std::unexpected(lock.error());
  std::unique_ptr<RecordWriter> writer(new RecordWriter(folder, std::move(options), std::move(*lock)));
  if (auto found = writer->find_end(); !found) return std::unexpected(found.error());
  if (auto begun = writer->begin_segment(); !begun) writer->failure_ = begun.error().what;
  return writer;
}

// The last segment that has a header. One without was never written to: its start was cut short.
base::Result<void> RecordWriter::find_end() {
  const auto segments = segments_of(folder_);
  if (!segments) return std::unexpected(segments.error());
  if (!segments->empty()) next_number_ = segment_number(segments->back()).value_or(0) + 1;
  for (const auto& name : *segments | std::views::reverse) {
    const auto path = segment_path(folder_, name);
    const auto text = read_file(path, record_segment_limit);
    if (!text) return std::unexpected(text.error());
    end_ = end_of_lines(*text);
    if (!end_) continue;
    end_->segment = name;
    return flush_file(path);
  }
  return {};
}

// Where the record ends, and what stands behind: the failed writes of a segment that was given up.
std::optional<RecordEnd> RecordWriter::end_now() const {
  auto end = end_;
  if (!end) return end;
  std::error_code fault;
  const auto size = std::filesystem::file_size(segment_path(folder_, end->segment), fault);
  if (!fault && size > end->octets) end->torn = size - end->octets;
  return end;
}

base::Result<void> RecordWriter::begin_segment() {
  const auto now = wall_clock();
  if (next_name_.empty()) next_name_ = make_segment_name(now, next_number_);
  const RecordHeader header{next_name_, base::rfc3339_in_seconds(now), !options_.auditor_certificate.empty(),
                            end_now()};
  auto begun = RecordSegment::create(folder_, header, end_ ? end_->seq + 1 : 1, options_.auditor_certificate,
                                     *options_.disk);
  if (!begun) return std::unexpected(begun.error());
  segment_.emplace(std::move(*begun));
  end_ = segment_->end();
  next_name_.clear();
  ++next_number_;
  return {};
}

base::Result<void> RecordWriter::write_to_segment(std::span<const std::string> objects) {
  if (segment_ && segment_->end().octets >= options_.segment_octets) segment_.reset();
  if (!segment_) {
    if (auto begun = begin_segment(); !begun) return begun;
  }
  for (const auto& object : objects) segment_->add(object);
  auto committed = segment_->commit(*options_.disk);
  if (!committed) {
    segment_.reset();
    return committed;
  }
  end_ = segment_->end();
  lines_ += objects.size();
  return {};
}

base::Result<void> RecordWriter::write(std::span<const std::string> objects) {
  auto written = write_to_segment(objects);
  failure_ = written ? std::string() : written.error().what;
  return written;
}

}  // namespace sallyport::store
