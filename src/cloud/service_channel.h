#pragma once
// The channel over an HTTP client that is given to it; Channel::make gives a real one, tests a
// scripted one. A file of this room only.
//
//   asked --> waiting line --> slot: exchange --> (re-used connection failed: once more, fresh) --> end,
//   counted
//                 `-- deadline: local         `-> (failed when connected: the other address family) --^
#include <chrono>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "cloud/answers.h"
#include "cloud/channel.h"
#include "cloud/classification.h"
#include "cloud/push_polls.h"
#include "cloud/server_clock.h"
#include "cloud/service_addresses.h"
#include "cloud/service_url.h"
#include "cloud/soap_call.h"
#include "cloud/waiting_line.h"
#include "net/http_client.h"

namespace sallyport::cloud {

class ServiceChannel final : public Channel {
 public:
  struct Proxy {
    std::string host;
    std::uint16_t port = 0;
  };
  struct Options {
    ServiceUrl url;
    std::optional<Proxy> proxy;  // then its name is resolved, and the service's is not
    std::string api = "1.8";
    base::Duration connect_timeout = std::chrono::seconds(2);
    base::Duration request_timeout = std::chrono::seconds(5);
    std::size_t max_in_flight = 4096;
    base::Duration push_poll_interval = std::chrono::seconds(3);
    std::size_t waiting_limit = 32768;  // bounds memory, not patience: more than a gateway lets in
    std::chrono::sys_seconds own_certificate_ends{};
    std::string own_host_name;
  };
  ServiceChannel(net::Loop&, net::Resolver&, Options, std::unique_ptr<net::HttpClient>);

  void authenticate_user(Asking, base::Secret code, std::optional<base::Secret> pin, CodeDone) override;
  void send_push(Asking, std::vector<std::pair<std::string, std::string>> texts, std::chrono::seconds life,
                 PushDone) override;
  void await_push(std::string transaction_id, base::SteadyTime deadline, PollDone) override;
  void send_code(Asking, Destination, SentDone) override;
  void user_methods(Asking, UserDone) override;
  void server_time(base::SteadyTime deadline, bool fresh_connection,
                   std::move_only_function<void(ServerTimeAnswer)> done) override;
  void tell_server_time(const ServerClock::Told& told) override { server_clock_.told(told); }
  [[nodiscard]] std::optional<ServerClock::Told> server_told() const override { return server_clock_.last(); }
  [[nodiscard]] std::string resolved_name() const override;
  void keep(const KeptAddresses&) override;
  KeptAddresses take_proven() override { return {resolved_name(), std::exchange(newly_proven_, {})}; }
  void limit(std::size_t exchanges) override;
  [[nodiscard]] std::optional<base::SteadyTime> oldest_began(base::SteadyTime since) const override;
  [[nodiscard]] bool name_is_bent() const override { return addresses_.is_bent(); }
  [[nodiscard]] std::optional<Elsewhere> elsewhere() const override;
  [[nodiscard]] const std::array<std::uint64_t, evidence_kinds>& evidence_counts() const override {
    return counts_;
  }
  [[nodiscard]] std::size_t in_flight() const override { return in_flight_; }
  [[nodiscard]] std::size_t waiting() const override { return line_.size(); }
  [[nodiscard]] std::chrono::sys_seconds own_certificate_ends() const override {
    return options_.own_certificate_ends;
  }
  [[nodiscard]] std::chrono::sys_seconds service_certificate_ends() const override {
    return service_certificate_ends_;
  }

 private:
  using Done = std::move_only_function<void(End)>;
  struct Exchange {
    vip::Operation operation{};
    base::Secret body;
    std::string request_id;
    bool fresh_connection = false;
    bool repeated = false;
    net::Endpoint first;                        // of the addresses
    std::optional<net::HttpAnswer> broke;       // how; then it goes to the other address family
    bool waited = false;                        // for a slot
    base::SteadyTime deadline, began, started;  // started: of the repetition, where there was one
    base::Duration limit{};
    Done done;
  };
  using ExchangePtr = std::unique_ptr<Exchange>;

  void ask(Asking, vip::AnyRequest, Done);
  void ask(ExchangePtr);
  void poll(std::vector<std::string> transaction_ids, base::SteadyTime deadline, Done);
  void start(ExchangePtr);
  void ended(ExchangePtr, net::HttpAnswer);
  void finish(ExchangePtr, End);
  void finish_soon(ExchangePtr, Evidence, std::string detail);
  void finish_nameless(ExchangePtr, std::string detail);
  template <class A>
  void answer_soon(std::move_only_function<void(A)> done, A answer) {
    loop_.post([alive = std::weak_ptr(alive_), done = std::move(done), answer = std::move(answer)]() mutable {
      if (!alive.expired()) done(std::move(answer));
    });
  }
  void serve_line();
  void arm_line();
  void expire_line();
  void find_addresses();
  void note_proven(const net::HttpAnswer&, base::SteadyTime now);
  void addresses_found(base::Result<std::vector<net::Endpoint>>);
  std::vector<net::Endpoint> addresses_for(Exchange&);
  [[nodiscard]] static bool is_worth_repeating(const Exchange& e, base::SteadyTime now) {
    return e.deadline - now > std::chrono::milliseconds(20);  // less is not worth another handshake
  }
  void choose_failure(const Exchange&, net::HttpAnswer&, Evidence&, const base::Time& now) const;
  bool tries_other_family(const Exchange&, const net::HttpAnswer&, Evidence, base::SteadyTime now);
  [[nodiscard]] const std::string& resolved_host() const;
  [[nodiscard]] std::uint16_t resolved_port() const;
  [[nodiscard]] Circumstances circumstances(const Exchange&, const net::HttpAnswer&,
                                            const base::Time& now) const;
  [[nodiscard]] bool leads_home(const net::HttpAnswer&) const;

  net::Loop& loop_;
  net::Resolver& resolver_;
  Options options_;
  std::array<std::string, 3> urls_;  // by vip::Service
  int minor_;                        // of interface 1.N
  bool home_is_expected_;
  ServiceAddresses addresses_;
  std::vector<net::Address> own_addresses_;
  bool finding_addresses_ = false, other_first_ = false;
  std::string last_proven_;
  base::SteadyTime last_proven_at_{};
  std::vector<KeptAddresses::One> newly_proven_;
  std::optional<net::Address> newest_;  // that a connection was made to and that has answered
  ServerClock server_clock_;
  std::chrono::sys_seconds service_certificate_ends_{};
  WaitingLine<ExchangePtr> line_;
  base::SteadyTime line_armed_for_{};
  std::size_t in_flight_ = 0, limit_ = 0;
  std::multiset<base::SteadyTime> begun_;                     // of those under way
  base::Duration usual_time_ = std::chrono::milliseconds(5);  // of an exchange, smoothed
  std::array<std::uint64_t, evidence_kinds> counts_{};
  std::shared_ptr<int> alive_ = std::make_shared<int>();  // what is posted or resolved may outlive the channel
  PushPolls polls_;
  net::Timer line_timer_, address_timer_;
  std::unique_ptr<net::HttpClient> client_;  // last: its end withdraws what is under way
};

}  // namespace sallyport::cloud
