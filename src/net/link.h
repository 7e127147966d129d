#pragma once
// A connection for a library that speaks its own protocol on a descriptor (libldap), with the connecting and
// the TLS done here, never blocking. The library gets one end of a socket pair (or the socket itself where no
// TLS can come); the other end is pumped to and from the network.
#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "net/endpoint.h"
#include "net/loop.h"
#include "net/tls.h"

namespace sallyport::net {

enum class LinkFailure {
  name_not_resolved,
  refused,
  unreachable,
  connect_timed_out,
  tls_failed,
  tls_timed_out,
  local
};

struct LinkError {
  LinkFailure reason;
  std::string detail;  // for the log, no secret: "certificate has expired", "Connection refused"
};

class LinkTls {  // a parsed TlsClient, shared by all connections of a directory
 public:
  static base::Result<std::shared_ptr<LinkTls>> make(const TlsClient&);
  virtual ~LinkTls() = default;
};

class Link {
 public:
  struct Target {
    Endpoint address;
    std::string host_name;         // for SNI and the certificate's name
    std::shared_ptr<LinkTls> tls;  // empty: plain for ever
    bool tls_at_once = false;      // ldaps; else start_tls() may follow
  };
  using Opened = std::function<void(base::Result<std::unique_ptr<Link>, LinkError>)>;
  using Done = std::function<void(base::Result<void, LinkError>)>;

  // `opened` is called exactly once, in the loop, within `time_limit` (connect and handshake together).
  static void open(Loop&, Target, base::Duration time_limit, Opened opened);
  virtual ~Link() = default;  // closes; nothing is called afterwards

  // Non-blocking; the caller owns it from now on (libldap closes its descriptor) and may ask once.
  virtual int take_descriptor() = 0;
  // After the library's StartTLS extended operation was answered. The descriptor stays the same.
  virtual void start_tls(base::Duration time_limit, Done done) = 0;
};

}  // namespace sallyport::net
