#pragma once
// The authentication service: it spends each code once, answers a repeated request as it did the first time,
// and knows what the users do with their phones.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "base/time.h"

namespace sallyport::sim {

class Service {
 public:
  enum class Word : std::uint8_t { good, refused, unknown_user };
  enum class Phone : std::uint8_t { approves, denies, lies_there };

  // What the user will type, and do, from now on.
  void expect(const std::string& user, std::string code, Phone, base::Duration phone_takes);

  Word authenticate(const std::string& user, std::string_view code, const std::string& request_id);
  // The push's transaction; the same one for the same request.
  std::string push(const std::string& user, const std::string& request_id, base::SteadyTime now);
  struct Push {
    std::string user;
    Phone phone{};
    base::SteadyTime touched{};  // when the user does it
  };
  [[nodiscard]] const Push* find_push(const std::string& transaction) const;
  void forget_what_is_over();  // between episodes

 private:
  struct Expected {
    std::string code;
    Phone phone{};
    base::Duration phone_takes{};
    bool is_spent = false;
  };
  std::unordered_map<std::string, Expected> users_;
  std::unordered_map<std::string, Word> answers_;  // by request
  std::unordered_map<std::string, Push> pushes_;   // by transaction, which is the request
};

}  // namespace sallyport::sim
