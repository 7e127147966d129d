#pragma once
// Who came in by business continuity, from the lines of the record as they come: each login with the service's
// late verdict on it, without those that were withdrawn. At most the newest ten thousand are kept.
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>

#include "app/audit_lines.h"

namespace sallyport::app {

class Review {
 public:
  static constexpr std::size_t most = 10'000;

  // `newest_outage`: logins before it are left out unsaid. Two logins are of one outage when it had begun
  // before the first came in, or when no hour lies between them.
  Review(LineFilter filter, bool newest_outage, std::size_t limit = most)
      : filter_(std::move(filter)), newest_outage_(newest_outage), limit_(limit) {}

  void see(const boost::json::object& line);

  // In the record's order: its line without number and MAC, and "late": "good", "refused" or "". With a `late`
  // only those of whom the service said so. Where an operator had a session ended: "disconnect" and "why".
  [[nodiscard]] boost::json::array logins(const std::string& late = {}) const;
  [[nodiscard]] std::uint64_t left_out() const { return left_out_; }  // older ones, beyond the limit

 private:
  void let_in(const boost::json::object& line);
  void begin_outage_unless_it_goes_on(const boost::json::object& line);
  void add(const std::string& login, const boost::json::object& line);

  LineFilter filter_;
  bool newest_outage_;
  std::size_t limit_;
  std::optional<base::WallTime> newest_;  // of the logins so far
  std::uint64_t next_ = 0, left_out_ = 0;
  std::map<std::uint64_t, boost::json::object> logins_;
  std::unordered_map<std::string, std::uint64_t> places_;  // by login id, in logins_
};

}  // namespace sallyport::app
