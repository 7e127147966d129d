#pragma once
// One run of a program: without a shell, in a process group of its own, with an environment of three fixed
// variables, no descriptor but its input (the octets given), output (nowhere) and errors, and the root folder
// as its place. When it ends, or at the time limit, what runs in its group is killed and the program is reaped.
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "net/loop.h"

namespace sallyport::delivery {

struct ProgramEnd {
  bool timed_out = false;
  int exit_code = -1;  // -1: ended by a signal
  int signal = 0;
  std::string first_line;  // of its errors, 1,000 octets at most
};

class Program {
 public:
  using Done = std::move_only_function<void(ProgramEnd)>;
  // `argv` begins with the program's path. `done` is called once, in the loop, never from inside start(); it
  // must not destroy the Program itself.
  static base::Result<std::unique_ptr<Program>> start(net::Loop&, const std::vector<std::string>& argv,
                                                      std::string_view input, base::Duration limit, Done done);
  virtual ~Program() = default;  // kills and reaps; nobody is called any more
};

}  // namespace sallyport::delivery
