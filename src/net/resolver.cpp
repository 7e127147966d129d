#include "net/resolver.h"

#include <fmt/format.h>
#include <netdb.h>
#include <pthread.h>

#include <algorithm>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <mutex>
#include <thread>

namespace sallyport::net {
namespace {

constexpr std::size_t question_limit = 1'024;
using Answered = base::Result<std::vector<Endpoint>>;

// Touched by the asking loop only.
struct Pending {
  Pending(Loop& loop, Resolver::Answer a) : answer(std::move(a)), timer(loop) {}
  void give(Answered answered) {
    if (!answer) return;
    timer.cancel();
    std::exchange(answer, {})(std::move(answered));
  }
  Resolver::Answer answer;
  Timer timer;
};

struct Question {
  Loop* loop;
  std::string host;
  std::uint16_t port;
  std::shared_ptr<Pending> pending;
};

Answered look_up(const std::string& host, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (const int error = getaddrinfo(host.c_str(), nullptr, &hints, &found); error != 0) {
    return base::failure(fmt::format("{}: {}", host, gai_strerror(error)));
  }
  std::vector<Endpoint> endpoints;
  for (const auto* each = found; each != nullptr; each = each->ai_next) {
    sockaddr_storage address{};
    std::memcpy(&address, each->ai_addr, std::min<std::size_t>(each->ai_addrlen, sizeof address));
    auto endpoint = Endpoint::from(address);
    endpoint.port = port;
    if (std::ranges::find(endpoints, endpoint) == endpoints.end()) endpoints.push_back(endpoint);
  }
  freeaddrinfo(found);
  if (endpoints.empty()) return base::failure(fmt::format("{}: no address", host));
  return endpoints;
}

}  // namespace

struct Resolver::Shared {
  std::mutex lock;
  std::condition_variable asked;
  std::deque<Question> questions;
  bool closed = false;

  void serve();
};

// The thread's life: it may sit in getaddrinfo for long, and nobody waits for it.
void Resolver::Shared::serve() {
  std::unique_lock guard(lock);
  for (;;) {
    asked.wait(guard, [this] { return closed || !questions.empty(); });
    if (closed) return;
    auto question = std::move(questions.front());
    questions.pop_front();
    guard.unlock();
    auto answered = look_up(question.host, question.port);
    guard.lock();
    // Under the lock, as the loop is certain to be there only until the resolver is closed.
    if (closed) {
      question.pending.reset();
      return;
    }
    question.loop->post([pending = std::move(question.pending), answered = std::move(answered)]() mutable {
      pending->give(std::move(answered));
    });
  }
}

Resolver::Resolver() : shared_(std::make_shared<Shared>()) {
  std::thread thread([shared = shared_] {
    pthread_setname_np(pthread_self(), "sp-resolver");
    shared->serve();
  });
  thread.detach();
}

Resolver::~Resolver() {
  const std::lock_guard guard(shared_->lock);
  shared_->closed = true;
  shared_->questions.clear();
  shared_->asked.notify_one();
}

void Resolver::resolve(Loop& loop, std::string host, std::uint16_t port, base::Duration time_limit,
                       Answer answer) {
  if (const auto address = Address::parse(host)) {
    loop.post(
        [answer = std::move(answer), endpoint = Endpoint{*address, port}] { answer(std::vector{endpoint}); });
    return;
  }
  auto pending = std::make_shared<Pending>(loop, std::move(answer));
  const auto fail = [&](std::string why) {
    loop.post([pending, why = std::move(why)] { pending->give(base::failure(why)); });
  };
  if (host.empty() || host.find('\0') != std::string::npos) return fail("a host name is missing or malformed");
  pending->timer.after(time_limit, [pending, host] {
    pending->give(base::failure(fmt::format("{}: the name server did not answer in time", host)));
  });
  const std::lock_guard guard(shared_->lock);
  if (shared_->questions.size() >= question_limit)
    return fail(fmt::format("{}: too many names wait already", host));
  shared_->questions.push_back({&loop, std::move(host), port, std::move(pending)});
  shared_->asked.notify_one();
}

}  // namespace sallyport::net
