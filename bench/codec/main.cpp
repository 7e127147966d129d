// codec_bench: what reading and writing messages costs. Options are Google Benchmark's. Every operator new of
// this program is counted.
#include <cstdio>
#include <cstdlib>
#include <new>
#include <string>

#include "codec/allocations.h"

namespace {

std::uint64_t allocations = 0;  // one thread

void* counted(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}

bool counter_counts() {
  const auto before = allocations;
  const std::string long_text(1000, 'x');
  benchmark::DoNotOptimize(long_text.data());
  return allocations == before + 1;
}

}  // namespace

void* operator new(std::size_t size) { return counted(size); }
void* operator new[](std::size_t size) { return counted(size); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }

std::uint64_t sallyport::bench::allocations_so_far() { return allocations; }

int main(int count, char** words) {
  if (!counter_counts()) {
    std::fputs("allocations are not counted\n", stderr);
    return 2;
  }
  benchmark::Initialize(&count, words);
  if (benchmark::ReportUnrecognizedArguments(count, words)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
