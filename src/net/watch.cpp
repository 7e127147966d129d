#include "net/loop_core.h"

namespace sallyport::net {

std::uint32_t Watched::wanted() const {
  return (readable.call ? readable.event : 0) | (writable.call ? writable.event : 0);
}

void Watched::want(std::uint32_t events) {
  if (events == registered_) return;
  epoll_event event{.events = events, .data = {.ptr = this}};
  const int change = registered_ == 0 ? EPOLL_CTL_ADD : events == 0 ? EPOLL_CTL_DEL : EPOLL_CTL_MOD;
  epoll_ctl(core_.epoll.get(), change, descriptor_, &event);
  registered_ = events;
}

// Who stops reading most often begins again before anything more has come: that is found out when it comes. A
// socket can be written to nearly always, so that its interest in writing ends at once.
void Watched::set(Direction& direction, std::function<void()> call) {
  direction.call = std::move(call);
  direction.replaced = true;
  if (!open_) return;
  if (direction.call) {
    want(registered_ | direction.event);
  } else if (&direction == &writable) {
    want(registered_ & ~direction.event);
  }
}

bool Watched::serve(Direction& direction, std::uint32_t events) {
  if ((events & (direction.event | EPOLLERR | EPOLLHUP)) == 0 || !direction.call) return false;
  // The callback may replace itself or destroy the watch while it runs.
  auto call = std::move(direction.call);
  direction.call = nullptr;
  direction.replaced = false;
  call();
  if (open_ && !direction.replaced) direction.call = std::move(call);
  return true;
}

void Watched::serve(std::uint32_t events) {
  const auto self = shared_from_this();
  const bool read = serve(readable, events);
  const bool written = open_ && serve(writable, events);
  if (open_ && !read && !written) want(wanted());  // nobody asks for it any more
}

void Watched::close() {
  open_ = false;
  want(0);
  core_.forget(*this);
  readable.call = nullptr;
  writable.call = nullptr;
}

Watch::Watch(Loop& loop, int descriptor) : watched_(std::make_shared<Watched>(loop.core(), descriptor)) {}
Watch::Watch(Watch&&) noexcept = default;

Watch::~Watch() {
  if (watched_) watched_->close();
}

void Watch::on_readable(std::function<void()> call) { watched_->set(watched_->readable, std::move(call)); }
void Watch::on_writable(std::function<void()> call) { watched_->set(watched_->writable, std::move(call)); }

}  // namespace sallyport::net
