#pragma once
// Log lines leave a thread through a bounded ring of its own and are formatted and written by the log's thread.
// A thread that logs never waits: when its ring is full the line is dropped and counted, and the count is
// itself logged.
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "settings/gateway.h"
#include "telemetry/message.h"

namespace sallyport::telemetry {

using Value = std::variant<std::string, std::int64_t, double, bool>;
struct Field {
  std::string_view name;  // a literal: lives as long as the program
  Value value;
};

// One ring: to be used by one thread at a time.
class Logger {
 public:
  virtual ~Logger() = default;
  virtual void log(const Message&, base::WallTime, std::vector<Field>) = 0;
  // At most one line in `apart` for one message; the number left out is added as `suppressed`. For what a
  // hostile peer can cause, and for what goes on.
  virtual void log_rarely(const Message&, base::Time, std::vector<Field>, base::Duration apart) = 0;
  void log_rarely(const Message& message, base::Time now, std::vector<Field> fields) {
    log_rarely(message, now, std::move(fields), std::chrono::seconds(1));
  }
};

class Log {  // owns the thread and the sinks
 public:
  static base::Result<std::unique_ptr<Log>> open(const settings::Log&);
  virtual ~Log() = default;                           // writes what lies in the rings
  virtual std::unique_ptr<Logger> make_logger() = 0;  // any thread
  virtual void reopen() = 0;                          // SIGHUP: files are opened again under their names
  virtual base::Result<void> apply(
      const settings::Log&) = 0;  // after a reload; the old sinks stay when it fails
  [[nodiscard]] virtual std::uint64_t dropped() const = 0;
};

}  // namespace sallyport::telemetry
