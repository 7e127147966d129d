#pragma once
// One measured thing: its time by Google Benchmark, and beside it the counter `allocations`, how often a turn
// called operator new. What a thread makes once is made before the first turn.
#include <benchmark/benchmark.h>

#include <cstdint>

namespace sallyport::bench {

std::uint64_t allocations_so_far();

template <class Work>
void measure(benchmark::State& state, Work work) {
  benchmark::DoNotOptimize(work());
  std::uint64_t made = 0;
  for (auto _ : state) {
    const auto before = allocations_so_far();
    benchmark::DoNotOptimize(work());
    made += allocations_so_far() - before;
  }
  state.counters["allocations"] = static_cast<double>(made) / static_cast<double>(state.iterations());
}

}  // namespace sallyport::bench
