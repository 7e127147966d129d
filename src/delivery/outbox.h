#pragma once
// Where the code that wants something brought to a user puts it down. `send` never waits and may be called from
// any thread; what happens then is the channels' business: each channel that carries the kind tries until it is
// delivered or its life is over, and never delivers after that. Two deliveries of one kind, user and
// destination are never under way at the same time, and a code does not arrive after a newer one that
// replaced it.
#include <chrono>
#include <string>

#include "base/secret.h"
#include "settings/delivery.h"

namespace sallyport::delivery {

struct Delivery {
  using Kind = settings::DeliveryKind;  // push, sms, voice, email, notice
  Kind kind = Kind::push;
  std::string channel{};  // by its name; empty: each that carries the kind
  std::string account, user;
  std::string credential;      // its id; may be empty
  std::string destination;     // telephone number or e-mail address; may be empty for a push
  std::string text;            // for the user to read; may be empty, never holds the code
  base::Secret code;           // sms, voice, email
  std::string transaction_id;  // push
  std::string number;          // push: the number challenge; may be empty
  std::string event{};         // notice: what has happened, a word for programs
  std::string headline{};      // notice: the same in a few words
  std::chrono::seconds life{};
};

class Outbox {
 public:
  virtual ~Outbox() = default;
  virtual void send(Delivery) = 0;
  // Is there a channel for this kind? Who asks first can tell its own caller that nothing would be sent.
  [[nodiscard]] virtual bool carries(Delivery::Kind) const = 0;
};

}  // namespace sallyport::delivery
