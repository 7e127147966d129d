#pragma once
// Bugs that are planted on purpose, so that the simulation can show that it finds them. Only a build for tests
// (SALLYPORT_PLANTED_BUGS) can have one, chosen at run time; elsewhere planted() is the constant false and
// costs nothing.
#include <string_view>

namespace sallyport::base {

#ifdef SALLYPORT_PLANTED_BUGS
inline std::string_view planted_bug;  // set before any thread begins
inline bool planted(std::string_view name) { return !planted_bug.empty() && planted_bug == name; }
#else
constexpr bool planted(std::string_view) { return false; }
#endif

}  // namespace sallyport::base
