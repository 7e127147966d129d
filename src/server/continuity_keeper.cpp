#include "server/continuity_keeper.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "store/file.h"

namespace sallyport::server {
namespace {

using namespace std::chrono_literals;
namespace messages = telemetry::messages;

constexpr base::Duration retry = 10s;   // of a record that cannot be written
constexpr base::Duration apart = 1min;  // lines about one trouble that goes on
constexpr const char* recent_file = "/recent_successes";
constexpr const char* addresses_file = "/service_addresses.json";

}  // namespace

ContinuityKeeper::ContinuityKeeper(Place place)
    : place_(std::move(place)),
      logger_(place_.log.make_logger()),
      disconnector_(place_.loop),
      lines_(std::make_shared<std::atomic<double>>(0.0)),
      failing_(std::make_shared<std::atomic<double>>(0.0)),
      second_(place_.loop) {
  gauges_.push_back(place_.metrics.gauge("sallyport_continuity_record_lines",
                                         "Lines made durable since the start", {},
                                         [l = lines_] { return l->load(std::memory_order_relaxed); }));
  gauges_.push_back(place_.metrics.gauge("sallyport_continuity_record_failing",
                                         "1 while the continuity record cannot be written", {},
                                         [f = failing_] { return f->load(std::memory_order_relaxed); }));
}

ContinuityKeeper::~ContinuityKeeper() {
  if (folder_.empty()) return;
  const auto now = place_.loop.now();
  (void)save_book(now);
  (void)end_rehearsals({});
  save_addresses(now);
  if (must_be_saved()) save();
}

base::Result<void> ContinuityKeeper::adopt(const Plan& plan) {
  const auto& settings = plan.settings.continuity;
  const auto now = place_.loop.now();
  const bool is_first = folder_.empty();
  stands_by_ = false;
  take_servers(plan);
  auto read = is_first ? read_files(settings.folder, now) : book_is_read_ ? base::Result<void>() : read_book();
  unread_ = read ? "" : read.error().what;
  if (!read) place_.notices.send(files_unread(unread_, now.wall));
  if (!is_first && settings.folder != folder_)
    logger_->log(messages::settings_need_restart, now.wall, {{"key", std::string("continuity.folder")}});
  if (!is_first && settings.auditor_certificate_file != auditor_certificate_file_)
    logger_->log(messages::settings_need_restart, now.wall,
                 {{"key", std::string("continuity.auditor_certificate_file")}});
  if (is_first) auditor_certificate_file_ = settings.auditor_certificate_file;
  const bool begins = is_first && !folder_.empty();
  if (begins) restore_limits(now);
  set_modes();
  if (begins) {
    end_what_is_over(now);
    next_head_ = now.steady + 1min;
    second_.after(1s, [this] { every_second(); });
    open_record(now);
    save();
  }
  show_modes();
  open_socket(settings::control_socket_of(settings));
  return read;
}

base::Result<void> ContinuityKeeper::read_files(const std::string& folder, base::Time now) {
  auto memory = ContinuityMemory::read(folder + "/continuity.json", now);
  if (!memory) return std::unexpected(memory.error());
  folder_ = folder;
  file_ = folder + "/continuity.json";
  memory->reached.merge(memory_.reached);
  if (!memory->outage_since) memory->outage_since = memory_.outage_since;
  memory_ = std::move(*memory);
  read_addresses(now);
  return read_book();
}

// Until it can be read it is not overwritten, and nobody has had a success before this start.
base::Result<void> ContinuityKeeper::read_book() {
  auto read = recent_.read(folder_ + recent_file);
  book_is_read_ = read.has_value();
  return read;
}

void ContinuityKeeper::remember_reached(const std::string& digest) {
  if (memory_.reached.insert(digest).second) save();
}

void ContinuityKeeper::remember_told(const cloud::ServerClock::Told& told) {
  memory_.told = told;
  if (place_.loop.now().steady >= next_save_) save();
}

void ContinuityKeeper::remember_addresses(const cloud::KeptAddresses& proven) {
  addresses_.remember(proven, place_.loop.now(), memory_.told);
}

void ContinuityKeeper::read_addresses(base::Time now) {
  const auto file = folder_ + addresses_file;
  if (const auto known = addresses_.read(file); !known)
    logger_->log(messages::kept_addresses_lost, now.wall, {{"file", file}, {"detail", known.error().what}});
}

void ContinuityKeeper::save_addresses(base::Time now) {
  if (!addresses_.is_changed()) return;
  next_addresses_ = now.steady + 10s;
  const auto file = folder_ + addresses_file;
  if (const auto written = addresses_.write(file); !written)
    logger_->log_rarely(messages::continuity_state_not_kept, now,
                        {{"file", file}, {"detail", written.error().what}}, apart);
}

void ContinuityKeeper::save() {
  if (folder_.empty()) return;  // its files could not be read: they are not lost for that
  const auto now = place_.loop.now();
  next_save_ = now.steady + 10min;
  const auto written = memory_.write(file_, now);
  memory_is_dirty_ = !written;
  if (!written)
    logger_->log_rarely(messages::continuity_state_not_kept, now,
                        {{"file", file_}, {"detail", written.error().what}}, apart);
}

// Of a moment the file has the age at its writing too, which holds when the wall clock is wrong after a boot.
bool ContinuityKeeper::must_be_saved() const {
  std::error_code none;
  return memory_is_dirty_ || memory_.has_moments() || !std::filesystem::exists(file_, none);
}

void ContinuityKeeper::every_second() {
  const auto now = place_.loop.now();
  end_what_is_over(now);
  look_at_record(now);
  look_at_limits(now);
  look_at_rehearsals(now);
  if (now.steady >= next_save_ - 9min && must_be_saved()) save();
  if (now.steady >= next_book_ || recent_.has_forgotten()) (void)save_book(now);
  if (now.steady >= next_addresses_) save_addresses(now);
  second_.after(1s, [this] { every_second(); });
}

// False: it could not be written.
bool ContinuityKeeper::save_book(base::Time now) {
  if (!book_is_read_) return false;
  next_book_ = now.steady + 1min;
  const auto file = folder_ + recent_file;
  const auto written = recent_.write_if_changed(file);
  if (!written)
    logger_->log_rarely(messages::continuity_state_not_kept, now,
                        {{"file", file}, {"detail", written.error().what}}, apart);
  return written.has_value();
}

void ContinuityKeeper::open_record(base::Time now) {
  looked_at_record_ = now.steady;
  store::RecordOptions options;
  if (!auditor_certificate_file_.empty()) {
    auto certificate = store::read_file(auditor_certificate_file_);
    if (!certificate) return tell_record(certificate.error().what, now);
    options.auditor_certificate = std::move(*certificate);
  }
  auto opened = store::Record::open(folder_, std::move(options));
  if (!opened) return tell_record(opened.error().what, now);
  {
    const std::lock_guard guard(record_lock_);
    record_ = std::move(*opened);
  }
  count_from_open_record();
}

void ContinuityKeeper::look_at_record(base::Time now) {
  if (!record_ && now.steady >= looked_at_record_ + retry) open_record(now);
  if (!record_) return;
  const auto head = record_->head();
  lines_->store(static_cast<double>(head.lines), std::memory_order_relaxed);
  const bool hangs = head.since && now.steady - *head.since >= 3s;
  tell_record(hangs ? "the disk has not answered for seconds" : head.failure, now);
  if (now.steady >= looked_at_record_ + (head.failure.empty() ? apart : retry)) {
    looked_at_record_ = now.steady;
    record_->look();
  }
  if (now.steady < next_head_ || head.seq == 0) return;
  next_head_ = now.steady + 1min;
  logger_->log(messages::record_head, now.wall,
               {{"seq", static_cast<std::int64_t>(head.seq)}, {"segment", head.segment}, {"mac", head.mac}});
}

void ContinuityKeeper::tell_record(const std::string& failure, base::Time now) {
  const bool fails = !failure.empty();
  failing_->store(fails ? 1.0 : 0.0, std::memory_order_relaxed);
  if (fails) {
    logger_->log_rarely(messages::record_failing, now, {{"detail", failure}}, apart);
    if (record_fault_.begins(now.steady)) place_.notices.send(record_fails(failure, now.wall));
  } else if (record_fails_) {
    logger_->log(messages::record_back, now.wall, {});
    if (record_fault_.is_over()) place_.notices.send(record_is_back(now.wall));
  }
  record_fails_ = fails;
}

void ContinuityKeeper::record(std::string line, std::move_only_function<void(bool)> done) {
  std::shared_ptr<store::Record> record;
  {
    const std::lock_guard guard(record_lock_);
    record = record_;
  }
  if (!record) return done(false);
  record->append(std::move(line), [done = std::move(done)](const base::Result<void>& written) mutable {
    done(written.has_value());
  });
}

void ContinuityKeeper::open_socket(const std::string& path) {
  if (path == socket_path_ && socket_ && !store::is_absent(path)) return;
  socket_.reset();
  socket_path_ = path;
  if (path.empty()) return;
  auto opened =
      ControlSocket::open(place_.loop, path, [this](std::string_view request, ControlSocket::Respond respond) {
        if (!end_sessions(request, respond)) respond(answer(request));
      });
  if (opened)
    socket_ = std::move(*opened);
  else
    logger_->log(messages::control_socket_trouble, place_.loop.now().wall,
                 {{"path", path}, {"detail", opened.error().what}});
}

}  // namespace sallyport::server
