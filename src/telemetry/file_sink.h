#pragma once
// A file, or standard error. One write a batch. A full disk or a pipe that nobody reads neither blocks nor ends
// anything: up to 4 MiB are kept and tried again each second, more is lost and counted.
#include <chrono>
#include <memory>
#include <string>

#include "base/result.h"
#include "telemetry/sink.h"

namespace sallyport::telemetry {

class FileSink : public Sink {
 public:
  struct Options {
    std::string path;  // "-": standard error
    settings::LogFormat format = settings::LogFormat::json;
    bool only_audit = false;
  };
  static base::Result<std::unique_ptr<FileSink>> open(Options, Say);
  FileSink(const FileSink&) = delete;
  FileSink& operator=(const FileSink&) = delete;
  ~FileSink() override;

  void write(std::span<const Line>, base::SteadyTime now) override;
  void retry(base::SteadyTime now) override;
  [[nodiscard]] bool unfinished() const override { return !pending_.empty(); }
  void reopen(base::SteadyTime now) override;

 private:
  FileSink(Options options, Say say, int descriptor);
  void flush(base::SteadyTime now);
  void in_trouble(int error, base::SteadyTime now);

  Options options_;
  Say say_;
  int descriptor_;
  bool may_block_ = false;  // a pipe or a terminal: written only as far as it is ready
  std::string pending_;
  std::uint64_t lost_ = 0;
  bool troubled_ = false;
  base::SteadyTime next_try_{};
};

}  // namespace sallyport::telemetry
