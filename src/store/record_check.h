#pragma once
// One segment's lines against its keys and against the end that the next segment names; for record_reader.cpp.
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "store/record_header.h"
#include "store/record_line.h"
#include "store/record_reader.h"

namespace sallyport::store {

void add_finding(RecordReport& report, RecordTrust trust, std::string_view segment, std::string what);

class SegmentCheck {
 public:
  // Without `chain` no MAC is looked at. `end` is what the next segment says; nothing for the last segment.
  SegmentCheck(RecordReport& report, const std::string& segment, std::optional<RecordChain> chain,
               const std::optional<RecordEnd>& end, const std::function<void(const RecordLineRead&)>& each)
      : report_(report), segment_(segment), chain_(std::move(chain)), end_(end), each_(each) {}

  void read(std::string_view text);

 private:
  void line(std::string_view text, bool header);
  RecordTrust in_its_place(const RecordLine& line);
  void behind_the_end(std::string_view rest);
  void not_yet_a_line(std::size_t octets);
  void find(RecordTrust trust, std::string what) { add_finding(report_, trust, segment_, std::move(what)); }
  [[nodiscard]] bool at_end() const { return end_ && end_->seq == seq_ && end_->mac == mac_; }

  RecordReport& report_;
  const std::string& segment_;
  std::optional<RecordChain> chain_;
  const std::optional<RecordEnd>& end_;
  const std::function<void(const RecordLineRead&)>& each_;
  std::uint64_t seq_ = 0;  // of the last line
  std::string mac_;
};

}  // namespace sallyport::store
