#include "conduct.h"

#include <sstream>

namespace sallyport::gate {

std::optional<Conduct> conduct_of(const std::string& line) {
  Conduct conduct;
  std::istringstream words(line);
  std::string word;
  long number = 0;
  bool said = false;
  for (; words >> word; said = true) {
    if (word == "pass") continue;
    if (word == "silent")
      conduct.door = Door::silent;
    else if (word == "refuse")
      conduct.door = Door::refused;
    else if (word == "reset")
      conduct.door = Door::reset;
    else if (!(words >> number) || number < 0)
      return std::nullopt;
    else if (word == "delay")
      conduct.delay = std::chrono::milliseconds(number);
    else if (word == "late")
      conduct.late = std::chrono::milliseconds(number);
    else if (word == "drip")
      conduct.drip = static_cast<std::size_t>(number);
    else
      return std::nullopt;
  }
  return said ? std::optional(conduct) : std::nullopt;
}

}  // namespace sallyport::gate
