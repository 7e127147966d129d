#pragma once
// The Outbox in front of the channels that the settings name, each with a thread of its own.
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "delivery/lane.h"
#include "delivery/outbox.h"

namespace sallyport::delivery {

class PostOffice final : public Outbox {
 public:
  using MakeWitness = std::function<std::unique_ptr<Witness>(const settings::DeliveryChannel&)>;
  explicit PostOffice(MakeWitness);
  ~PostOffice() override;

  using Lanes = std::vector<std::shared_ptr<Lane>>;
  [[nodiscard]] base::Result<Lanes> open(const settings::Delivery&) const;
  // At start and after a reload: from now on what is sent goes to these. Those of before finish what they hold.
  void use(Lanes);

  void send(Delivery) override;
  [[nodiscard]] bool carries(Delivery::Kind) const override;

  [[nodiscard]] std::size_t untried() const;  // of which not even one attempt has ended
  [[nodiscard]] std::size_t held() const;

 private:
  [[nodiscard]] Lanes lanes() const;  // the lock is held for a copy, never across a call

  MakeWitness make_witness_;
  mutable std::mutex lock_;
  Lanes lanes_;    // in use
  Lanes retired_;  // finish what they hold
};

}  // namespace sallyport::delivery
