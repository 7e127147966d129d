// What a client sends as State: nothing opens that was not sealed here. A first octet of 'S' says that the rest
// is sealed first, and changed at the place and by the octet that stand at its end.
#include "server/sealed_state.h"
#include "target.h"

using namespace sallyport;

int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
  static const server::StateSeal seal(base::Secret("a cluster key of the fuzzer"),
                                      {base::Secret("an older cluster key of it")});
  constexpr base::WallTime now(std::chrono::seconds(1'700'000'000));
  constexpr auto life = std::chrono::minutes(5);
  const base::ByteView input(octets, size);
  SALLYPORT_INVARIANT(!seal.open(input, {"vpn", "gate", {}}, now, life).has_value());
  if (size < 4 || octets[0] != 'S') return 0;
  base::ByteReader reader(input.subspan(1));
  const auto at = reader.u8(), by = reader.u8(), how = reader.u8();
  server::Carried carried;
  carried.issued = now;
  carried.challenged.asks = static_cast<validation::Challenged::Asks>(how % 4);
  for (std::size_t i = 0; i < how % 10U; ++i)
    carried.challenged.offers.push_back(
        {static_cast<validation::Method>(i % validation::methods), reader.u8()});
  const auto text = base::as_text(reader.octets(reader.left()));
  carried.login_id = text.substr(0, 40);
  carried.challenged.transaction_id = text.substr(text.size() > 40 ? text.size() - 40 : 0);
  carried.challenged.number = text.substr(0, 8);
  auto state = seal.seal(carried, {"vpn", "gate", {}});
  SALLYPORT_INVARIANT(state.size() <= radius::max_attribute_value);
  const auto opened = seal.open(state, {"vpn", "gate", {}}, now, life);
  SALLYPORT_INVARIANT(opened && opened->login_id == carried.login_id &&
                      opened->challenged.number == carried.challenged.number &&
                      opened->challenged.offers == carried.challenged.offers);
  auto& changed = state[at % state.size()];
  changed = static_cast<std::uint8_t>(changed ^ by);
  SALLYPORT_INVARIANT((by == 0) == seal.open(state, {"vpn", "gate", {}}, now, life).has_value());
  return 0;
}
