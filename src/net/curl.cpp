#include "net/curl.h"

#include <utility>

namespace sallyport::net {

curl_slist* CurlList::set(const std::vector<std::string>& lines) {
  curl_slist_free_all(list_);
  list_ = nullptr;
  for (const auto& line : lines) list_ = curl_slist_append(list_, line.c_str());
  return list_;
}

CurlMulti::CurlMulti(Loop& loop, Ended ended)
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
  curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, 1L << 20U);  // how many are kept is not its business
}

CurlMulti::~CurlMulti() { close(); }

void CurlMulti::close() {
  *alive_ = false;
  timer_.cancel();
  if (multi_ != nullptr) curl_multi_cleanup(std::exchange(multi_, nullptr));
  sockets_.clear();
}

bool CurlMulti::add(CURL* easy) {
  if (curl_multi_add_handle(multi_, easy) != CURLM_OK) return false;
  ++handles_;
  return true;
}

void CurlMulti::remove(CURL* easy) {
  if (curl_multi_remove_handle(multi_, easy) == CURLM_OK) --handles_;
}

int CurlMulti::on_interest(CURL*, curl_socket_t socket, int what, void* self, void*) {
  static_cast<CurlMulti*>(self)->want(socket, what == CURL_POLL_REMOVE ? 0 : what);
  return 0;
}

void CurlMulti::want(curl_socket_t native, int what) {
  if (what == 0) return closing(native);
  auto& socket = sockets_.try_emplace(native, loop_, native).first->second;
  const auto act_for = [&](int event, int action) -> std::function<void()> {
    if ((what & event) == 0) return {};
    return [this, native, action] { act(native, action); };
  };
  const int changed = std::exchange(socket.wanted, what) ^ what;
  if ((changed & CURL_POLL_IN) != 0) socket.watch.on_readable(act_for(CURL_POLL_IN, CURL_CSELECT_IN));
  if ((changed & CURL_POLL_OUT) != 0) socket.watch.on_writable(act_for(CURL_POLL_OUT, CURL_CSELECT_OUT));
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
