#include "app/qr_code.h"

#include <fmt/format.h>
#include <qrencode.h>

#include <memory>

namespace sallyport::app {
namespace {

constexpr int quiet_zone = 4;

class Modules {
 public:
  static base::Result<Modules> of(std::string_view text) {
    const std::string terminated(text);
    QRcode* code = QRcode_encodeString(terminated.c_str(), 0, QR_ECLEVEL_M, QR_MODE_8, 1);
    if (code == nullptr) return base::failure("the text is too long for a QR code");
    return Modules(code);
  }
  [[nodiscard]] int width() const { return code_->width + 2 * quiet_zone; }
  [[nodiscard]] bool dark(int x, int y) const {
    x -= quiet_zone;
    y -= quiet_zone;
    if (x < 0 || y < 0 || x >= code_->width || y >= code_->width) return false;
    return (code_->data[y * code_->width + x] & 1U) != 0;
  }

 private:
  explicit Modules(QRcode* code) : code_(code, QRcode_free) {}
  std::unique_ptr<QRcode, void (*)(QRcode*)> code_;
};

}  // namespace

base::Result<std::string> qr_for_terminal(std::string_view text) {
  const auto modules = Modules::of(text);
  if (!modules) return std::unexpected(modules.error());
  std::string out;
  for (int y = 0; y < modules->width(); y += 2) {
    out += "\x1b[30;107m";  // black on bright white, whatever the terminal's own colours
    for (int x = 0; x < modules->width(); ++x) {
      const bool upper = modules->dark(x, y);
      const bool lower = modules->dark(x, y + 1);
      out += upper ? (lower ? "█" : "▀") : (lower ? "▄" : " ");
    }
    out += "\x1b[0m\n";
  }
  return out;
}

base::Result<std::string> qr_as_svg(std::string_view text) {
  const auto modules = Modules::of(text);
  if (!modules) return std::unexpected(modules.error());
  const int width = modules->width();
  std::string path;
  for (int y = 0; y < width; ++y)
    for (int x = 0; x < width; ++x)
      if (modules->dark(x, y)) path += fmt::format("M{} {}h1v1h-1z", x, y);
  return fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {0}\" width=\"{1}\" height=\"{1}\" "
      "shape-rendering=\"crispEdges\"><rect width=\"{0}\" height=\"{0}\" fill=\"#fff\"/><path "
      "d=\"{2}\"/></svg>\n",
      width, width * 6, path);
}

}  // namespace sallyport::app
