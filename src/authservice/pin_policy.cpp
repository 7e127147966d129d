#include "authservice/pin_policy.h"

#include "text/utf8.h"

namespace sallyport::authservice {

bool is_simple(std::string_view pin) {
  if (pin.size() < 2) return true;
  const int step = pin[1] - pin[0];
  if (step < -1 || step > 1) return false;
  for (std::size_t i = 1; i < pin.size(); ++i)
    if (pin[i] - pin[i - 1] != step) return false;
  return true;
}

bool meets(const PinPolicy& policy, std::string_view pin) {
  return text::count_characters(pin) >= static_cast<std::size_t>(policy.min_length) &&
         (policy.simple_allowed || !is_simple(pin));
}

PinAge pin_age(const User& user, const PinPolicy& policy, std::int64_t now) {
  PinAge age;
  if (policy.life.count() > 0) age.expires = user.pin_set_at + std::chrono::microseconds(policy.life).count();
  age.expired = user.pin_expired || (age.expires && now >= *age.expires);
  return age;
}

}  // namespace sallyport::authservice
