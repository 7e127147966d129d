#pragma once
// What brings one parcel to a receiver, once, and says how it ended. It belongs to its channel's loop.
#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "delivery/parcel.h"
#include "delivery/queue.h"
#include "net/loop.h"

namespace sallyport::delivery {

struct Outcome {
  Ended end = Ended::failed;
  std::string detail;  // for the log; a peer's words in it are not yet safe_words()
};

class Carrier {
 public:
  using Done = std::move_only_function<void(Outcome)>;
  virtual ~Carrier() = default;  // ends what is under way, and waits for it; nobody is called any more

  // `done` is called exactly once, in the loop, never from inside carry(), at `limit` at the latest or soon
  // after.
  virtual void carry(ParcelPointer, int attempt, base::Duration limit, Done done) = 0;
};

// Of the kind that the settings name. An error when a file that they name cannot be used.
base::Result<std::unique_ptr<Carrier>> make_carrier(net::Loop&, const settings::DeliveryChannel&);

base::Result<void> check_program(const std::string& path);  // is there, and may be run

base::Result<std::unique_ptr<Carrier>> make_command_carrier(net::Loop&, const settings::DeliveryChannel&);
base::Result<std::unique_ptr<Carrier>> make_webhook_carrier(net::Loop&, const settings::DeliveryChannel&);
base::Result<std::unique_ptr<Carrier>> make_mail_carrier(net::Loop&, const settings::DeliveryChannel&);

}  // namespace sallyport::delivery
