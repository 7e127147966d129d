#pragma once
// One channel with what waits for it: a queue, a carrier and a thread with a loop, so that a channel that hangs
// delays no other and no sender.
#include <array>
#include <atomic>
#include <memory>
#include <thread>
#include <unordered_map>

#include "delivery/carrier.h"
#include "delivery/health.h"
#include "delivery/witness.h"
#include "net/mailbox.h"

namespace sallyport::delivery {

class Lane {
 public:
  static base::Result<std::unique_ptr<Lane>> open(const settings::Delivery&, const settings::DeliveryChannel&,
                                                  std::unique_ptr<Witness>);
  ~Lane();  // breaks off what is under way; what waits is lost
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;

  void push(ParcelPointer);  // any thread
  [[nodiscard]] bool carries(const Delivery&) const;
  [[nodiscard]] bool carries(Delivery::Kind) const;
  // Deliveries of which not even one attempt has ended; and all that are not done with. Any thread.
  [[nodiscard]] std::size_t untried() const { return untried_; }
  [[nodiscard]] std::size_t held() const { return held_; }

 private:
  Lane(const settings::Delivery&, const settings::DeliveryChannel&, std::unique_ptr<Witness>);
  void take(std::vector<ParcelPointer>&);
  void turn();
  void begin(const Queue::Attempt&);
  void ended(const Queue::Attempt&, const Outcome&);
  void report(const std::vector<Queue::Dropped>&, const std::string& detail = {});
  void report_overflow();

  net::Loop loop_;
  std::string name_;
  std::vector<Delivery::Kind> kinds_;
  base::Duration time_limit_;
  std::unique_ptr<Witness> witness_;
  Queue queue_;
  Health health_;
  net::Timer timer_;
  std::atomic<std::size_t> untried_{0}, held_{0};
  std::array<std::atomic<std::uint64_t>, settings::delivery_kinds> overflowed_{};  // by kind
  std::unique_ptr<Carrier> carrier_;
  net::Mailbox<ParcelPointer> box_;
  std::thread thread_;
};

}  // namespace sallyport::delivery
