#pragma once
// Asking a person on the terminal, and showing that something goes on.
#include <cstddef>
#include <optional>
#include <string>

#include "base/secret.h"

namespace sallyport::app {

bool is_terminal(int descriptor);

// A line from standard input; the prompt goes to standard error, and only to a person. Empty at the end of
// input.
std::optional<std::string> ask(const std::string& prompt);
// The same without echo.
std::optional<base::Secret> ask_secret(const std::string& prompt);

// One line on standard error that is drawn again at each step; nothing where no person looks on.
class ProgressBar {
 public:
  explicit ProgressBar(std::size_t total);
  ~ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;
  void at(std::size_t done, std::size_t refused);

 private:
  std::size_t total_;
  bool shown_;
};

}  // namespace sallyport::app
