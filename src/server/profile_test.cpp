#include "server/profile.h"

#include <gtest/gtest.h>

namespace sallyport::server {
namespace {

using continuity::Evidence;
using continuity::Profile;
using continuity::Side;
using settings::Meaning;

TEST(AProfile, is_the_settings_and_what_they_say_of_single_causes_wins) {
  settings::Continuity settings;
  EXPECT_EQ(profile_of(settings), Profile::article);
  settings.profile = settings::Continuity::strict;
  EXPECT_EQ(profile_of(settings), Profile::strict);
  settings.causes = {Meaning::outage, {}, Meaning::alarm, Meaning::alarm, Meaning::alarm};
  const auto profile = profile_of(settings);
  EXPECT_EQ(side(Evidence::own_certificate_expired, profile), Side::down);
  EXPECT_EQ(side(Evidence::service_certificate_expired, profile), Side::barred);
  for (const auto evidence : {Evidence::http_error, Evidence::service_error, Evidence::throttled}) {
    EXPECT_EQ(side(evidence, profile), Side::barred) << to_string(evidence);
    EXPECT_NE(side(evidence), Side::barred) << to_string(evidence);
  }
}

TEST(AProfile, changes_nothing_else) {
  settings::Continuity settings;
  settings.causes = {Meaning::alarm, Meaning::alarm, Meaning::alarm, Meaning::alarm, Meaning::alarm};
  int changed = 0;
  for (std::size_t i = 0; i < continuity::evidence_kinds; ++i) {
    const auto evidence = static_cast<Evidence>(i);
    changed += side(evidence) != side(evidence, profile_of(settings)) ? 1 : 0;
  }
  EXPECT_EQ(changed, 5);
}

}  // namespace
}  // namespace sallyport::server
