#include "authservice/service.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <thread>

#include "authservice/admin_service.h"
#include "authservice/delivery_voice.h"
#include "authservice/soap_service.h"
#include "delivery/post_office.h"

namespace sallyport::authservice {
namespace {

net::HttpServerAnswer not_here() {
  net::HttpServerAnswer answer;
  answer.status = 404;
  answer.body = "not found\n";
  return answer;
}

// A worker's thread, loop, doors and sockets.
class Bench {
 public:
  Bench(DatabaseThread& database, HashingThreads& hashing, delivery::Outbox& outbox, CallersPointer callers,
        const AdminFacts& facts, telemetry::Log& log, telemetry::Metrics& metrics)
      : worker_(loop_, database, hashing, outbox, std::move(callers), log, metrics),
        soap_(worker_),
        admin_(worker_, facts) {}
  ~Bench() { end(); }
  void end() {  // the thread; what belongs to the loop stays until the destruction
    loop_.stop();
    if (thread_.joinable()) thread_.join();
  }

  enum class Sharing { with_nobody_yet, with_other_loops };
  base::Result<void> listen(const std::vector<net::Endpoint>& addresses, const net::TlsServer& tls,
                            Sharing sharing) {
    std::vector<std::unique_ptr<net::HttpServer>> opened;
    for (const auto& address : addresses) {
      net::HttpServer::Options options;
      options.listen = address;
      options.reuse_port = true;
      options.tls = tls;
      options.body_limit = AdminService::body_limit;
      // Sharing a port among loops would let another program share it too: the first makes sure that none does.
      if (sharing == Sharing::with_nobody_yet && address.port != 0) {
        options.reuse_port = false;
        if (auto alone = net::HttpServer::open(loop_, options, {}); !alone)
          return cannot_listen(address, alone.error());
        options.reuse_port = true;
      }
      auto server = net::HttpServer::open(
          loop_, options, [this](net::HttpServerRequest request, net::HttpServer::Respond respond) {
            serve(std::move(request), std::move(respond));
          });
      if (!server) return cannot_listen(address, server.error());
      opened.push_back(std::move(*server));
    }
    for (auto& old : servers_) {
      old->stop_accepting();
      retired_.push_back(std::move(old));
    }
    servers_ = std::move(opened);
    std::erase_if(retired_, [](const auto& server) { return server->connections() == 0; });
    return {};
  }
  base::Result<void> cannot_listen(const net::Endpoint& address, const base::Error& why) {
    worker_.log().log(telemetry::messages::cannot_listen, worker_.now().wall,
                      {{"server", "authservice"}, {"address", address.to_string()}, {"detail", why.what}});
    return base::failure(fmt::format("{}: {}", address.to_string(), why.what));
  }
  void start() {
    thread_ = std::thread([this] { loop_.run(); });
  }
  // In the loop's thread; the caller waits.
  template <class Run>
  auto in_loop(Run run) {
    std::promise<std::invoke_result_t<Run&, Bench&>> promise;
    auto result = promise.get_future();
    loop_.post([&] {
      if constexpr (std::is_void_v<std::invoke_result_t<Run&, Bench&>>) {
        run(*this);
        promise.set_value();
      } else {
        promise.set_value(run(*this));
      }
    });
    return result.get();
  }
  void use(CallersPointer callers) { worker_.use(std::move(callers)); }
  void stop_accepting() {
    for (auto& server : servers_) server->stop_accepting();
  }
  [[nodiscard]] std::size_t under_way() const { return worker_.under_way(); }
  [[nodiscard]] std::vector<net::Endpoint> local() const {
    std::vector<net::Endpoint> addresses;
    addresses.reserve(servers_.size());
    for (const auto& server : servers_) addresses.push_back(server->local());
    return addresses;
  }

 private:
  void serve(net::HttpServerRequest request, net::HttpServer::Respond respond) {
    if (soap_.serve(request, respond) || admin_.serve(request, respond)) return;
    respond(not_here());
  }

  net::Loop loop_;
  Worker worker_;
  SoapService soap_;
  AdminService admin_;
  std::vector<std::unique_ptr<net::HttpServer>> servers_, retired_;
  std::thread thread_;
};

// What the database thread has to say to operator and metrics.
struct DatabaseVoice {
  DatabaseVoice(std::string database, telemetry::Log& log, telemetry::Metrics& metrics)
      : file(std::move(database)),
        logger(log.make_logger()),
        batches(metrics.counter("sallyport_authservice_batches_total", "Transactions of the database")),
        works(
            metrics.counter("sallyport_authservice_batched_requests_total", "Requests in those transactions")),
        failures(metrics.counter("sallyport_authservice_failed_batches_total",
                                 "Transactions that could not be kept")),
        pushes_expired(PushCount::make(metrics, PushCount::expired)),
        commits(metrics.histogram("sallyport_authservice_commit_seconds", "Time of a commit, flush included")) {
  }

  static base::Time now() {
    return {std::chrono::steady_clock::now(),
            std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now()), true};
  }
  void committed(std::size_t batch, base::Duration took) {
    batches->add();
    works->add(batch);
    commits->observe(took);
  }
  void opened(std::int64_t users, std::int64_t credentials) {
    logger->log(telemetry::messages::database_opened, now().wall,
                {{"file", file}, {"users", users}, {"credentials", credentials}});
  }
  void failed(const store::DatabaseError& error) {
    failures->add();
    sound = false;
    logger->log_rarely(telemetry::messages::database_trouble, now(), {{"file", file}, {"detail", error.what}});
  }
  void recovered() {
    sound = true;
    logger->log(telemetry::messages::database_back, now().wall, {{"file", file}});
  }
  void resealed(const Resealed& secrets, std::int64_t key_id) {
    left = secrets.left;
    if (!secrets.is_over) return;
    if (secrets.count > 0)
      logger->log(telemetry::messages::secrets_key_changed, now().wall,
                  {{"count", secrets.count}, {"key_id", fmt::format("{:08x}", key_id)}});
    if (secrets.left > 0)
      logger->log(telemetry::messages::secrets_key_wrong, now().wall, {{"count", secrets.left}});
  }

  std::string file;
  std::unique_ptr<telemetry::Logger> logger;
  std::shared_ptr<telemetry::Counter> batches, works, failures, pushes_expired;
  std::shared_ptr<telemetry::Histogram> commits;
  std::atomic<bool> sound{true};
  std::atomic<std::int64_t> left{0};  // secrets under an old key
};

base::Result<std::vector<net::Endpoint>> addresses_of(const settings::AuthService& settings) {
  std::vector<net::Endpoint> addresses;
  for (const auto& text : settings.listen) {
    auto address = net::Endpoint::parse(text);
    if (!address) return std::unexpected(address.error());
    addresses.push_back(*address);
  }
  return addresses;
}

base::Result<net::TlsServer> tls_of(const settings::AuthService& settings) {
  auto identity =
      net::load_identity(settings.certificate_file, settings.key_file, settings.certificate_password);
  if (!identity) return std::unexpected(identity.error());
  if (settings.client_ca_file.empty())
    return base::failure("client_ca_file: without it nobody could be told apart");
  return net::TlsServer{std::move(*identity), settings.client_ca_file};
}

class Service final : public AuthService {
 public:
  Service(const settings::AuthService& settings, telemetry::Log& log, telemetry::Metrics& metrics)
      : log_(log),
        metrics_(metrics),
        voice_(settings.database, log, metrics),
        outbox_([this](const settings::DeliveryChannel& channel) {
          return make_delivery_voice(channel, log_, metrics_);
        }) {}

  // Loops end first, for they submit work; then those who send its outcome back to them; then the loops go.
  ~Service() override {
    for (auto& bench : benches_) bench->end();
    queue_gauge_.reset();
    database_.reset();
    hashing_.reset();
    benches_.clear();
  }

  base::Result<void> open(const settings::AuthService& settings) {
    auto lanes = outbox_.open(settings.delivery);
    if (!lanes) return std::unexpected(lanes.error());
    outbox_.use(std::move(*lanes));
    delivery_gauge_ = metrics_.gauge("sallyport_delivery_held", "Deliveries that wait or are under way", {},
                                     [this] { return static_cast<double>(outbox_.held()); });
    auto box = SecretBox::make(settings.secrets_key, settings.old_secrets_keys);
    if (!box) return std::unexpected(box.error());
    facts_ = {settings.issuer, settings.database, box->key_ids(), &voice_.left};
    DatabaseEvents events;
    events.committed = [this](std::size_t batch, base::Duration took) { voice_.committed(batch, took); };
    events.failed = [this](const store::DatabaseError& error) { voice_.failed(error); };
    events.recovered = [this] { voice_.recovered(); };
    events.resealed = [this, id = box->key_id()](const Resealed& secrets) { voice_.resealed(secrets, id); };
    events.pushes_expired = [this](std::int64_t count) {
      voice_.pushes_expired->add(static_cast<std::uint64_t>(count));
    };
    auto database = DatabaseThread::start({settings.database, std::move(*box), std::move(events), {}});
    if (!database) return std::unexpected(database.error());
    database_ = std::move(*database);
    count_rows();
    queue_gauge_ = metrics_.gauge("sallyport_authservice_queue_length", "Requests that wait for the database",
                                  {}, [this] { return static_cast<double>(database_->waiting()); });
    return open_benches(settings);
  }

  base::Result<void> reload(const settings::AuthService& settings) override {
    auto addresses = addresses_of(settings);
    if (!addresses) return std::unexpected(addresses.error());
    auto tls = tls_of(settings);
    if (!tls) return std::unexpected(tls.error());
    auto lanes = outbox_.open(settings.delivery);
    if (!lanes) return std::unexpected(lanes.error());
    const auto callers = std::make_shared<const Callers>(settings);
    for (auto& bench : benches_) {
      auto listening = bench->in_loop(
          [&](Bench& own) { return own.listen(*addresses, *tls, Bench::Sharing::with_other_loops); });
      if (!listening) return listening;
      bench->in_loop([&](Bench& own) { own.use(callers); });
    }
    outbox_.use(std::move(*lanes));
    return {};
  }

  std::size_t drain(base::Duration limit) override {
    for (auto& bench : benches_) bench->in_loop([](Bench& own) { own.stop_accepting(); });
    const auto end = std::chrono::steady_clock::now() + limit;
    while (true) {
      std::size_t left = 0;
      for (auto& bench : benches_) left += bench->in_loop([](Bench& own) { return own.under_way(); });
      left += outbox_.untried();  // asked for and acknowledged: each gets its first attempt
      if (left == 0 || std::chrono::steady_clock::now() >= end) return left;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  }

  [[nodiscard]] std::vector<net::Endpoint> listening() const override { return local_; }
  [[nodiscard]] bool ready() const override { return voice_.sound; }

 private:
  void count_rows() {  // the database thread counts, and says what it has opened
    database_->submit(work(
        [](Session& session) {
          auto rows = session.records.queries().ask(
              "SELECT (SELECT count(*) FROM user), (SELECT count(*) FROM credential)");
          return rows.next() ? std::pair(rows.integer(0), rows.integer(1))
                             : std::pair<std::int64_t, std::int64_t>();
        },
        [this](const auto& counted) {
          if (counted) voice_.opened(counted->first, counted->second);
        }));
  }
  base::Result<void> open_benches(const settings::AuthService& settings) {
    auto addresses = addresses_of(settings);
    if (!addresses) return std::unexpected(addresses.error());
    auto tls = tls_of(settings);
    if (!tls) return std::unexpected(tls.error());
    const auto callers = std::make_shared<const Callers>(settings);
    const auto count = settings.workers > 0 ? static_cast<unsigned>(settings.workers)
                                            : std::max(1U, std::thread::hardware_concurrency());
    for (unsigned i = 0; i < count; ++i) {
      auto bench = std::make_unique<Bench>(*database_, *hashing_, outbox_, callers, facts_, log_, metrics_);
      const auto sharing = i == 0 ? Bench::Sharing::with_nobody_yet : Bench::Sharing::with_other_loops;
      if (auto listening = bench->listen(*addresses, *tls, sharing); !listening) return listening;
      // A port of 0 is chosen by the first worker; the others share it.
      if (i == 0) local_ = bench->local();
      *addresses = local_;
      benches_.push_back(std::move(bench));
    }
    for (auto& bench : benches_) bench->start();
    return {};
  }

  telemetry::Log& log_;
  telemetry::Metrics& metrics_;
  DatabaseVoice voice_;
  AdminFacts facts_;
  delivery::PostOffice outbox_;  // goes after all that send
  std::unique_ptr<HashingThreads> hashing_ = std::make_unique<HashingThreads>();
  std::unique_ptr<DatabaseThread> database_;
  std::shared_ptr<void> queue_gauge_, delivery_gauge_;
  std::vector<net::Endpoint> local_;
  std::vector<std::unique_ptr<Bench>> benches_;
};

}  // namespace

base::Result<std::unique_ptr<AuthService>> AuthService::start(const settings::AuthService& settings,
                                                              telemetry::Log& log,
                                                              telemetry::Metrics& metrics) {
  auto service = std::make_unique<Service>(settings, log, metrics);
  if (auto opened = service->open(settings); !opened) return std::unexpected(opened.error());
  return service;
}

}  // namespace sallyport::authservice
