#pragma once
// Boost.Beast's HTTP parser, for .cpp files of this room only.
#define BOOST_BEAST_SEPARATE_COMPILATION
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
