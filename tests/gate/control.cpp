#include "control.h"

#include <unistd.h>

#include <array>
#include <cstdio>
#include <utility>

namespace sallyport::gate {

bool Control::read(const Heed& heed) {
  std::array<char, 1024> buffer{};
  const auto size = ::read(STDIN_FILENO, buffer.data(), buffer.size());
  for (ssize_t i = 0; i < size; ++i) {
    const char c = buffer[static_cast<std::size_t>(i)];
    if (c == '\n')
      say(heed(std::exchange(line_, {})));
    else
      line_ += c;
  }
  return size > 0;
}

void Control::say(const std::string& line) {
  std::puts(line.c_str());
  std::fflush(stdout);
}

}  // namespace sallyport::gate
