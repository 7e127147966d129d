#include "store/record.h"

#include <utility>

#include "store/record_line.h"

namespace sallyport::store {
namespace {

constexpr auto between_flushes = std::chrono::milliseconds(1);

}  // namespace

base::Result<std::unique_ptr<Record>> Record::open(const std::string& folder, RecordOptions options) {
  auto writer = RecordWriter::open(folder, options);
  if (!writer) return std::unexpected(writer.error());
  return std::unique_ptr<Record>(new Record(std::move(*writer), options));
}

Record::Record(std::unique_ptr<RecordWriter> writer, const RecordOptions& options)
    : writer_(std::move(writer)), waiting_limit_(options.waiting_limit), octets_limit_(options.waiting_octets) {
  show_head();
  thread_ = std::thread([this] {
    for (Batch batch; take(batch);) write(batch);  // an empty one looks
  });
}

Record::~Record() {
  {
    const std::lock_guard guard(lock_);
    ending_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void Record::append(std::string object, Done done) {
  if (!fits_record(object)) return done(base::failure("the line does not fit the record"));
  if (!put(object, done)) done(base::failure("too many lines wait for the record"));
}

bool Record::put(std::string& object, Done& done) {
  bool wake = false;
  {
    const std::lock_guard guard(lock_);
    if (waiting_.objects.size() >= waiting_limit_ || waiting_.octets + object.size() > octets_limit_)
      return false;
    wake = waiting_.objects.empty();
    waiting_.octets += object.size();
    waiting_.objects.push_back(std::move(object));
    waiting_.done.push_back(std::move(done));
  }
  if (wake) wake_.notify_one();
  return true;
}

// A flush costs the same for one line as for a hundred: under load they are not closer together than that.
bool Record::take(Batch& batch) {
  std::unique_lock held(lock_);
  wake_.wait(held, [this] { return ending_ || shall_look_ || !waiting_.objects.empty(); });
  wake_.wait_until(held, last_flush_ + between_flushes, [this] { return ending_; });
  last_flush_ = std::chrono::steady_clock::now();
  std::swap(batch, waiting_);  // its room is used again
  return std::exchange(shall_look_, false) || !batch.objects.empty();
}

void Record::look() {
  {
    const std::lock_guard guard(lock_);
    shall_look_ = true;
  }
  wake_.notify_one();
}

void Record::write(Batch& batch) {
  {
    const std::lock_guard guard(lock_);
    head_.since = last_flush_;
  }
  const auto written = writer_->write(batch.objects);
  show_head();
  for (auto& done : batch.done) done(written);
  batch.objects.clear();
  batch.done.clear();
  batch.octets = 0;
}

void Record::show_head() {
  Head head;
  if (const auto& end = writer_->end()) {
    head.seq = end->seq;
    head.mac = end->mac;
    head.segment = end->segment;
  }
  head.lines = writer_->lines();
  head.failure = writer_->failure();
  const std::lock_guard guard(lock_);
  std::swap(head_, head);  // the old texts go when the lock has gone
}

Record::Head Record::head() const {
  const std::lock_guard guard(lock_);
  return head_;
}

}  // namespace sallyport::store
