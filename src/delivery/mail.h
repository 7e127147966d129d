#pragma once
// A text message of Internet mail (RFC 5322, MIME) as octets, and the templates its words come from. Whatever
// the values hold, they cannot end a header field, add one, or name a second recipient.
#include <string>
#include <string_view>

#include "base/time.h"
#include "delivery/parcel.h"

namespace sallyport::delivery {

struct Mail {
  std::string from, to;  // addresses that is_mail_address() takes
  std::string subject, body;
  std::string message_id;  // without brackets
  base::WallTime date;
};
base::Secret octets_of(const Mail&);

// local@domain of RFC 5321 in ASCII, without quoted or commented parts, at most 254 octets.
bool is_mail_address(std::string_view);

// `words` with {code}, {minutes} (of life left, rounded up), {user}, {text} and {headline} filled in. What is
// filled in is not read again for braces.
base::Secret fill(std::string_view words, const Parcel&, base::SteadyTime now);

}  // namespace sallyport::delivery
