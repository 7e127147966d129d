#include "directory/hash_pool.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "crypto/password_hash.h"

namespace sallyport::directory {

// The way back into a loop that may be gone by then.
struct HashPool::Asker::Mailbox {
  explicit Mailbox(net::Loop& l) : loop(&l) {}
  std::mutex lock;
  net::Loop* loop;  // none: the asker is gone
};

struct HashPool::Queue {
  struct Job {
    std::string hash;
    base::Secret password;
    base::SteadyTime deadline;
    Done done;
    std::shared_ptr<Asker::Mailbox> mailbox;
  };

  void work() {
    std::unique_lock guard(lock);
    while (true) {
      wake.wait(guard, [&] { return ended || !jobs.empty(); });
      if (ended) return;
      auto job = std::move(jobs.front());
      jobs.pop_front();
      guard.unlock();
      compute(std::move(job));
      guard.lock();
    }
  }

  static bool wanted(const Job& job) {
    const std::lock_guard guard(job.mailbox->lock);
    return job.mailbox->loop != nullptr;
  }

  static void compute(Job job) {
    auto verdict = HashVerdict::too_late;
    if (!wanted(job)) return;
    if (std::chrono::steady_clock::now() < job.deadline) {
      verdict = crypto::verify_password(job.hash, job.password) ? HashVerdict::fits : HashVerdict::does_not_fit;
    }
    job.password.clear();
    // Held over the post, so that the loop cannot go meanwhile: its thread waits for this only when it leaves.
    const std::lock_guard guard(job.mailbox->lock);
    if (job.mailbox->loop == nullptr) return;
    job.mailbox->loop->post([mailbox = job.mailbox, done = std::move(job.done), verdict]() mutable {
      if (mailbox->loop != nullptr) done(verdict);
    });
  }

  std::mutex lock;
  std::condition_variable wake;
  std::deque<Job> jobs;
  std::size_t limit = 0;
  bool ended = false;
  std::vector<std::jthread> threads;
};

std::shared_ptr<HashPool> HashPool::shared() {
  static std::mutex lock;
  static std::weak_ptr<HashPool> pool;
  const std::lock_guard guard(lock);
  auto held = pool.lock();
  if (!held) pool = held = std::make_shared<HashPool>();
  return held;
}

HashPool::HashPool(unsigned threads, std::size_t limit) : queue_(std::make_shared<Queue>()) {
  queue_->limit = limit;
  for (unsigned i = 0; i < threads; ++i)
    queue_->threads.emplace_back([queue = queue_.get()] { queue->work(); });
}

HashPool::~HashPool() {
  {
    const std::lock_guard guard(queue_->lock);
    queue_->ended = true;
  }
  queue_->wake.notify_all();
  queue_->threads.clear();
}

HashPool::Asker::Asker(std::shared_ptr<HashPool> pool, net::Loop& loop)
    : pool_(std::move(pool)), loop_(loop), mailbox_(std::make_shared<Mailbox>(loop)) {}

HashPool::Asker::~Asker() {
  const std::lock_guard guard(mailbox_->lock);
  mailbox_->loop = nullptr;
}

bool HashPool::Asker::verify(std::string hash, base::Secret password, base::SteadyTime deadline, Done done) {
  auto& queue = *pool_->queue_;
  {
    const std::lock_guard guard(queue.lock);
    if (queue.jobs.size() >= queue.limit) return false;
    queue.jobs.push_back({std::move(hash), std::move(password), deadline, std::move(done), mailbox_});
  }
  queue.wake.notify_one();
  return true;
}

}  // namespace sallyport::directory
