#pragma once
// What may stand in no line that the gateway writes: passwords, codes that users typed, RADIUS secrets.
#include <algorithm>
#include <cctype>
#include <string>
#include <string_view>
#include <unordered_set>

namespace sallyport::sim {

inline constexpr std::string_view right_password = "correct horse battery";
inline constexpr std::string_view wrong_password = "wrong horse battery";
inline constexpr std::string_view radius_secret = "a-secret-of-16-or-more";

class Secrets {
 public:
  void types(const std::string& code) { codes_.insert(code); }

  // Which kind of secret stands in it, or nothing. A code counts as a word of its own: within a random
  // identifier, or as the fraction of a time ("...05.123456Z"), its digits are chance.
  [[nodiscard]] std::string found_in(std::string_view line) const {
    for (const auto password : {right_password, wrong_password})
      if (line.contains(password)) return "a password";
    if (line.contains(radius_secret)) return "a RADIUS secret";
    const auto is_in_word = [](unsigned char letter) { return std::isalnum(letter) != 0; };
    for (auto begin = line.begin(); begin != line.end();) {
      begin = std::find_if(begin, line.end(), is_in_word);
      const auto end = std::find_if_not(begin, line.end(), is_in_word);
      if (end - begin == code_digits && codes_.contains(std::string(begin, end))) return "a code";
      begin = end;
    }
    return {};
  }

 private:
  static constexpr std::ptrdiff_t code_digits = 6;
  std::unordered_set<std::string> codes_;
};

}  // namespace sallyport::sim
