#pragma once
// For this room's tests: a folder, peers of tests/support/delivery_peers.py, and a witness that remembers.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <mutex>
#include <sstream>
#include <thread>

#include "delivery/post_office.h"

namespace sallyport::delivery {

using namespace std::chrono_literals;

class Folder {
 public:
  Folder() : path_((std::filesystem::temp_directory_path() / "sallyport_delivery_XXXXXX").string()) {
    EXPECT_NE(mkdtemp(path_.data()), nullptr);
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  [[nodiscard]] std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

inline std::string contents(const std::string& file) {
  std::ifstream in(file);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

// Waits as long as a busy machine may need.
inline bool until(const std::function<bool()>& true_now) {
  const auto end = std::chrono::steady_clock::now() + 60s;
  while (!true_now()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(5ms);
  }
  return true;
}

inline const std::string& certificates() {
  static const Folder folder;
  static const std::string path = [] {
    const auto made = folder.file("certificates");
    const auto command = std::string(VECTORS_DIR) + "/../support/make_certificates.sh " + made;
    EXPECT_EQ(std::system(command.c_str()), 0);  // NOLINT(concurrency-mt-unsafe)
    return made;
  }();
  return path;
}

class PythonPeer {
 public:
  explicit PythonPeer(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(),
                     {"/usr/bin/python3", std::string(VECTORS_DIR) + "/../support/delivery_peers.py"});
    std::vector<char*> words;
    for (auto& word : arguments) words.push_back(word.data());
    words.push_back(nullptr);
    int ends[2];
    EXPECT_EQ(pipe2(ends, O_CLOEXEC), 0);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    EXPECT_EQ(posix_spawn(&pid_, words[0], &actions, nullptr, words.data(), environ), 0);
    posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    std::string line;
    for (char c = 0; ::read(ends[0], &c, 1) == 1 && c != '\n';) line += c;
    ::close(ends[0]);
    EXPECT_FALSE(line.empty()) << "the peer says its port";
    port = std::atoi(line.c_str());  // NOLINT(cert-err34-c)
  }
  ~PythonPeer() { kill(); }
  PythonPeer(const PythonPeer&) = delete;
  PythonPeer& operator=(const PythonPeer&) = delete;
  void kill() {
    if (pid_ == 0) return;
    ::kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
    pid_ = 0;
  }
  [[nodiscard]] std::string port_text() const { return std::to_string(port); }
  int port = 0;

 private:
  pid_t pid_ = 0;
};

inline std::vector<boost::json::value> records(const std::string& file) {
  std::vector<boost::json::value> all;
  std::istringstream in(contents(file));
  for (std::string line; std::getline(in, line);) all.push_back(boost::json::parse(line));
  return all;
}

// What was told, in order: "delivered ID", "failed ID", "dropped ID expired", "failing WORDS", "back".
class Story {
 public:
  void add(std::string line) {
    const std::lock_guard guard(lock_);
    lines_.push_back(std::move(line));
  }
  [[nodiscard]] std::vector<std::string> lines() const {
    const std::lock_guard guard(lock_);
    return lines_;
  }
  [[nodiscard]] std::size_t count(const std::string& beginning) const {
    std::size_t found = 0;
    for (const auto& line : lines()) found += line.starts_with(beginning) ? 1U : 0U;
    return found;
  }
  [[nodiscard]] std::string text() const {
    std::string all;
    for (const auto& line : lines()) all += line + "\n";
    return all;
  }
  std::unique_ptr<Witness> witness();

 private:
  mutable std::mutex lock_;
  std::vector<std::string> lines_;
};

class StoryWitness final : public Witness {
 public:
  explicit StoryWitness(Story& story) : story_(story) {}
  void delivered(const Parcel& parcel) override { story_.add("delivered " + parcel.delivery.user); }
  void failed(const Parcel& parcel) override { story_.add("failed " + parcel.delivery.user); }
  void dropped(const Parcel& parcel, Why why, int attempts, const std::string& detail) override {
    static constexpr std::array words{"expired", "full", "overtaken", "refused"};
    story_.add("dropped " + parcel.delivery.user + " " + words.at(static_cast<std::size_t>(why)) + " after " +
               std::to_string(attempts) + ": " + detail);
  }
  void overflowed(Delivery::Kind, std::uint64_t count) override {
    for (std::uint64_t i = 0; i < count; ++i) story_.add("overflowed");
  }
  void failing(const std::string& detail) override { story_.add("failing " + detail); }
  void back(std::int64_t failures) override { story_.add("back " + std::to_string(failures)); }

 private:
  Story& story_;
};

inline std::unique_ptr<Witness> Story::witness() { return std::make_unique<StoryWitness>(*this); }

inline settings::DeliveryChannel channel(settings::DeliveryChannelKind kind,
                                         std::vector<Delivery::Kind> kinds = {Delivery::Kind::sms}) {
  settings::DeliveryChannel made;
  made.name = "channel";
  made.kind = kind;
  made.kinds = std::move(kinds);
  return made;
}

inline Delivery code_for(const std::string& user, std::chrono::seconds life = 120s) {
  return {.kind = Delivery::Kind::sms,
          .account = "example",
          .user = user,
          .credential = "",
          .destination = "+49301",
          .text = "",
          .code = base::Secret("583920"),
          .transaction_id = "",
          .number = "",
          .life = life};
}

// A post office with one channel, or some.
struct Office {
  explicit Office(settings::DeliveryChannel one) { open({.retry_first = 100ms, .channels = {std::move(one)}}); }
  explicit Office(const settings::Delivery& delivery) { open(delivery); }
  void open(const settings::Delivery& delivery) {
    auto opened = office.open(delivery);
    ASSERT_TRUE(opened) << opened.error().what;
    office.use(std::move(*opened));
  }
  [[nodiscard]] bool told(const std::string& beginning, std::size_t times = 1) const {
    const bool came = until([&] { return story.count(beginning) >= times; });
    EXPECT_TRUE(came) << "no '" << beginning << "' in:\n" << story.text();
    return came;
  }
  Story story;
  PostOffice office{[this](const settings::DeliveryChannel&) { return story.witness(); }};
};

}  // namespace sallyport::delivery
