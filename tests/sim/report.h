#pragma once
// The figures of a run, for a person.
#include "world.h"

namespace sallyport::sim {

void print(const Sum&);

}  // namespace sallyport::sim
