// The State that a challenge carries: sealed when it leaves, opened when its answer comes.
#include "codec/allocations.h"
#include "server/sealed_state.h"

namespace sallyport::bench {
namespace {

constexpr base::WallTime now(std::chrono::seconds(1'700'000'000));
constexpr auto life = std::chrono::minutes(5);
const server::BoundTo bound{"vpn", "vpn-gate-1", base::as_bytes("nas-1")};

const server::StateSeal& seal() {
  static const server::StateSeal made(base::Secret("a cluster key of the bench"), {});
  return made;
}

server::Carried carried() {
  server::Carried made;
  made.challenged.asks = validation::Challenged::Asks::push;
  made.challenged.transaction_id = "0123456789abcdef";
  made.login_id = "sp1_0123456789abcdefghijkl";
  made.user = seal().tag_of("user01234");
  made.issued = now;
  return made;
}

void state_seal(benchmark::State& state) {
  const auto what = carried();
  measure(state, [&what] { return seal().seal(what, bound).size(); });
}
void state_open(benchmark::State& state) {
  const auto sealed = seal().seal(carried(), bound);
  const auto open = [&sealed] { return seal().open(sealed, bound, now, life).has_value(); };
  if (!open()) return state.SkipWithError("the State does not open");
  measure(state, open);
}

BENCHMARK(state_seal);
BENCHMARK(state_open);

}  // namespace
}  // namespace sallyport::bench
