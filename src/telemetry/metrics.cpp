#include "telemetry/metrics.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <list>
#include <map>
#include <mutex>

#include "base/invariant.h"

namespace sallyport::telemetry {
namespace {

enum class Kind { counter, histogram, gauge };

struct Gauge {
  std::function<double()> read;
};

// What gauge() returns. When it goes, no scrape is reading any more, and none will.
struct GaugeToken {
  std::shared_ptr<std::mutex> lock;
  std::shared_ptr<Gauge> gauge;
  ~GaugeToken() {
    const std::lock_guard guard(*lock);
    gauge.reset();
  }
};

struct Series {  // of one label set: all instances are summed
  std::vector<std::shared_ptr<Counter>> counters;
  std::vector<std::shared_ptr<Histogram>> histograms;
  std::list<std::weak_ptr<Gauge>> gauges;
};

struct Family {
  Kind kind;
  std::string help;
  std::map<std::string, Series> series;  // by the text of the labels
};

// Exposition format 0.0.4: backslash, quotation mark and line feed are escaped; in HELP the mark is not.
std::string escaped(std::string_view text, bool quotes) {
  std::string out;
  for (char c : text) {
    if (c == '\\')
      out += "\\\\";
    else if (c == '\n')
      out += "\\n";
    else if (c == '"' && quotes)
      out += "\\\"";
    else
      out += c;
  }
  return out;
}

bool is_name(std::string_view name) {
  return !name.empty() && (name.front() < '0' || name.front() > '9') &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") ==
             std::string_view::npos;
}

std::string labels_text(Labels labels) {
  std::sort(labels.begin(), labels.end());
  std::string out;
  for (const auto& [name, value] : labels) {
    SALLYPORT_INVARIANT(is_name(name) && name != "le");
    fmt::format_to(std::back_inserter(out), "{}{}=\"{}\"", out.empty() ? "" : ",", name, escaped(value, true));
  }
  return out;
}

std::string in_braces(std::string_view labels, std::string_view more = "") {
  if (labels.empty() && more.empty()) return "";
  return fmt::format("{{{}{}{}}}", labels, labels.empty() || more.empty() ? "" : ",", more);
}

std::string number(double value) {
  if (value != value) return "NaN";
  if (value > 1.7e308) return "+Inf";
  if (value < -1.7e308) return "-Inf";
  return fmt::format("{}", value);
}

void write_histogram(std::string& out, const std::string& name, const std::string& labels,
                     const Series& series) {
  const auto to = std::back_inserter(out);
  std::uint64_t total = 0;
  double sum = 0;
  for (std::size_t bucket = 0; bucket <= Histogram::bounds.size(); ++bucket) {
    for (const auto& one : series.histograms) total += one->count(bucket);
    const auto le =
        bucket < Histogram::bounds.size() ? fmt::format("le=\"{}\"", Histogram::bounds[bucket]) : "le=\"+Inf\"";
    fmt::format_to(to, "{}_bucket{} {}\n", name, in_braces(labels, le), total);
  }
  for (const auto& one : series.histograms) sum += one->sum_seconds();
  fmt::format_to(to, "{}_sum{} {}\n{}_count{} {}\n", name, in_braces(labels), number(sum), name,
                 in_braces(labels), total);
}

void write_series(std::string& out, Kind kind, const std::string& name, const std::string& labels,
                  const Series& series) {
  const auto to = std::back_inserter(out);
  if (kind == Kind::histogram) return write_histogram(out, name, labels, series);
  if (kind == Kind::counter) {
    std::uint64_t sum = 0;
    for (const auto& one : series.counters) sum += one->value();
    fmt::format_to(to, "{}{} {}\n", name, in_braces(labels), sum);
    return;
  }
  double sum = 0;
  bool some = false;
  for (const auto& weak : series.gauges)
    if (const auto gauge = weak.lock()) {
      sum += gauge->read();
      some = true;
    }
  if (some) fmt::format_to(to, "{}{} {}\n", name, in_braces(labels), number(sum));
}

}  // namespace

void Histogram::observe(base::Duration took) {
  const double seconds = std::chrono::duration<double>(took).count();
  const auto bound = std::lower_bound(bounds.begin(), bounds.end(), seconds);
  counts_[static_cast<std::size_t>(bound - bounds.begin())].fetch_add(1, std::memory_order_relaxed);
  if (took.count() > 0)
    nanoseconds_.fetch_add(static_cast<std::uint64_t>(took.count()), std::memory_order_relaxed);
}

struct Metrics::State {
  std::shared_ptr<std::mutex> lock = std::make_shared<std::mutex>();
  std::map<std::string, Family, std::less<>> families;

  Series& series(std::string_view name, std::string_view help, Kind kind, Labels labels) {
    SALLYPORT_INVARIANT(is_name(name));
    auto found = families.find(name);
    if (found == families.end()) found = families.emplace(name, Family{kind, std::string(help), {}}).first;
    SALLYPORT_INVARIANT(found->second.kind == kind);
    return found->second.series[labels_text(std::move(labels))];
  }
};

Metrics::Metrics() : state_(std::make_unique<State>()) {}
Metrics::~Metrics() = default;

std::shared_ptr<Counter> Metrics::counter(std::string_view name, std::string_view help, Labels labels) {
  SALLYPORT_INVARIANT(name.ends_with("_total"));
  const std::lock_guard guard(*state_->lock);
  return state_->series(name, help, Kind::counter, std::move(labels))
      .counters.emplace_back(std::make_shared<Counter>());
}

std::shared_ptr<Histogram> Metrics::histogram(std::string_view name, std::string_view help, Labels labels) {
  const std::lock_guard guard(*state_->lock);
  return state_->series(name, help, Kind::histogram, std::move(labels))
      .histograms.emplace_back(std::make_shared<Histogram>());
}

std::shared_ptr<void> Metrics::gauge(std::string_view name, std::string_view help, Labels labels,
                                     std::function<double()> read) {
  auto gauge = std::make_shared<Gauge>(std::move(read));
  const std::lock_guard guard(*state_->lock);
  auto& gauges = state_->series(name, help, Kind::gauge, std::move(labels)).gauges;
  gauges.remove_if([](const auto& old) { return old.expired(); });
  gauges.emplace_back(gauge);
  auto token = std::make_shared<GaugeToken>();
  token->lock = state_->lock;
  token->gauge = std::move(gauge);
  return token;
}

std::string Metrics::text() const {
  const std::lock_guard guard(*state_->lock);
  std::string out;
  for (const auto& [name, family] : state_->families) {
    constexpr std::string_view kinds[] = {"counter", "histogram", "gauge"};
    std::string body;
    for (const auto& [labels, series] : family.series) write_series(body, family.kind, name, labels, series);
    if (!body.empty())
      fmt::format_to(std::back_inserter(out), "# HELP {} {}\n# TYPE {} {}\n{}", name,
                     escaped(family.help, false), name, kinds[static_cast<std::size_t>(family.kind)], body);
  }
  return out;
}

}  // namespace sallyport::telemetry
