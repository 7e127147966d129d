#pragma once
// Where the service's name leads: asked again every 30 s in the background, so that no login waits for a name
// server but the first; when asking fails the last good addresses stay. An address where the service has
// answered over mutual TLS is proven and kept for a week: it stands before others that the name leads to, and
// behind them when the name does not lead there any more. What was proven before a restart serves until the
// name server has answered for the first time, when that fails or takes longer than a moment. A name that was
// bent to lead back to this machine is not followed while there are proven ones. Pure: the asking is the
// channel's.
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "net/endpoint.h"

namespace sallyport::cloud {

class ServiceAddresses {
 public:
  static constexpr base::Duration refresh_interval = std::chrono::seconds(30);
  static constexpr base::Duration retry_interval = std::chrono::seconds(1);  // while there is none to go by

  static constexpr base::Duration proof_holds = std::chrono::days(7);
  static constexpr std::size_t most_proven = 16;
  static constexpr base::Duration patience = std::chrono::milliseconds(250);  // with the first answer
  static constexpr base::Duration preference_holds = std::chrono::minutes(5);

  // `is_bent`: all of them lead back here, and nobody expects that.
  void found(base::Result<std::vector<net::Endpoint>>, bool is_bent, base::SteadyTime now);
  // `when` the service answered there last: now, or before, when another channel or an earlier run has seen it.
  void proven(const net::Endpoint&, base::SteadyTime when, base::SteadyTime now);
  // Stands first for some minutes, where it is in the list: it has answered where others did not.
  void prefer(const net::Endpoint&, base::SteadyTime now);
  // The name server's first answer is; until it comes the proven ones serve.
  void is_overdue(base::SteadyTime now);
  [[nodiscard]] bool is_bent() const { return is_bent_; }
  [[nodiscard]] bool is_known() const {
    return !answer_.empty() || !why_none_.empty();
  }  // where the name leads
  // The name does, by the newest good answer.
  [[nodiscard]] bool leads_to(const net::Address&) const;
  // Another one of the list, of the other family if it has one; and all those of the other family.
  [[nodiscard]] std::optional<net::Endpoint> other_than(const net::Address&) const;
  [[nodiscard]] std::vector<net::Endpoint> of_other_family_than(const net::Address&) const;
  [[nodiscard]] base::SteadyTime preferred_since() const { return preferred_since_; }
  [[nodiscard]] std::string whereto() const;  // "203.0.113.1, 203.0.113.2", or why nowhere
  [[nodiscard]] const std::vector<net::Endpoint>& list() const { return list_; }
  [[nodiscard]] base::SteadyTime next_question() const { return next_question_; }
  [[nodiscard]] const std::string& why_none() const {
    return why_none_;
  }  // of the newest answer; empty: it was good

 private:
  struct Proven {
    net::Endpoint endpoint;
    base::SteadyTime when;
  };
  void make_list(base::SteadyTime now);
  [[nodiscard]] bool is_proven(const net::Endpoint&) const;

  std::vector<Proven> proven_;
  std::vector<net::Endpoint> answer_;  // the newest good one
  bool is_bent_ = false;
  bool goes_by_proven_ = false;  // there was no good answer yet, and it is not waited for
  std::optional<net::Endpoint> preferred_;
  base::SteadyTime preferred_since_{};
  std::vector<net::Endpoint> list_;
  base::SteadyTime next_question_{};
  std::string why_none_;
};

// Loopback, unspecified, link-local, or one of `own`.
bool leads_home(const net::Address&, std::span<const net::Address> own);

// The settings themselves say that the service is here: "localhost", this host's own name, a literal.
bool names_home(std::string_view url_host, std::string_view own_host_name);

std::vector<net::Address> own_addresses();  // of this machine's interfaces; asks the kernel
std::string own_host_name();

}  // namespace sallyport::cloud
