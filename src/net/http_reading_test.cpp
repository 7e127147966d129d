// However a message comes in pieces, it is read alike, and no end of them breaks the parser.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "net/beast.h"

namespace sallyport::net {
namespace {

constexpr std::string_view answers[] = {
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0;a=b\r\nX: y\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n1\r\n!\r\n0\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;x\r\nh\r\n000\r\nA: b\r\nC: d\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0;\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi",
    "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n0\r\n",
    "HTTP/1.1 200 OK\r\n\r\nuntil the end",
    "HTTP/1.1 204 No Content\r\n\r\n",
    "HTTP/1.1 100 Continue\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nno field\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0x\r\n\r\n",
    "SSH-2.0-OpenSSH_9.2\r\n",
    "\r\n",
};

struct Read {
  bool whole = false;  // else refused, or still not whole at the end: no answer in either case
  std::string body;
  bool operator==(const Read&) const = default;
};

Read read(const std::vector<std::string_view>& pieces) {
  HttpReading<false> reading(4096, 1000);
  std::string in;
  Read out;
  for (const auto piece : pieces) {
    in += piece;
    for (int again = 0; again < 2; ++again)  // as a connection does that is told of readiness for nothing
      if (reading.take(in)) return {.whole = false, .body = {}};
    if (reading.parser.is_done()) break;
  }
  out.whole = reading.parser.is_done() || reading.ends_whole();
  out.body = out.whole ? reading.parser.get().body() : "";
  return out;
}

TEST(HttpReading, is_the_same_in_any_two_or_three_pieces_and_octet_by_octet) {
  for (const auto text : answers) {
    SCOPED_TRACE(text);
    const auto at_once = read({text});
    for (std::size_t i = 0; i <= text.size(); ++i)
      for (std::size_t j = i; j <= text.size(); ++j)
        EXPECT_EQ(read({text.substr(0, i), text.substr(i, j - i), text.substr(j)}), at_once) << i << " " << j;
    std::vector<std::string_view> octets;
    for (std::size_t i = 0; i < text.size(); ++i) octets.push_back(text.substr(i, 1));
    EXPECT_EQ(read(octets), at_once);
  }
}

TEST(HttpReading, ends_anywhere) {
  for (const auto text : answers)
    for (std::size_t i = 0; i < text.size(); ++i)
      for (std::size_t j = 0; j <= i; ++j) read({text.substr(0, j), text.substr(j, i - j)});
  EXPECT_FALSE(read({}).whole);
}

}  // namespace
}  // namespace sallyport::net
