#include "store/record_reader.h"

#include <fmt/format.h>

#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include "store/file.h"
#include "store/record_check.h"
#include "store/record_folder.h"

namespace sallyport::store {
namespace {

struct Segment {
  std::string name, text;
  RecordHeader header;
  std::uint64_t header_seq = 0;
};

class Reader {
 public:
  Reader(const std::string& folder, const RecordReading& reading,
         const std::function<void(const RecordLineRead&)>& each)
      : folder_(folder), reading_(reading), each_(each) {}

  base::Result<RecordReport> read() {
    auto names = segments_of(folder_);
    if (!names) return std::unexpected(names.error());
    names_ = std::move(*names);
    auto current = next();
    while (current && *current) {
      auto following = next();  // it says where this one ends
      if (!following) return std::unexpected(following.error());
      check(**current, *following);
      current = std::move(following);
    }
    if (!current) return std::unexpected(current.error());
    if (auto looked = look_for_keys_alone(); !looked) return std::unexpected(looked.error());
    return std::move(report_);
  }

 private:
  base::Result<std::optional<Segment>> next();
  void check(const Segment& segment, const std::optional<Segment>& following);
  void check_link(const Segment& segment);
  std::optional<RecordChain> chain_of(const Segment& segment);
  base::Result<void> look_for_keys_alone();
  base::Result<base::Secret> first_key_of(const Segment& segment, RecordTrust& without);
  void find(const Segment& segment, RecordTrust trust, std::string what) {
    add_finding(report_, trust, segment.name, std::move(what));
  }

  const std::string& folder_;
  const RecordReading& reading_;
  const std::function<void(const RecordLineRead&)>& each_;
  std::vector<std::string> names_;
  std::size_t at_ = 0;
  std::string previous_;  // the segment before the one that is checked
  RecordReport report_;
};

// The next segment that has a header; nothing at the end.
base::Result<std::optional<Segment>> Reader::next() {
  while (at_ < names_.size()) {
    Segment segment{names_[at_++], {}, {}, 0};
    auto text = read_file(segment_path(folder_, segment.name), record_segment_limit);
    if (!text) return std::unexpected(text.error());
    segment.text = std::move(*text);
    std::size_t behind = 0;
    const auto first = next_line(segment.text, behind);
    if (!first) {
      find(segment, RecordTrust::good, "it holds no line: the gateway was stopped while it began the segment");
      continue;
    }
    const auto header = parse_header(*first);
    const auto line = parse_record_line(*first);
    if (header && line) {
      segment.header = *header;
      segment.header_seq = line->seq;
      return segment;
    }
    find(segment, RecordTrust::broken, "its first line is no header, and nothing of it can be checked");
  }
  return std::nullopt;
}

void Reader::check(const Segment& segment, const std::optional<Segment>& following) {
  ++report_.segments;
  if (segment.header.sealed) ++report_.sealed_segments;
  check_link(segment);
  std::optional<RecordEnd> end;
  if (following && following->header.previous && following->header.previous->segment == segment.name)
    end = following->header.previous;
  SegmentCheck(report_, segment.name, chain_of(segment), end, each_).read(segment.text);
  previous_ = segment.name;
}

void Reader::check_link(const Segment& segment) {
  const auto& header = segment.header;
  if (header.segment != segment.name)
    find(segment, RecordTrust::broken, fmt::format("it was written as {}", header.segment));
  if (segment.header_seq != (header.previous ? header.previous->seq : 0) + 1)
    find(segment, RecordTrust::broken, "its first line's number does not follow the end that it names");
  if (!header.previous) {
    if (!previous_.empty())
      find(segment, RecordTrust::broken, fmt::format("it says that nothing was before it; {} is", previous_));
    return;
  }
  if (header.previous->segment == previous_) return;
  if (previous_.empty() && reading_.begins_here)
    return find(segment, RecordTrust::good,
                fmt::format("the record is read from here on; {} and older ones are elsewhere",
                            header.previous->segment));
  find(segment, RecordTrust::broken,
       fmt::format("{}, which it names as the one before, is not here", header.previous->segment));
}

base::Result<base::Secret> Reader::first_key_of(const Segment& segment, RecordTrust& without) {
  const auto path = key_path(folder_, segment.name, segment.header.sealed);
  constexpr std::size_t limit = std::size_t{64} << 10U;
  without = RecordTrust::unchecked;
  if (segment.header.sealed && !reading_.open_sealed)
    return base::failure("its lines were not checked: it is sealed, and the auditor's key was not given");
  without = RecordTrust::broken;
  auto octets = read_file(path, limit);
  if (!octets) return base::failure("its lines cannot be checked: " + octets.error().what);
  if (!segment.header.sealed) {
    if (!is_private(path)) find(segment, RecordTrust::good, "others than its owner may read its key");
    base::Secret key(*octets);
    base::wipe({reinterpret_cast<std::uint8_t*>(octets->data()), octets->size()});
    return key;
  }
  auto key = reading_.open_sealed(base::as_bytes(*octets));
  without = RecordTrust::unchecked;
  if (!key) return base::failure("its lines were not checked: " + key.error().what);
  return key;
}

std::optional<RecordChain> Reader::chain_of(const Segment& segment) {
  RecordTrust without = RecordTrust::broken;
  const auto key = first_key_of(segment, without);
  if (!key) {
    find(segment, without, key.error().what);
    return std::nullopt;
  }
  if (key->size() != record_key_size) {
    find(segment, RecordTrust::broken, fmt::format("its first key has {} octets, expected 32", key->size()));
    return std::nullopt;
  }
  return RecordChain(std::span<const std::uint8_t, record_key_size>(key->reveal_octets()));
}

// A segment's file is there before its key is: where the key stands alone, somebody took the segment away. A
// segment that was begun after the folder was listed has its file by now.
base::Result<void> Reader::look_for_keys_alone() {
  const auto keys = keys_of(folder_);
  if (!keys) return std::unexpected(keys.error());
  for (const auto& name : *keys) {
    const auto path = segment_path(folder_, name);
    std::error_code fault;
    if (std::filesystem::exists(path, fault)) continue;
    if (fault) return base::failure(fmt::format("{}: {}", path, fault.message()));
    const bool older = !names_.empty() && segment_number(name) < segment_number(names_.front());
    if (older && reading_.begins_here)
      add_finding(report_, RecordTrust::good, name,
                  "its key is here, and the segment is elsewhere; the two belong together");
    else
      add_finding(report_, RecordTrust::broken, name, "the segment was removed: its key is here without it");
  }
  return {};
}

}  // namespace

base::Result<RecordReport> read_record(const std::string& folder, const RecordReading& reading,
                                       const std::function<void(const RecordLineRead&)>& each) {
  return Reader(folder, reading, each).read();
}

}  // namespace sallyport::store
