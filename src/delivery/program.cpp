#include "delivery/program.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <optional>

#include "net/descriptor.h"

extern "C" {  // which glibc 2.36 forgets
#include <sys/pidfd.h>
}

namespace sallyport::delivery {
namespace {

using net::Descriptor;
constexpr std::size_t line_limit = 1'000;

std::unexpected<base::Error> cannot(std::string_view what, int error) {
  return base::failure(fmt::format("{}: {}", what, net::system_words(error)));
}

// In memory: it is written whole before the program begins, so nothing waits for a program that does not read.
base::Result<Descriptor> input_of(std::string_view octets) {
  Descriptor memory(memfd_create("delivery", MFD_CLOEXEC));
  if (!memory) return cannot("no memory for a program's input", errno);
  while (!octets.empty()) {
    const auto put = ::write(memory.get(), octets.data(), octets.size());
    if (put < 0) return cannot("a program's input", errno);
    octets.remove_prefix(static_cast<std::size_t>(put));
  }
  ::lseek(memory.get(), 0, SEEK_SET);
  return memory;
}

struct Pipe {
  Descriptor read, write;
};
base::Result<Pipe> errors_pipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return cannot("no pipe for a program's errors", errno);
  Pipe made{Descriptor(ends[0]), Descriptor(ends[1])};
  fcntl(made.read.get(), F_SETFL, O_NONBLOCK);  // our end only
  return made;
}

// What posix_spawn is told: freed when it goes.
class Orders {
 public:
  Orders(int input, int errors) {
    posix_spawn_file_actions_init(&actions_);
    posix_spawn_file_actions_adddup2(&actions_, input, STDIN_FILENO);
    posix_spawn_file_actions_addopen(&actions_, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&actions_, errors, STDERR_FILENO);
    posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1);
    posix_spawn_file_actions_addchdir_np(&actions_, "/");
    posix_spawnattr_init(&attributes_);
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setsigdefault(&attributes_, &all);
    posix_spawnattr_setpgroup(&attributes_, 0);
    posix_spawnattr_setflags(&attributes_,
                             POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  ~Orders() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }
  Orders(const Orders&) = delete;
  Orders& operator=(const Orders&) = delete;

  base::Result<pid_t> spawn(const std::vector<std::string>& argv) const {
    std::vector<char*> words;
    words.reserve(argv.size() + 1);
    for (const auto& word : argv) words.push_back(const_cast<char*>(word.c_str()));
    words.push_back(nullptr);
    static constexpr std::array environment{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                                            "LANG=C.UTF-8", "HOME=/", static_cast<const char*>(nullptr)};
    pid_t pid = 0;
    const int error = posix_spawn(&pid, argv.front().c_str(), &actions_, &attributes_, words.data(),
                                  const_cast<char* const*>(environment.data()));
    if (error != 0) return cannot(argv.front(), error);
    return pid;
  }

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

void kill_group(pid_t leader) { ::kill(-leader, SIGKILL); }  // not yet reaped, so the number is still its own

class Run final : public Program {
 public:
  Run(net::Loop& loop, pid_t pid, Descriptor life, Descriptor errors, Done done)
      : pid_(pid),
        life_(std::move(life)),
        errors_(std::move(errors)),
        done_(std::move(done)),
        timer_(loop),
        life_watch_(net::Watch(loop, life_.get())),
        errors_watch_(net::Watch(loop, errors_.get())) {
    life_watch_->on_readable([this] { on_end(); });
    errors_watch_->on_readable([this] { read_errors(); });
  }
  ~Run() override {
    if (pid_ == 0) return;
    kill_group(pid_);
    reap();
  }
  void limit(base::Duration limit) {
    timer_.after(limit, [this] {
      end_.timed_out = true;
      kill_group(pid_);
    });
  }

 private:
  void read_errors() {
    std::array<char, 4'096> octets;
    const auto count = ::read(errors_.get(), octets.data(), octets.size());
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (count <= 0) return errors_watch_.reset();  // closed by all that had it
    const auto room = line_limit - end_.first_line.size();
    end_.first_line.append(octets.data(), std::min(room, static_cast<std::size_t>(count)));
  }

  // The leader has ended; who else has the pipe may go on writing, so one more read is enough.
  void on_end() {
    timer_.cancel();
    life_watch_.reset();
    if (errors_watch_) read_errors();
    errors_watch_.reset();
    kill_group(pid_);
    reap();
    end_.first_line.resize(std::min(end_.first_line.size(), end_.first_line.find_first_of("\r\n")));
    done_(std::move(end_));
  }

  void reap() {
    siginfo_t what{};
    // By its number: a descriptor that somebody made one that never waits would not wait here either.
    while (waitid(P_PID, static_cast<id_t>(pid_), &what, WEXITED) != 0 && errno == EINTR) {
    }
    pid_ = 0;
    if (what.si_code == CLD_EXITED)
      end_.exit_code = what.si_status;
    else
      end_.signal = what.si_status;
  }

  pid_t pid_;
  Descriptor life_, errors_;
  Done done_;
  ProgramEnd end_;
  net::Timer timer_;
  std::optional<net::Watch> life_watch_, errors_watch_;  // go before their descriptors
};

}  // namespace

base::Result<std::unique_ptr<Program>> Program::start(net::Loop& loop, const std::vector<std::string>& argv,
                                                      std::string_view input, base::Duration limit, Done done) {
  auto memory = input_of(input);
  if (!memory) return std::unexpected(memory.error());
  auto errors = errors_pipe();
  if (!errors) return std::unexpected(errors.error());
  const auto pid = Orders(memory->get(), errors->write.get()).spawn(argv);
  if (!pid) return std::unexpected(pid.error());
  Descriptor life(pidfd_open(*pid, 0));
  if (!life) {
    const int error = errno;
    kill_group(*pid);
    waitpid(*pid, nullptr, 0);
    return cannot("no descriptor for a program", error);
  }
  auto run = std::make_unique<Run>(loop, *pid, std::move(life), std::move(errors->read), std::move(done));
  run->limit(limit);
  return run;
}

}  // namespace sallyport::delivery
