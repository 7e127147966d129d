#include "net/signals.h"

#include <sys/signalfd.h>

#include <csignal>

#include "net/descriptor.h"

namespace sallyport::net {
namespace {

class SignalDescriptor : public Signals {
 public:
  SignalDescriptor(Loop& loop, Descriptor descriptor, std::function<void(int)> received)
      : descriptor_(std::move(descriptor)), received_(std::move(received)), watch_(loop, descriptor_.get()) {
    watch_.on_readable([this] { read(); });
  }

 private:
  void read() {
    signalfd_siginfo arrived{};
    if (::read(descriptor_.get(), &arrived, sizeof arrived) == static_cast<ssize_t>(sizeof arrived))
      received_(static_cast<int>(arrived.ssi_signo));
  }

  Descriptor descriptor_;
  std::function<void(int)> received_;
  Watch watch_;
};

}  // namespace

base::Result<std::unique_ptr<Signals>> Signals::take(Loop& loop, const std::vector<int>& signals,
                                                     std::function<void(int)> received) {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : signals) sigaddset(&set, signal);
  ::signal(SIGPIPE, SIG_IGN);
  ::signal(SIGXFSZ, SIG_IGN);  // a file at its limit is a failed write, as a full disk is
  if (const int error = ::pthread_sigmask(SIG_BLOCK, &set, nullptr); error != 0)
    return base::failure("signals cannot be blocked: " + system_words(error));
  Descriptor descriptor(::signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC));
  if (!descriptor) return base::failure("signals cannot be read: " + system_words(errno));
  return std::make_unique<SignalDescriptor>(loop, std::move(descriptor), std::move(received));
}

}  // namespace sallyport::net
