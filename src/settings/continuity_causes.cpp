// [continuity.causes]: what some causes mean. The others cannot be set: to call a certificate that is not
// trusted an outage would be to open the door to whoever shows one, and a service that is not there is the
// outage.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "settings/rules.h"
#include "settings/sections.h"

namespace sallyport::settings {
namespace {

struct Fixed {
  std::string_view cause, why;
};
constexpr std::string_view always_outage = "always an outage: the service cannot be asked";
constexpr std::string_view always_alarm = "always an alarm and never an outage: somebody may have meant it";
constexpr std::array fixed_causes{
    Fixed{"name_not_resolved", always_outage},
    Fixed{"refused", always_outage},
    Fixed{"unreachable", always_outage},
    Fixed{"connect_timed_out", always_outage},
    Fixed{"proxy_failed", always_outage},
    Fixed{"timed_out", always_outage},
    Fixed{"reset", always_outage},
    Fixed{"malformed", always_outage},
    Fixed{"service_not_trusted", always_alarm},
    Fixed{"own_certificate_refused", always_alarm},
    Fixed{"refused_by_service", always_alarm},
    Fixed{"redirected", always_alarm},
    Fixed{"clock_doubtful", always_alarm},
    Fixed{"local", "never an outage: it is trouble of this gateway itself"},
    Fixed{"answered", "what there is no outage with"},
};

// What is left of the table when those that cannot be set have been refused.
Node without_fixed(const Node& table, const Spot& spot) {
  Node out = table;
  out.items.clear();
  out.keys.clear();
  out.key_lines.clear();
  for (std::size_t i = 0; i < table.keys.size(); ++i) {
    const auto fixed = std::ranges::find(fixed_causes, table.keys[i], &Fixed::cause);
    if (fixed != fixed_causes.end()) {
      spot.key(fixed->cause, table.key_lines[i])
          .wrong(fmt::format("expected no such key, for {} is {}", fixed->cause, fixed->why));
      continue;
    }
    out.items.push_back(table.items[i]);
    out.keys.push_back(table.keys[i]);
    out.key_lines.push_back(table.key_lines[i]);
  }
  return out;
}

template <class M>
Rule<Causes> outage_or_alarm(M Causes::* member) {
  return choice<Causes, M>(member, {{"outage", Meaning::outage}, {"alarm", Meaning::alarm}});
}

Section<Causes> causes_section() {
  return {
      .doc =
          "What some causes mean, by the names that `sallyport status`, the log and the metrics give them: "
          "an `outage` opens business continuity when it lasts, an `alarm` never does. All other causes "
          "are what they are.",
      .keys = {{.name = "own_certificate_expired",
                .rule = outage_or_alarm(&Causes::own_certificate_expired),
                .default_words = "as `profile` says",
                .example = "\"alarm\"",
                .doc = "The service refuses our certificate because it has expired, and our clock is right."},
               {.name = "service_certificate_expired",
                .rule = outage_or_alarm(&Causes::service_certificate_expired),
                .default_words = "as `profile` says",
                .example = "\"alarm\"",
                .doc = "The service's certificate was good until it expired, and our clock is right."},
               {.name = "http_error",
                .rule = outage_or_alarm(&Causes::http_error),
                .default_toml = "\"outage\"",
                .example = "\"alarm\"",
                .doc = "An HTTP status of 500 or above, without a SOAP fault."},
               {.name = "service_error",
                .rule = outage_or_alarm(&Causes::service_error),
                .default_toml = "\"outage\"",
                .example = "\"alarm\"",
                .doc = "The service says itself that it has failed: 6005, 4879, or a fault of its side."},
               {.name = "throttled",
                .rule = choice<Causes, Meaning>(&Causes::throttled,
                                                {{"load", Meaning::load}, {"alarm", Meaning::alarm}}),
                .default_toml = "\"load\"",
                .example = "\"alarm\"",
                .doc =
                    "The service asks for fewer requests. `load`: we ask less, and it is an outage only when "
                    "it has refused even our slowest probes for `threshold`."}},
      .children = {},
      .check = {}};
}

}  // namespace

Child<Continuity> causes_table() {
  auto child = table("causes", &Continuity::causes, causes_section());
  child.read = [read = std::move(child.read)](Continuity& into, const Node* node, const Spot& spot) {
    if (node == nullptr || node->kind != NodeKind::table) return read(into, node, spot);
    const auto rest = without_fixed(*node, spot);
    read(into, &rest, spot);
  };
  return child;
}

}  // namespace sallyport::settings
