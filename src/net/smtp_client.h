#pragma once
// Mail to one SMTP server (RFC 5321), by STARTTLS or TLS from the first octet. libcurl waits for the server's
// farewell when a connection ends, so each message has a thread for as long as it takes and no loop waits; the
// caller bounds how many there are.
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/secret.h"
#include "net/endpoint.h"
#include "net/loop.h"
#include "net/tls.h"

namespace sallyport::net {

enum class SmtpSecurity { starttls, tls, none };  // starttls: nothing is sent when the server has none

struct SmtpMessage {
  std::vector<Endpoint> addresses;  // of the host, in order of preference
  std::string from, to;    // addresses, without brackets; no blank, control character or bracket in them
  base::Secret octets;     // header and body, lines that end with CR LF
  base::Duration limit{};  // until the server has taken it
};

struct SmtpAnswer {
  bool accepted = false;
  bool message_refused = false;  // the server refused the recipient or the message, not us
  int reply = 0;                 // the server's last reply code, 0 when there was none
  std::string detail;            // for the log
};

class SmtpClient {
 public:
  using Done = std::move_only_function<void(SmtpAnswer)>;
  struct Options {
    TlsClient tls;  // its identity is not used
    std::string host;
    std::uint16_t port = 587;
    SmtpSecurity security = SmtpSecurity::starttls;
    std::string hello_name;  // what EHLO says
    std::string user;        // empty: nobody signs in
    base::Secret password;
  };
  static base::Result<std::unique_ptr<SmtpClient>> make(Loop&, Options);
  virtual ~SmtpClient() = default;  // breaks off what is under way; `done` is not called any more

  // `done` is called exactly once, in the loop, never from inside start().
  virtual void start(SmtpMessage, Done done) = 0;
};

}  // namespace sallyport::net
