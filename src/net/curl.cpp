#include "net/curl.h"

#include <utility>

namespace sallyport::net {

CurlMulti::CurlMulti(Loop& loop, std::size_t kept_connections, Ended ended)
    : loop_(loop), ended_(std::move(ended)), multi_(nullptr), timer_(loop) {
  static const auto initialised = curl_global_init(CURL_GLOBAL_ALL);
  if (initialised != CURLE_OK) return;
  multi_ = curl_multi_init();
  if (multi_ == nullptr) return;
  curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &CurlMulti::on_interest);
  curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &CurlMulti::on_timeout);
  curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_PIPELINING, CURLPIPE_NOTHING);
  curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, static_cast<long>(kept_connections));
}

CurlMulti::~CurlMulti() { close(); }

void CurlMulti::close() {
  *alive_ = false;
  timer_.cancel();
  if (multi_ != nullptr) curl_multi_cleanup(std::exchange(multi_, nullptr));
  sockets_.clear();
}

bool CurlMulti::add(CURL* easy) { return curl_multi_add_handle(multi_, easy) == CURLM_OK; }

void CurlMulti::remove(CURL* easy) { curl_multi_remove_handle(multi_, easy); }

int CurlMulti::on_interest(CURL*, curl_socket_t socket, int what, void* self, void*) {
  static_cast<CurlMulti*>(self)->want(socket, what == CURL_POLL_REMOVE ? 0 : what);
  return 0;
}

void CurlMulti::want(curl_socket_t native, int what) {
  if (what == 0 && !sockets_.contains(native)) return;
  auto& socket = sockets_.try_emplace(native, loop_, native).first->second;
  socket.wanted = what;
  // Reading goes on between exchanges: the next one wants the same most likely.
  if ((what & CURL_POLL_IN) != 0 && !std::exchange(socket.reading, true))
    socket.watch.on_readable([this, native] { readable(native); });
  const bool writing = (what & CURL_POLL_OUT) != 0;
  if (std::exchange(socket.writing, writing) == writing) return;
  if (writing)
    socket.watch.on_writable([this, native] { act(native, CURL_CSELECT_OUT); });
  else
    socket.watch.on_writable({});
}

// What comes on a kept connection at rest is its end most likely. libcurl finds out when it wants to use it.
void CurlMulti::readable(curl_socket_t native) {
  const auto found = sockets_.find(native);
  if (found->second.wanted == 0)
    sockets_.erase(found);
  else
    act(native, CURL_CSELECT_IN);
}

void CurlMulti::closing(curl_socket_t native) { sockets_.erase(native); }

int CurlMulti::on_timeout(CURLM*, long milliseconds, void* self) {
  auto& multi = *static_cast<CurlMulti*>(self);
  if (milliseconds < 0) {
    multi.timer_.cancel();
  } else if (milliseconds == 0) {
    multi.kick();
  } else {
    multi.timer_.after(std::chrono::milliseconds(milliseconds),
                       [&multi] { multi.act(CURL_SOCKET_TIMEOUT, 0); });
  }
  return 0;
}

// All exchanges that begin in one turn of the loop take their first step in one call.
void CurlMulti::kick() {
  if (kick_due_) return;
  kick_due_ = true;
  loop_.at_end_of_turn([this, alive = alive_] {
    if (!*alive) return;
    kick_due_ = false;
    act(CURL_SOCKET_TIMEOUT, 0);
  });
}

void CurlMulti::act(curl_socket_t socket, int events) {
  int running = 0;
  curl_multi_socket_action(multi_, socket, events, &running);
  collect();
}

void CurlMulti::collect() {
  const auto alive = alive_;
  int left = 0;
  while (*alive) {
    const CURLMsg* message = curl_multi_info_read(multi_, &left);
    if (message == nullptr) return;
    if (message->msg == CURLMSG_DONE) ended_(message->easy_handle, message->data.result);
  }
}

}  // namespace sallyport::net
