// The compiled part of Beast, once.
#include "net/beast.h"

#include <boost/beast/src.hpp>
