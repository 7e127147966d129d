#pragma once
// For this room's tests: workers without sockets, threads or real time, and a directory and a service that
// answer when the test says so. Requests are built by the codec's own builder, replies are checked with a
// client's eyes.
#include <array>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "radius/request_builder.h"
#include "server/login_owner.h"
#include "server/reception.h"

namespace sallyport::server::rig {

struct Line {
  std::uint16_t id;
  std::vector<telemetry::Field> fields;
  [[nodiscard]] std::string field(std::string_view name) const;
  [[nodiscard]] std::string all() const;
};

class Lines : public telemetry::Logger {
 public:
  void log(const telemetry::Message& message, base::WallTime, std::vector<telemetry::Field> fields) override {
    lines.push_back({message.id, std::move(fields)});
  }
  using Logger::log_rarely;
  void log_rarely(const telemetry::Message& message, base::Time, std::vector<telemetry::Field> fields,
                  base::Duration) override {
    if (lines.size() < 1000) lines.push_back({message.id, std::move(fields)});
  }
  [[nodiscard]] std::vector<Line> of(const telemetry::Message& message) const;
  std::vector<Line> lines;
};

// Keeps questions until release(): alice with hunter2 is good and called "alice.smith", bob is unknown, carol
// is twice there; every other password is wrong.
class FakeStores : public directory::UserStores {
 public:
  struct Asked {
    std::string user_name, password;
    bool is_bind;
    base::SteadyTime deadline;
    Done done;
  };
  void look_up(std::string user_name, base::SteadyTime deadline, Done done) override {
    ++look_ups;
    asked.push_back({std::move(user_name), "", false, deadline, std::move(done)});
  }
  void check_first_factor(std::string user_name, base::Secret password, base::SteadyTime deadline,
                          Done done) override {
    ++binds;
    asked.push_back({std::move(user_name), std::string(password.reveal()), true, deadline, std::move(done)});
  }
  [[nodiscard]] std::vector<directory::ConnectionReport> report() const override { return {}; }
  void try_connections(std::function<void(std::vector<directory::ConnectionReport>)>) override {}

  void release();
  std::deque<Asked> asked;
  int binds = 0, look_ups = 0;
  bool down = false;
  std::vector<directory::AttributeValues> attributes;
  std::vector<std::string> groups;
};

class FakeChannel : public cloud::Channel {
 public:
  struct Asked {
    std::string user_id, code, request_id;
    bool fresh;
    base::SteadyTime deadline;
    CodeDone done;
  };
  void authenticate_user(cloud::Asking who, base::Secret code, std::optional<base::Secret>,
                         CodeDone done) override {
    ++sendings;
    asked.push_back({std::move(who.user_id), std::string(code.reveal()), std::move(who.request_id),
                     who.fresh_connection, who.deadline, std::move(done)});
  }
  void send_push(cloud::Asking who, std::vector<std::pair<std::string, std::string>>, std::chrono::seconds life,
                 PushDone done) override {
    pushes.push_back({std::move(who), life, std::move(done)});
  }
  void await_push(std::string transaction_id, base::SteadyTime deadline, PollDone done) override {
    polls.push_back({std::move(transaction_id), deadline, std::move(done)});
  }
  void send_code(cloud::Asking who, cloud::Destination to, SentDone done) override {
    codes.push_back({std::move(who), std::move(to), std::move(done)});
  }
  void user_methods(cloud::Asking who, UserDone done) override {
    users.push_back({std::move(who), std::move(done)});
  }
  void server_time(base::SteadyTime, bool, std::move_only_function<void(cloud::ServerTimeAnswer)>) override {}
  [[nodiscard]] const std::array<std::uint64_t, cloud::evidence_kinds>& evidence_counts() const override {
    return counts;
  }
  [[nodiscard]] std::size_t in_flight() const override { return asked.size(); }
  [[nodiscard]] std::size_t waiting() const override { return 0; }

  // The oldest question; a code of 123456 is right.
  void release();
  void fail(cloud::Evidence evidence);
  struct Push {
    cloud::Asking who;
    std::chrono::seconds life;
    PushDone done;
    void is_on_its_way(std::string number = {});
    void ends(cloud::Outcome, std::string status);
  };
  struct Poll {
    std::string transaction_id;
    base::SteadyTime deadline;
    PollDone done;
    void ends(cloud::Outcome, std::string status);
  };
  struct SentCode {
    cloud::Asking who;
    cloud::Destination to;
    SentDone done;
  };
  struct User {
    cloud::Asking who;
    UserDone done;
    void has(bool code, bool push, std::vector<cloud::Destination> = {});
  };
  std::deque<Asked> asked;
  std::deque<Push> pushes;
  std::deque<Poll> polls;
  std::deque<SentCode> codes;
  std::deque<User> users;
  int sendings = 0;
  std::array<std::uint64_t, cloud::evidence_kinds> counts{};
};

struct Sent {
  std::size_t worker;
  int socket;
  net::Endpoint to, from;
  base::Bytes octets;
  base::SteadyTime at;
};

// What a test's client sends; the defaults are a good login.
struct Ask {
  std::string user = "alice", password = "hunter2123456";
  std::string station = {};
  std::vector<std::string> proxy_states = {};
  std::uint8_t id = 1, authenticator = 1;
  bool message_authenticator = true, with_password = true;
  radius::Code code = radius::Code::access_request;
  std::string secret = "a-secret-of-16-or-more";
  std::string source = "192.0.2.7:40000";
  std::vector<std::pair<radius::AttributeType, std::string>> more = {};
  std::size_t receiver = 0;  // the worker whose socket gets it
  int socket = 1;            // 2: accounting
};

class Rig {
 public:
  explicit Rig(settings::ValidationServer server = good_server(), std::size_t workers = 1);
  static settings::ValidationServer good_server();

  base::Bytes send(const Ask&);  // the request's octets, received at once
  void receive(const Ask& from, base::ByteView octets);
  void pass(base::Duration);  // time; everything due is done at its own moment
  void finish_steps() {
    stores->release();
    while (!channel->asked.empty()) channel->release();
  }
  [[nodiscard]] std::uint64_t dropped(Drop) const;
  [[nodiscard]] std::uint64_t dropped(radius::DropReason) const;
  [[nodiscard]] std::size_t in_flight() const;

  // Checks the reply's authenticators as a client does; the code, or nothing and a failed test.
  radius::Code code_of(const Sent&, base::ByteView request,
                       const std::string& secret = "a-secret-of-16-or-more");
  static std::string reply_message(const Sent&);
  static std::string attribute_of(const Sent&, radius::AttributeType);  // the first; its octets

  struct Worker {
    Worker(Rig& rig, std::size_t number, std::size_t count);
    std::size_t number;
    Tally tally;
    Outside outside;
    LoginOwner owner;
    Reception reception;
  };
  base::Time now{base::SteadyTime(std::chrono::seconds(1000)),
                 base::WallTime(std::chrono::seconds(1'700'000'000)), true};
  telemetry::Metrics metrics;
  Lines lines;
  crypto::KeyedHash hash = crypto::KeyedHash::with_random_key();
  std::shared_ptr<FakeStores> stores = std::make_shared<FakeStores>();
  std::shared_ptr<FakeChannel> channel = std::make_shared<FakeChannel>();
  std::shared_ptr<Shared> shared = std::make_shared<Shared>();
  SharedLimits limits{{.user_failures = 5, .client_failures = 0, .user_time = std::chrono::minutes(10)}};
  std::shared_ptr<const StateSeal> seal =
      std::make_shared<StateSeal>(base::Secret("a cluster key of 16 or more"), std::vector<base::Secret>{});
  std::vector<Sent> sent;
  std::vector<std::unique_ptr<Worker>> workers;
  net::Endpoint local = net::Endpoint::parse("192.0.2.1:1812").value();

 private:
  base::Bytes build(const Ask&) const;
};

}  // namespace sallyport::server::rig
