#include "net/curl.h"

#include <sys/epoll.h>

#include <array>

namespace sallyport::net {

CurlMulti::CurlMulti(Loop& loop, std::size_t kept_connections, Ended ended)
    : loop_(loop),
      ended_(std::move(ended)),
      multi_(nullptr),
      epoll_(epoll_create1(EPOLL_CLOEXEC)),
      timer_(loop) {
  static const auto initialised = curl_global_init(CURL_GLOBAL_ALL);
  if (initialised != CURLE_OK || !epoll_) return;
  multi_ = curl_multi_init();
  if (multi_ == nullptr) return;
  curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &CurlMulti::on_interest);
  curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &CurlMulti::on_timeout);
  curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_PIPELINING, CURLPIPE_NOTHING);
  curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, static_cast<long>(kept_connections));
  watch_.emplace(loop_, epoll_.get());
  watch_->on_readable([this] { serve(); });
}

CurlMulti::~CurlMulti() { close(); }

void CurlMulti::close() {
  *alive_ = false;
  timer_.cancel();
  watch_.reset();
  if (multi_ != nullptr) curl_multi_cleanup(std::exchange(multi_, nullptr));
}

bool CurlMulti::add(CURL* easy) { return curl_multi_add_handle(multi_, easy) == CURLM_OK; }

void CurlMulti::remove(CURL* easy) { curl_multi_remove_handle(multi_, easy); }

int CurlMulti::on_interest(CURL*, curl_socket_t socket, int what, void* self, void*) {
  std::uint32_t events = 0;
  if (what == CURL_POLL_IN || what == CURL_POLL_INOUT) events |= EPOLLIN;
  if (what == CURL_POLL_OUT || what == CURL_POLL_INOUT) events |= EPOLLOUT;
  static_cast<CurlMulti*>(self)->want(socket, events);
  return 0;
}

void CurlMulti::want(curl_socket_t socket, std::uint32_t events) {
  wanted_[socket] = events;
  if (events == 0) return;  // as it stands: the next exchange wants the same most likely
  auto& registered = registered_[socket];
  if (registered == events) return;
  epoll_event event{.events = events, .data = {.fd = socket}};
  epoll_ctl(epoll_.get(), registered == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, socket, &event);
  registered = events;
}

void CurlMulti::closing(curl_socket_t socket) {
  if (registered_.erase(socket) != 0) epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, socket, nullptr);
  wanted_.erase(socket);
}

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

void CurlMulti::serve() {
  std::array<epoll_event, 64> events;
  const int count = epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), 0);
  const auto alive = alive_;
  for (int i = 0; i < count && *alive; ++i) {
    const auto& event = events[static_cast<std::size_t>(i)];
    const curl_socket_t socket = event.data.fd;
    const auto wanted = wanted_.find(socket);
    if (wanted == wanted_.end()) continue;  // closed by one of the events before
    if (wanted->second == 0) {
      // A kept connection at rest has something to say, its end most likely. libcurl finds out when it wants to
      // use it.
      epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, socket, nullptr);
      registered_.erase(socket);
      continue;
    }
    int action = 0;
    if ((event.events & EPOLLIN) != 0) action |= CURL_CSELECT_IN;
    if ((event.events & EPOLLOUT) != 0) action |= CURL_CSELECT_OUT;
    if ((event.events & (EPOLLERR | EPOLLHUP)) != 0) action |= CURL_CSELECT_ERR;
    act(socket, action);
  }
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
