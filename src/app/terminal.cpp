#include "app/terminal.h"

#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <iostream>

namespace sallyport::app {
namespace {

class NoEcho {
 public:
  explicit NoEcho(int descriptor) : descriptor_(descriptor), active_(::tcgetattr(descriptor, &before_) == 0) {
    if (!active_) return;
    auto without = before_;
    without.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(descriptor_, TCSAFLUSH, &without);
  }
  ~NoEcho() {
    if (active_) ::tcsetattr(descriptor_, TCSAFLUSH, &before_);
  }
  NoEcho(const NoEcho&) = delete;
  NoEcho& operator=(const NoEcho&) = delete;

 private:
  int descriptor_;
  termios before_{};
  bool active_;
};

}  // namespace

bool is_terminal(int descriptor) { return ::isatty(descriptor) == 1; }

std::optional<std::string> ask(const std::string& prompt) {
  if (is_terminal(STDIN_FILENO)) std::fputs(prompt.c_str(), stderr);
  std::string line;
  if (!std::getline(std::cin, line)) return std::nullopt;
  if (!line.empty() && line.back() == '\r') line.pop_back();
  return line;
}

std::optional<base::Secret> ask_secret(const std::string& prompt) {
  std::optional<std::string> line;
  {
    const NoEcho quiet(STDIN_FILENO);
    line = ask(prompt);
  }
  if (is_terminal(STDIN_FILENO)) std::fputs("\n", stderr);
  if (!line) return std::nullopt;
  base::Secret secret(*line);
  base::wipe({reinterpret_cast<std::uint8_t*>(line->data()), line->size()});
  return secret;
}

ProgressBar::ProgressBar(std::size_t total) : total_(total), shown_(is_terminal(STDERR_FILENO)) {}

ProgressBar::~ProgressBar() {
  if (shown_) std::fputs("\n", stderr);
}

void ProgressBar::at(std::size_t done, std::size_t refused) {
  if (!shown_) return;
  constexpr std::size_t width = 40;
  const std::size_t filled = total_ == 0 ? width : std::min(width, done * width / total_);
  std::fprintf(stderr, "\r[%s%s] %zu of %zu, %zu refused", std::string(filled, '#').c_str(),
               std::string(width - filled, '.').c_str(), done, total_, refused);
}

}  // namespace sallyport::app
