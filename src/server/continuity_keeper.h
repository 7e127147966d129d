#pragma once
// The side of business continuity that touches the disk, on a thread of its own: the memory, the record, the
// modes that were set by hand, and the control socket. A disk that hangs stops this thread and no other: then
// no line becomes durable, and nobody is let in by a rung.
#include <atomic>
#include <boost/json/object.hpp>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "server/address_book.h"
#include "server/continuity_memory.h"
#include "server/control_socket.h"
#include "server/disconnector.h"
#include "server/notices.h"
#include "server/plan.h"
#include "server/recent_book.h"
#include "store/record.h"
#include "telemetry/log.h"
#include "telemetry/metrics.h"

namespace sallyport::server {

class ContinuityKeeper {
 public:
  struct Place {
    net::Loop& loop;  // its thread runs
    telemetry::Log& log;
    telemetry::Metrics& metrics;
    Notices& notices;
    std::function<std::string()> status;       // members of the status answer, `"state":"normal",...`
    std::function<void()> modes_have_changed;  // any thread may be called
  };
  explicit ContinuityKeeper(Place);
  ~ContinuityKeeper();  // in the loop's thread, or after it ended

  // In the loop's thread; `folder` is that of the settings. At start, and after each reload.
  // Where its files cannot be read nothing is overwritten, and nobody is let in by a rung until they can be.
  base::Result<void> adopt(const Plan&);
  void stand_by(
      const Plan&);  // the settings name no folder any more: what they say of modes holds, by hand nothing
  [[nodiscard]] const ContinuityMemory& memory() const { return memory_; }
  void remember_reached(const std::string& digest);
  void remember_told(const cloud::ServerClock::Told&);
  // Business continuity began then. And the service is as it should be again.
  void outage_begins(base::SteadyTime when);
  void outage_ends();
  void remember_addresses(const cloud::KeptAddresses&);
  [[nodiscard]] const AddressBook& addresses() const { return addresses_; }

  // Any thread. `done` comes in the record's thread, or at once when there is none.
  [[nodiscard]] RecentBook& recent() { return recent_; }
  void record(std::string line, std::move_only_function<void(bool)> done);

 private:
  using Servers = std::vector<std::shared_ptr<const ValidationServer>>;
  void every_second();
  void look_at_record(base::Time now);
  void tell_record(const std::string& failure, base::Time now);  // empty: none
  void open_record(base::Time now);
  void open_socket(const std::string& path);
  base::Result<void> read_files(const std::string& folder, base::Time now);
  base::Result<void> read_book();
  // continuity_modes.cpp; what change_mode says is an error, or empty
  [[nodiscard]] continuity::Mode mode_of(const ValidationServer&) const;
  void take_servers(const Plan&);
  void set_modes();
  void show_modes();  // in metrics
  void end_what_is_over(base::Time now);
  void tell_end_of_hand(const std::string& server, const std::string& by, base::Time now);
  std::string change_mode(const std::string& server, continuity::Mode, std::int64_t minutes,
                          const std::string& by);
  std::string drop_by_hand(const std::string& server, const std::string& by);
  std::string forget(std::string_view user, const std::string& by);
  void save();
  [[nodiscard]] bool must_be_saved() const;
  bool save_book(base::Time now);
  // outage_steps.cpp
  void restore_limits(base::Time now);
  void look_at_limits(base::Time now);
  bool count_by(const ValidationServer&, continuity::Mode, base::Time now);
  void count_from_open_record();
  [[nodiscard]] std::optional<std::uint64_t> end_of_record() const;
  // rehearsals.cpp; what begins says is an error, or empty
  std::string begin_rehearsal(const std::string& server, std::int64_t minutes, std::int64_t logins,
                              const std::string& by);
  bool end_rehearsals(const std::string& server);
  [[nodiscard]] std::string rehearsal_report() const;
  void look_at_rehearsals(base::Time now);
  void save_rehearsals(base::Time now);
  std::string answer_rehearsal(const boost::json::object& asked);
  void read_addresses(base::Time now);
  void save_addresses(base::Time now);
  std::string answer(std::string_view request);
  bool end_sessions(std::string_view request, ControlSocket::Respond&);  // false: it asks for something else
  void tell_ends(const std::vector<Disconnection>&, const std::string& by);
  [[nodiscard]] std::string status() const;

  Place place_;
  std::unique_ptr<telemetry::Logger> logger_;
  std::string file_, folder_, auditor_certificate_file_, socket_path_;
  ContinuityMemory memory_;
  RecentBook recent_;
  AddressBook addresses_;
  Servers servers_;
  std::vector<PlannedSocket> sockets_;
  std::unique_ptr<ControlSocket> socket_;
  Disconnector disconnector_;
  mutable std::mutex record_lock_;  // held for a copy
  std::shared_ptr<store::Record> record_;
  std::string unread_;  // why its files could not be read
  bool stands_by_ = false, book_is_read_ = false;
  bool record_fails_ = false, memory_is_dirty_ = false;
  bool rehearsal_was_asked_ = false;
  std::set<std::string> rehearsing_;  // validation servers
  Telling record_fault_;
  std::shared_ptr<std::atomic<double>> lines_, failing_;
  std::vector<std::shared_ptr<void>> gauges_, mode_gauges_;
  base::SteadyTime looked_at_record_{}, next_head_{}, next_reminder_{}, next_save_{}, next_book_{},
      next_rehearsal_save_{}, next_addresses_{};
  net::Timer second_;
};

}  // namespace sallyport::server
