#pragma once
// libcurl, for .cpp files of this room only: its multi interface driven by a loop.
#include <curl/curl.h>

#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "net/loop.h"

namespace sallyport::net {

template <class T>
T told(CURL* easy, CURLINFO which) {
  T value{};
  curl_easy_getinfo(easy, which, &value);
  return value;
}

class CurlList {  // an owned curl_slist
 public:
  ~CurlList() { curl_slist_free_all(list_); }
  CurlList() = default;
  CurlList(const CurlList&) = delete;
  CurlList& operator=(const CurlList&) = delete;
  curl_slist* set(const std::vector<std::string>& lines);

 private:
  curl_slist* list_ = nullptr;
};

class CurlMulti {
 public:
  using Ended = std::function<void(CURL*, CURLcode)>;
  CurlMulti(Loop&, Ended);
  ~CurlMulti();
  CurlMulti(const CurlMulti&) = delete;
  CurlMulti& operator=(const CurlMulti&) = delete;

  [[nodiscard]] bool good() const { return multi_ != nullptr; }
  void close();     // before what the connections use; nothing is called afterwards
  bool add(CURL*);  // its first step is taken when this turn of the loop ends
  [[nodiscard]] std::size_t handles() const { return handles_; }
  void remove(CURL*);
  void closing(curl_socket_t);  // from CURLOPT_CLOSESOCKETFUNCTION, or somebody else watches it now

 private:
  static int on_interest(CURL*, curl_socket_t, int what, void* self, void*);
  static int on_timeout(CURLM*, long milliseconds, void* self);
  struct Socket {
    Socket(Loop& loop, curl_socket_t native) : watch(loop, native) {}
    Watch watch;
    int wanted = 0;  // CURL_POLL_...
  };
  void want(curl_socket_t, int what);
  void kick();
  void act(curl_socket_t, int events);
  void collect();

  Loop& loop_;
  Ended ended_;
  CURLM* multi_;
  std::unordered_map<curl_socket_t, Socket> sockets_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  std::size_t handles_ = 0;
  bool kick_due_ = false;
  Timer timer_;
};

}  // namespace sallyport::net
