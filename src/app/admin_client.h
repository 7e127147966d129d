#pragma once
// The authentication service's admin API (docs/openapi.yaml) from a process that waits for each answer.
#include <boost/json/object.hpp>
#include <memory>
#include <string>

#include "app/commands.h"
#include "base/result.h"
#include "net/http_client.h"
#include "net/loop.h"
#include "net/resolver.h"

namespace sallyport::app {

class AdminClient {
 public:
  static base::Result<std::unique_ptr<AdminClient>> make(const AdminOptions&);

  // `path` behind /admin/v1/. The error is the service's own sentence, or why it could not be asked.
  base::Result<boost::json::object> get(const std::string& path);
  base::Result<boost::json::object> post(const std::string& path, const boost::json::object& body);

 private:
  AdminClient() = default;
  base::Result<boost::json::object> ask(const std::string& path, std::string body);
  net::Loop loop_;
  net::Resolver resolver_;
  std::unique_ptr<net::HttpClient> client_;
  std::string url_;
  std::vector<net::Endpoint> addresses_;
};

// The value of a query of a URL (RFC 3986 section 2.1).
std::string percent_encoded(std::string_view text);

// Prints "COMMAND: what" to standard error; exit code 1.
int failed(const char* command, const base::Error& error);

}  // namespace sallyport::app
