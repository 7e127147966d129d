#pragma once
// libcurl, for .cpp files of this room only: its multi interface driven by a loop. Descriptors stay registered
// in an epoll of their own between exchanges, so that one over a kept connection costs no call to change its
// interest.
#include <curl/curl.h>

#include <functional>
#include <memory>
#include <optional>
#include <unordered_map>

#include "net/descriptor.h"
#include "net/loop.h"

namespace sallyport::net {

class CurlMulti {
 public:
  using Ended = std::function<void(CURL*, CURLcode)>;
  CurlMulti(Loop&, std::size_t kept_connections, Ended);
  ~CurlMulti();
  CurlMulti(const CurlMulti&) = delete;
  CurlMulti& operator=(const CurlMulti&) = delete;

  [[nodiscard]] bool good() const { return multi_ != nullptr && epoll_; }
  void close();     // before what the connections use; nothing is called afterwards
  bool add(CURL*);  // its first step is taken when this turn of the loop ends
  void remove(CURL*);
  void closing(curl_socket_t);  // from CURLOPT_CLOSESOCKETFUNCTION

 private:
  static int on_interest(CURL*, curl_socket_t, int what, void* self, void*);
  static int on_timeout(CURLM*, long milliseconds, void* self);
  void want(curl_socket_t, std::uint32_t events);
  void serve();
  void kick();
  void act(curl_socket_t, int events);
  void collect();

  Loop& loop_;
  Ended ended_;
  CURLM* multi_;
  Descriptor epoll_;
  std::unordered_map<curl_socket_t, std::uint32_t> wanted_;      // by libcurl now; 0 between exchanges
  std::unordered_map<curl_socket_t, std::uint32_t> registered_;  // in epoll_
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  bool kick_due_ = false;
  Timer timer_;
  std::optional<Watch> watch_;
};

}  // namespace sallyport::net
