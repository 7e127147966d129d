#include <gmock/gmock.h>

#include "crypto/sealed_key.h"
#include "store/auditor_test.h"
#include "store/record_rig_test.h"

namespace sallyport::store {
namespace {

using ::testing::HasSubstr;

class SealedRecord : public RecordRig {
 protected:
  static RecordOptions sealed() { return {.auditor_certificate = auditor_certificate}; }
  static RecordReading with(const char* key) {
    RecordReading reading;
    reading.open_sealed = [key](base::ByteView octets) {
      return crypto::open_sealed_key(octets, base::Secret(std::string_view(key)));
    };
    return reading;
  }
};

TEST_F(SealedRecord, is_verified_with_the_auditors_key_alone) {
  write_segment(3, sealed());
  write_segment(2, sealed());
  const auto report = read(with(auditor_key));
  EXPECT_EQ(report.trust, RecordTrust::good) << words(report);
  EXPECT_EQ(report.sealed_segments, 2U);
  for (const auto& reading : {RecordReading{}, with(other_key)}) {
    const auto unchecked = read(reading);
    EXPECT_EQ(unchecked.trust, RecordTrust::unchecked) << words(unchecked);
    EXPECT_EQ(unchecked.lines, 5U) << "they can be read all the same";
  }
}

TEST_F(SealedRecord, keeps_no_key_in_the_folder_that_would_do) {
  write_segment(1, sealed());
  EXPECT_TRUE(std::filesystem::exists(key_path(folder_, segments()[0], true)));
  EXPECT_FALSE(std::filesystem::exists(key_path(folder_, segments()[0], false)));
}

TEST_F(SealedRecord, that_was_changed_is_broken_to_who_has_the_key) {
  write_segment(3, sealed());
  auto lines = lines_of(0);
  lines[1].replace(lines[1].find("user0"), 5, "user9");
  put_lines(0, lines);
  EXPECT_EQ(read().trust, RecordTrust::unchecked);
  EXPECT_THAT(words(read(with(auditor_key))), HasSubstr("line 2 is not what was written"));
}

TEST_F(SealedRecord, shows_gaps_and_lost_ends_even_without_the_key) {
  write_segment(3, sealed());
  write_segment(1, sealed());
  auto lines = lines_of(0);
  lines.pop_back();
  put_lines(0, lines);
  EXPECT_EQ(read().trust, RecordTrust::broken);
}

TEST_F(SealedRecord, whose_last_segment_was_removed_is_broken_even_without_the_key) {
  write_segment(2, sealed());
  write_segment(2, sealed());
  const auto removed = segments()[1];
  std::filesystem::remove(path_of(1));
  EXPECT_EQ(read().trust, RecordTrust::broken);
  EXPECT_THAT(words(read(with(auditor_key))), HasSubstr(removed + ": the segment was removed"));
}

TEST_F(SealedRecord, may_begin_after_segments_with_their_keys_beside_them) {
  write_segment(2);
  write_segment(2, sealed());
  const auto report = read(with(auditor_key));
  EXPECT_EQ(report.trust, RecordTrust::good) << words(report);
  EXPECT_EQ(report.segments - report.sealed_segments, 1U);
}

TEST_F(SealedRecord, whose_sealed_key_is_gone_is_broken_to_who_has_the_auditors) {
  write_segment(2, sealed());
  std::filesystem::remove(key_path(folder_, segments()[0], true));
  EXPECT_EQ(read(with(auditor_key)).trust, RecordTrust::broken);
}

}  // namespace
}  // namespace sallyport::store
