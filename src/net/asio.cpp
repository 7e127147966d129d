// The compiled part of Asio, once.
#include "net/asio.h"

#include <boost/asio/impl/src.hpp>
