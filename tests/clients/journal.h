#pragma once
// What became of each login, a line of JSON each, and of all of them. Times are seconds of the monotonic clock,
// which every process of the machine shares.
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace sallyport::clients {

enum class Kind { good, wrong_password, wrong_code };
enum class Way { same_packet, new_id, new_socket };          // how a client tries again
enum class Verdict { none, accept, reject, other, forged };  // forged: its authenticators are wrong

struct Entry {
  std::uint64_t number = 0;
  int client = 0;
  Way way = Way::same_packet;
  std::string_view user;
  Kind kind = Kind::good;
  base::SteadyTime sent, ended;
  int tries = 0;
  Verdict verdict = Verdict::none;
  std::string_view reply_message;
};

class Journal {
 public:
  static base::Result<Journal> open(const std::string& file);
  void write(const Entry&);
  [[nodiscard]] std::string summary();  // one line of JSON

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  std::unique_ptr<std::FILE, Close> file_;
  std::uint64_t logins_ = 0, accepted_ = 0, rejected_ = 0, no_answer_ = 0, forged_ = 0, unexpected_ = 0,
                packets_ = 0;
  std::vector<float> milliseconds_;
};

}  // namespace sallyport::clients
