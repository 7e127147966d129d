#pragma once
// What a gate is told while it runs: lines of standard input, each answered by a line of standard output.
#include <functional>
#include <string>

namespace sallyport::gate {

class Control {
 public:
  using Heed = std::function<std::string(const std::string& line)>;  // gives the answer
  bool read(const Heed&);  // what is there; false: standard input has ended
  static void say(const std::string& line);

 private:
  std::string line_;
};

}  // namespace sallyport::gate
