#pragma once
// A record that outlives a power cut and shows when it was changed: lines in JSON, each under a MAC whose key
// is gone when the line is written, in segments that name each other (record_line.h, record_header.h). What a
// line says is opaque here. Any thread appends; one thread of its own writes, flushes once for all the lines
// that came meanwhile, and only then says `done` to each.
//
// The head (the last line's number and MAC) belongs into a log that leaves the machine. It is what an auditor
// holds against the record (`sallyport audit verify --head`), and alone shows that somebody who could write to
// the folder cut off its end or wrote it anew.
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/result.h"
#include "store/record_writer.h"

namespace sallyport::store {

class Record {
 public:
  using Done = std::move_only_function<void(base::Result<void>)>;

  struct Head {
    std::uint64_t seq = 0;  // lines in the record, the headers of its segments among them; 0: none
    std::string mac;        // of the last one
    std::string segment;
    std::uint64_t lines = 0;                                     // appended and on the disk since open()
    std::string failure;                                         // of the last try to write; empty: it worked
    std::optional<std::chrono::steady_clock::time_point> since;  // a write goes on that began then
  };

  // `folder` is there and private. It begins a segment; see RecordWriter::open for what is an error.
  static base::Result<std::unique_ptr<Record>> open(const std::string& folder, RecordOptions options = {});
  ~Record();  // what waits is written first
  Record(const Record&) = delete;
  Record& operator=(const Record&) = delete;

  // `object` is a JSON object without line breaks and without members "seq" and "mac". `done` is called once:
  // in the writing thread, with success when the line is on the disk; or at once, in this thread, when too many
  // wait or the object does not fit a line (fits_record). It must not block.
  void append(std::string object, Done done);

  // Tries to write, without a line: what failed may work again, and a segment that was removed is missed before
  // a line needs it. head() says later what came of it.
  void look();

  [[nodiscard]] Head head() const;

 private:
  struct Batch {
    std::vector<std::string> objects;
    std::vector<Done> done;
    std::size_t octets = 0;
  };

  explicit Record(std::unique_ptr<RecordWriter> writer, const RecordOptions& options);
  bool put(std::string& object, Done& done);
  bool take(Batch& batch);  // waits; false when all is written and the end has come
  void write(Batch& batch);
  void show_head();

  std::unique_ptr<RecordWriter> writer_;  // the thread's alone, once it runs
  std::size_t waiting_limit_, octets_limit_;
  mutable std::mutex lock_;  // of what follows; held for moves, never across a system call
  std::condition_variable wake_;
  Batch waiting_;
  Head head_;
  bool ending_ = false, shall_look_ = false;
  std::chrono::steady_clock::time_point last_flush_{};  // began then; the thread's alone
  std::thread thread_;
};

}  // namespace sallyport::store
