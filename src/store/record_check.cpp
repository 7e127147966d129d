#include "store/record_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "store/record_folder.h"

namespace sallyport::store {
namespace {

constexpr std::size_t findings_limit = 100;
constexpr std::uint64_t longest_gap = 1U << 20U;  // keys are derived one by one

std::string numbers(std::uint64_t first, std::uint64_t last) {
  return first == last ? fmt::format("line {} is", first) : fmt::format("lines {} to {} are", first, last);
}

}  // namespace

void add_finding(RecordReport& report, RecordTrust trust, std::string_view segment, std::string what) {
  report.trust = std::max(report.trust, trust);
  if (report.findings.size() < findings_limit)
    report.findings.push_back({trust, std::string(segment), std::move(what)});
  else
    ++report.more_findings;
}

void SegmentCheck::read(std::string_view text) {
  std::size_t at = 0;
  bool header = true;
  while (!at_end()) {
    const auto next = next_line(text, at);
    if (!next) break;
    line(*next, header);
    header = false;
  }
  report_.seq = seq_;
  report_.mac = mac_;
  if (at_end()) return behind_the_end(text.substr(at));
  if (end_)
    find(RecordTrust::broken,
         fmt::format("it ends with line {}, but the next segment says that its last line was {} with MAC {}",
                     seq_, end_->seq, end_->mac));
  if (at < text.size()) not_yet_a_line(text.size() - at);
}

void SegmentCheck::not_yet_a_line(std::size_t octets) {
  report_.cut_octets += octets;
  find(RecordTrust::good,
       fmt::format("{} octets after line {} are not yet a line: it is being written, or its writer was stopped",
                   octets, seq_));
}

void SegmentCheck::line(std::string_view text, bool header) {
  const auto line = parse_record_line(text);
  if (!line) return find(RecordTrust::broken, fmt::format("what follows line {} is no line of a record", seq_));
  const auto trust = header && seq_ == 0 ? RecordTrust::good : in_its_place(*line);
  auto worst = trust;
  if (trust != RecordTrust::broken || line->seq > seq_) {
    if (!chain_) {
      worst = std::max(worst, RecordTrust::unchecked);
    } else if (!chain_->admits(*line)) {
      find(RecordTrust::broken, fmt::format("line {} is not what was written: its MAC is wrong", line->seq));
      worst = RecordTrust::broken;
    }
    seq_ = line->seq;
    mac_ = line->mac;
  }
  if (!header) ++report_.lines;
  each_({segment_, line->seq, text, line->mac, header, worst});
}

// A key belongs to a place, not to what stands there: after a gap, the lines behind it can still be checked.
RecordTrust SegmentCheck::in_its_place(const RecordLine& line) {
  if (line.seq == seq_ + 1) return RecordTrust::good;
  if (line.seq <= seq_) {
    find(RecordTrust::broken, fmt::format("line {} stands behind line {}", line.seq, seq_));
    return RecordTrust::broken;
  }
  find(RecordTrust::broken, numbers(seq_ + 1, line.seq - 1) + " missing");
  if (line.seq - seq_ > longest_gap) chain_.reset();
  for (auto missing = seq_ + 1; chain_ && missing < line.seq; ++missing) chain_->skip();
  return RecordTrust::broken;
}

void SegmentCheck::behind_the_end(std::string_view rest) {
  if (rest.size() > end_->torn)
    return find(RecordTrust::broken,
                fmt::format("{} octets were put behind its last line, {}, after it was closed",
                            rest.size() - end_->torn, seq_));
  if (end_->torn == 0) return;
  report_.cut_octets += end_->torn;
  find(RecordTrust::good,
       fmt::format("cut behind line {}: {} octets, {} of them still there with {} whole lines; they were never "
                   "acknowledged, so nobody was let in by them",
                   seq_, end_->torn, rest.size(), std::ranges::count(rest, '\n')));
}

}  // namespace sallyport::store
