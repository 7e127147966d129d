// A program of the site gets each delivery as JSON on its standard input. Exit code 0: delivered; 65 or 67 of
// sysexits.h (the data is wrong, no such receiver): refused for good; anything else: tried again.
#include <fmt/format.h>
#include <sys/stat.h>

#include <unordered_map>

#include "delivery/carrier.h"
#include "delivery/program.h"
#include "net/descriptor.h"

namespace sallyport::delivery {
namespace {

constexpr int wrong_data = 65, no_such_receiver = 67;

Outcome outcome_of(const ProgramEnd& end) {
  if (end.timed_out) return {Ended::failed, "it ran into its time limit and was killed"};
  if (end.exit_code == 0) return {Ended::delivered, ""};
  const bool refused = end.exit_code == wrong_data || end.exit_code == no_such_receiver;
  return {refused ? Ended::refused : Ended::failed,
          fmt::format("{}{}{}",
                      end.exit_code < 0 ? fmt::format("signal {}", end.signal)
                                        : fmt::format("exit code {}", end.exit_code),
                      end.first_line.empty() ? "" : ": ", end.first_line)};
}

class CommandCarrier final : public Carrier {
 public:
  CommandCarrier(net::Loop& loop, std::vector<std::string> argv) : loop_(loop), argv_(std::move(argv)) {}
  ~CommandCarrier() override { *alive_ = false; }

  void carry(ParcelPointer parcel, int attempt, base::Duration limit, Done done) override {
    const auto number = next_++;
    auto kept = std::make_shared<Done>(std::move(done));
    auto started =
        Program::start(loop_, argv_, json_of(*parcel, attempt).reveal(), limit,
                       [this, number, kept](const ProgramEnd& end) { later(number, kept, outcome_of(end)); });
    if (started)
      running_.emplace(number, std::move(*started));
    else
      later(number, kept, {Ended::failed, started.error().what});
  }

 private:
  // Not from inside: the program's run is destroyed here.
  void later(std::uint64_t number, std::shared_ptr<Done> done, Outcome outcome) {
    loop_.post([this, number, done = std::move(done), outcome = std::move(outcome), alive = alive_] {
      if (!*alive) return;
      running_.erase(number);
      (*done)(outcome);
    });
  }

  net::Loop& loop_;
  std::vector<std::string> argv_;
  std::uint64_t next_ = 0;
  std::unordered_map<std::uint64_t, std::unique_ptr<Program>> running_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace

base::Result<void> check_program(const std::string& path) {
  struct stat found{};
  if (::stat(path.c_str(), &found) != 0) return base::failure(path + ": " + net::system_words(errno));
  if (!S_ISREG(found.st_mode)) return base::failure(path + ": is not a file");
  if (::access(path.c_str(), X_OK) != 0) return base::failure(path + ": " + net::system_words(errno));
  return {};
}

base::Result<std::unique_ptr<Carrier>> make_command_carrier(net::Loop& loop,
                                                            const settings::DeliveryChannel& channel) {
  if (auto good = check_program(channel.argv.front()); !good) return std::unexpected(good.error());
  return std::make_unique<CommandCarrier>(loop, channel.argv);
}

}  // namespace sallyport::delivery
