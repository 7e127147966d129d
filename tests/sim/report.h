#pragma once
// The figures of a run, for a person.
#include "world.h"

namespace sallyport::sim {

void print(const Sum&);
// Each edge of the drawing at least so often.
bool saw_every_edge(const Sum&, std::size_t least);

}  // namespace sallyport::sim
