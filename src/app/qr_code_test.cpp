#include "app/qr_code.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace sallyport::app {
namespace {

TEST(QrCode, keeps_the_quiet_zone_and_closes_what_it_opens) {
  const auto svg = qr_as_svg("otpauth://totp/Sallyport:alice?secret=MZXW6YTBOI&issuer=Sallyport");
  ASSERT_TRUE(svg);
  EXPECT_TRUE(svg->starts_with("<svg "));
  EXPECT_TRUE(svg->ends_with("</svg>\n"));
  EXPECT_EQ(svg->find("M3 "), std::string::npos);     // nothing dark in the first four columns
  EXPECT_NE(svg->find("M4 4h1"), std::string::npos);  // the finder pattern's corner
}

TEST(QrCode, refuses_what_no_code_can_hold) { EXPECT_FALSE(qr_as_svg(std::string(4000, 'x'))); }

TEST(QrCode, gives_a_terminal_as_many_lines_as_half_the_modules) {
  const auto text = qr_for_terminal("x");
  ASSERT_TRUE(text);
  EXPECT_EQ(std::count(text->begin(), text->end(), '\n'), (21 + 8 + 1) / 2);
}

}  // namespace
}  // namespace sallyport::app
