#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/system/error_code.hpp>

#include "net/asio.h"
#include "net/loop.h"

namespace sallyport::net {
namespace {

using Polled = boost::asio::posix::basic_stream_descriptor<boost::asio::io_context::executor_type>;

struct Direction {
  Polled::wait_type kind;
  std::function<void()> call;
  bool waiting = false;
  bool replaced = false;  // by the callback that is running
};

}  // namespace

struct Watch::State : std::enable_shared_from_this<State> {
  State(Loop& loop, int native) : descriptor(loop.asio().io.get_executor(), native) {}

  void set(Direction& direction, std::function<void()> call) {
    direction.call = std::move(call);
    direction.replaced = true;
    wait(direction);
  }

  void wait(Direction& direction) {
    if (direction.waiting || !direction.call || !open) return;
    direction.waiting = true;
    descriptor.async_wait(direction.kind,
                          [self = shared_from_this(), &direction](boost::system::error_code error) {
                            direction.waiting = false;
                            if (!error && self->open) self->serve(direction);
                          });
  }

  void serve(Direction& direction) {
    if (!direction.call) return;
    // The callback may replace itself or destroy the watch while it runs.
    auto call = std::move(direction.call);
    direction.call = nullptr;
    direction.replaced = false;
    call();
    if (!open) return;
    if (!direction.replaced) direction.call = std::move(call);
    wait(direction);
  }

  Polled descriptor;
  Direction readable{.kind = Polled::wait_read, .call = {}};
  Direction writable{.kind = Polled::wait_write, .call = {}};
  bool open = true;
};

Watch::Watch(Loop& loop, int descriptor) : state_(std::make_shared<State>(loop, descriptor)) {}
Watch::Watch(Watch&&) noexcept = default;

Watch::~Watch() {
  if (!state_) return;
  state_->open = false;
  state_->descriptor.release();
  state_->readable.call = nullptr;
  state_->writable.call = nullptr;
}

void Watch::on_readable(std::function<void()> call) { state_->set(state_->readable, std::move(call)); }
void Watch::on_writable(std::function<void()> call) { state_->set(state_->writable, std::move(call)); }

}  // namespace sallyport::net
