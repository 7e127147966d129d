#pragma once
// The answers of the last minute, for clients that ask again because an answer was lost: a repeated request
// gets its first answer, and spends nothing. Only ids of the form `sp1_` + at least 22 base-62 characters count
// (other clients send fixed or tiny ids), bound to the client certificate and to a hash of the whole body; the
// same id with another body is a conflict. Answers are rows of the database, written in the transaction that
// does the work; the places of the rows are kept in memory. Belongs to the database thread.
#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "authservice/outcome.h"
#include "base/time.h"
#include "store/queries.h"

namespace sallyport::authservice {

bool is_idempotent_id(std::string_view request_id);

struct RequestMark {                       // made by the worker that took the request
  std::array<std::uint8_t, 32> request{};  // SHA-256 over certificate and request id
  std::array<std::uint8_t, 32> body{};     // SHA-256 over URL's operation and body
};
// Nothing when the id is not of the form.
std::optional<RequestMark> mark_request(std::string_view certificate_fingerprint, std::string_view request_id,
                                        std::string_view body);

enum class Repeated { first_time, another_body, full };

class Answered {
 public:
  static constexpr std::chrono::seconds life{60};
  static constexpr std::size_t limit = 2'000'000;  // rows: a minute of 33,000 logins a second

  explicit Answered(store::Queries& queries) : queries_(queries) {}
  void load(base::Time now);  // at start

  // The first answer, or why there is none.
  std::expected<Outcome, Repeated> find(const RequestMark&, base::Time now);
  void keep(const RequestMark&, const Outcome&, base::Time now);
  void purge(base::Time now);  // rows past their life; in a transaction of the caller's
  [[nodiscard]] bool has_expired(base::Time now) const;

  void committed();
  void rolled_back();  // what was kept since the last commit never was
  [[nodiscard]] std::size_t size() const { return places_.size(); }

 private:
  struct Aged {
    base::SteadyTime until;
    std::int64_t row;
    std::uint64_t place;
  };
  static std::uint64_t place_of(const RequestMark&);

  store::Queries& queries_;
  std::unordered_map<std::uint64_t, std::int64_t> places_;
  std::deque<Aged> aging_;            // oldest first
  std::vector<std::uint64_t> fresh_;  // since the last commit
  std::size_t fresh_aging_ = 0;
  std::int64_t next_row_ = 1;
};

}  // namespace sallyport::authservice
