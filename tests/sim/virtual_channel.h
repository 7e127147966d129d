#pragma once
// Stands for cloud::ServiceChannel: its slots, its waiting line, its deadlines, and what it counts as its own
// fault. Under it lies no network but the weather.
#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "cloud/channel.h"
#include "cloud/waiting_line.h"
#include "oracle.h"
#include "service.h"
#include "timeline.h"
#include "weather.h"

namespace sallyport::sim {

class VirtualChannel final : public cloud::Channel {
 public:
  struct Place {
    Loop& loop;
    Weather& weather;
    Service& service;
    Oracle& oracle;
    bool is_for_probes = false;
    std::size_t most = 4096;  // exchanges at a time
    base::Duration request_limit = std::chrono::seconds(5);
    std::function<void()> has_begun;  // an exchange, for a login
    std::function<void(const ExchangeSeen&)> has_ended;
  };
  explicit VirtualChannel(Place place) : place_(std::move(place)), limit_(place_.most), line_(32768) {}

  void authenticate_user(cloud::Asking, base::Secret code, std::optional<base::Secret> pin, CodeDone) override;
  void send_push(cloud::Asking, std::vector<std::pair<std::string, std::string>>, std::chrono::seconds life,
                 PushDone) override;
  void await_push(std::string transaction_id, base::SteadyTime deadline, PollDone) override;
  void server_time(base::SteadyTime deadline, bool fresh,
                   std::move_only_function<void(cloud::ServerTimeAnswer)> done) override;
  void send_code(cloud::Asking, cloud::Destination, SentDone) override {}
  void user_methods(cloud::Asking, UserDone) override {}
  void limit(std::size_t) override;
  [[nodiscard]] std::optional<base::SteadyTime> oldest_began(base::SteadyTime since) const override;
  [[nodiscard]] const std::array<std::uint64_t, cloud::evidence_kinds>& evidence_counts() const override {
    return counts_;
  }
  [[nodiscard]] std::size_t in_flight() const override { return in_flight_; }
  [[nodiscard]] std::size_t waiting() const override { return line_.size(); }
  [[nodiscard]] bool is_idle() const { return in_flight_ == 0 && line_.size() == 0 && polls_ == 0; }

 private:
  struct End {
    cloud::Evidence evidence{};
    base::Duration took{};
  };
  struct Exchange {
    std::uint64_t number = 0;  // for the oracle
    Call call;
    bool waited = false;
    base::SteadyTime deadline, began;
    base::Duration limit{};
    Fate fate;
    std::function<void()> at_service;  // what it does there
    std::function<Said()> said;        // what was answered
    std::move_only_function<void(const End&)> done;
  };
  struct Poll;
  using ExchangePtr = std::unique_ptr<Exchange>;
  ExchangePtr make(Call::Asks, base::SteadyTime deadline, bool fresh);
  void ask(ExchangePtr);
  void start(ExchangePtr);
  void its_time_has_come(ExchangePtr);
  void finish(ExchangePtr, cloud::Evidence);
  void finish_soon(ExchangePtr, cloud::Evidence);
  void serve_line();
  void tell(const Exchange&, cloud::Evidence);
  void tell(std::uint64_t number, cloud::Evidence, Said, base::SteadyTime began);
  void expire(base::SteadyTime deadline);
  void ask_about(std::shared_ptr<Poll>);
  void poll_ends(Poll&, Said);

  Place place_;
  std::size_t limit_, in_flight_ = 0, polls_ = 0;
  cloud::WaitingLine<ExchangePtr> line_;
  std::multiset<base::SteadyTime> begun_;
  base::Duration usual_time_ = std::chrono::milliseconds(5);
  std::array<std::uint64_t, cloud::evidence_kinds> counts_{};
  static thread_local std::uint64_t exchanges_;
};

}  // namespace sallyport::sim
