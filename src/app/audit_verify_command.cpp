#include <fmt/format.h>

#include <charconv>
#include <cstdio>
#include <map>
#include <optional>

#include "app/admin_client.h"
#include "app/audit_record.h"
#include "app/commands.h"
#include "base/encoding.h"
#include "store/record_line.h"

namespace sallyport::app {
namespace {

struct Heads {
  std::map<std::uint64_t, std::string> expected, found;  // MACs by line number
};

std::optional<Heads> parse_heads(const std::vector<std::string>& texts) {
  Heads heads;
  for (const auto& text : texts) {
    const auto colon = text.find(':');
    std::uint64_t seq = 0;
    const auto [stop, fault] = std::from_chars(text.data(), text.data() + std::min(colon, text.size()), seq);
    if (fault != std::errc{} || colon == std::string::npos || stop != text.data() + colon) return std::nullopt;
    const auto mac = base::from_hex(text.substr(colon + 1));
    if (!mac || mac->size() != store::record_key_size) return std::nullopt;  // the whole of it: HMAC-SHA-256
    heads.expected[seq] = base::to_hex(*mac);
  }
  return heads;
}

const char* word_of(store::RecordTrust trust) {
  switch (trust) {
    case store::RecordTrust::good:
      return "note";
    case store::RecordTrust::unchecked:
      return "not checked";
    case store::RecordTrust::broken:
      return "BROKEN";
  }
  return "";
}

void say_findings(const store::RecordReport& report) {
  for (const auto& finding : report.findings)
    std::printf("%s: %s: %s\n", word_of(finding.trust), finding.segment.c_str(), finding.what.c_str());
  if (report.more_findings > 0) std::printf("and %zu more\n", report.more_findings);
}

// True when every head that was kept elsewhere stands in the record.
bool say_heads(const Heads& heads, std::uint64_t last) {
  bool all = true;
  for (const auto& [seq, mac] : heads.expected) {
    const auto found = heads.found.find(seq);
    const bool good = found != heads.found.end() && found->second == mac;
    all = all && good;
    if (good)
      std::printf("head %lu: found; up to this line the record is the one that was logged\n", seq);
    else if (found != heads.found.end())
      std::printf("BROKEN: head %lu: the record has another MAC there: it was written anew\n", seq);
    else
      std::printf(
          "BROKEN: head %lu: no such line; the record ends with line %lu: its end was cut off, or its "
          "beginning is elsewhere\n",
          seq, last);
  }
  return all;
}

void say_what_root_could(const store::RecordReport& report, bool heads_given) {
  const auto beside = report.segments - report.sealed_segments;
  if (beside > 0)
    std::printf(
        "Root could have rewritten %zu of %zu segments without a trace in them: their first keys lie beside "
        "them. With an auditor's certificate in the settings, keys are sealed.\n",
        beside, report.segments);
  else
    std::printf(
        "The first keys are sealed: root could not have changed single lines and left the keys as they are.\n");
  if (!heads_given)
    std::printf(
        "Neither kind of key shows that the end of the record was cut off, or that segments and keys were "
        "replaced together. Heads from the gateway's log do: --head SEQ:MAC.\n");
}

int say_verdict(const std::string& folder, const store::RecordReport& report, const Heads& heads) {
  say_findings(report);
  const bool heads_found = say_heads(heads, report.seq);
  if (report.segments == 0)
    std::printf("%s: no segment with a line is there\n", folder.c_str());
  else
    std::printf(
        "%s: %zu segments with %lu lines and their headers; the last line is %lu, MAC %s; %lu octets cut\n",
        folder.c_str(), report.segments, report.lines, report.seq, report.mac.c_str(), report.cut_octets);
  if (report.segments > 0) say_what_root_could(report, !heads.expected.empty());
  if (report.trust == store::RecordTrust::broken || !heads_found) {
    std::printf("The record is BROKEN.\n");
    return 1;
  }
  if (report.trust == store::RecordTrust::unchecked) {
    std::printf("The record was not checked as a whole: give the auditor's private key (--key).\n");
    return 2;
  }
  std::printf("The record holds together.\n");
  return 0;
}

}  // namespace

int audit_verify(const AuditOptions& options) {
  const auto folder = record_folder(options);
  auto heads = parse_heads(options.heads);
  if (!folder || !heads) {
    failed("audit", folder ? base::Error{"--head: expected SEQ:MAC"} : folder.error());
    return 2;
  }
  const auto reading = record_reading(options);
  if (!reading) {
    failed("audit", reading.error());
    return 2;
  }
  const auto report = store::read_record(*folder, *reading, [&](const store::RecordLineRead& line) {
    if (heads->expected.contains(line.seq)) heads->found[line.seq] = line.mac;
  });
  if (!report) return failed("audit", report.error());
  if (const auto there = is_there(*folder, *report); !there) return failed("audit", there.error());
  return say_verdict(*folder, *report, *heads);
}

}  // namespace sallyport::app
