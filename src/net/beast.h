#pragma once
// Boost.Beast's HTTP parser, for .cpp files of this room only.
#define BOOST_BEAST_SEPARATE_COMPILATION
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <string>

namespace sallyport::net {

// One message, from octets that come in any pieces.
template <bool is_request>
struct HttpReading {
  boost::beast::http::parser<is_request, boost::beast::http::string_body> parser;
  std::size_t header_limit, header_octets = 0;
  std::size_t waits_with = 0;  // octets that were looked at and are not enough

  HttpReading(std::size_t most_of_header, std::size_t most_of_body) : header_limit(most_of_header) {
    parser.header_limit(static_cast<std::uint32_t>(header_limit));
    parser.body_limit(static_cast<std::uint64_t>(most_of_body));
  }

  // Takes from the front of `in` what belongs to the message, as far as it is there.
  boost::system::error_code take(std::string& in) {
    namespace http = boost::beast::http;
    if (in.empty() || in.size() == waits_with) return {};
    boost::system::error_code error;
    std::size_t used = 0;
    // A body's octets come in pieces, as chunks do: go on while something is taken. The header is taken alone,
    // for the parser counts its octets anew in each call.
    do {
      const bool in_header = !parser.is_header_done();
      if (!in_header && parser.chunked() && may_be_cut_last_chunk(in)) break;
      parser.eager(!in_header);
      used = parser.put(boost::asio::buffer(in), error);
      in.erase(0, used);
      if (in_header) header_octets += used;
      if (header_octets > header_limit) error = http::error::header_limit;
    } while (!error && used > 0 && !in.empty() && !parser.is_done());
    waits_with = in.size();
    // What waits for more is a line of the framing, of whatever length the peer likes (RFC 9112, 7.1.1).
    if ((!error || error == http::error::need_more) && in.size() > header_limit && !parser.is_done())
      return http::error::header_limit;
    return error == http::error::need_more ? boost::system::error_code{} : error;
  }

  // Once Beast 1.81 has seen the last chunk's "0 CRLF", it asserts that it is shown five octets or more.
  static bool may_be_cut_last_chunk(const std::string& in) {
    return in.size() < 5 && in.find_first_not_of("0\r\n") == std::string::npos;
  }

  // The peer has closed: whether the message is whole, which that may be how it says (RFC 9112, 6.3).
  bool ends_whole() {
    boost::system::error_code error;
    if (parser.got_some()) parser.put_eof(error);
    return !error && parser.is_done();
  }
};

}  // namespace sallyport::net
