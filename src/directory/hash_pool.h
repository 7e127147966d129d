#pragma once
// The threads that compute password hashes for the whole program, because one takes tens of milliseconds. What
// waits is bounded; what waited beyond its deadline is not computed any more. Answers come back in the asker's
// loop.
#include <functional>
#include <memory>
#include <string>

#include "base/secret.h"
#include "net/loop.h"

namespace sallyport::directory {

enum class HashVerdict { fits, does_not_fit, too_late };

class HashPool {
 public:
  using Done = std::move_only_function<void(HashVerdict)>;
  static std::shared_ptr<HashPool> shared();  // goes with the last who holds it

  explicit HashPool(unsigned threads = 2, std::size_t limit = 1024);
  ~HashPool();  // waits for the hashes that are being computed, not for those that wait
  HashPool(const HashPool&) = delete;
  HashPool& operator=(const HashPool&) = delete;

  // An asker: one for one loop. Once it is gone nothing of it is computed or called any more.
  class Asker {
   public:
    Asker(std::shared_ptr<HashPool>, net::Loop&);
    ~Asker();
    Asker(const Asker&) = delete;
    Asker& operator=(const Asker&) = delete;
    // False when too many wait: then `done` is not called.
    [[nodiscard]] bool verify(std::string hash, base::Secret password, base::SteadyTime deadline, Done done);

   private:
    friend class HashPool;
    struct Mailbox;
    std::shared_ptr<HashPool> pool_;
    net::Loop& loop_;
    std::shared_ptr<Mailbox> mailbox_;
  };

 private:
  struct Queue;
  std::shared_ptr<Queue> queue_;
};

}  // namespace sallyport::directory
