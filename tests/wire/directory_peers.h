#pragma once
// Peers for the directory's wire tests: a real slapd with a folder of its own, a stub directory that says
// success to every bind, and ports on which nothing or nobody answers. Everything goes with the object.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace sallyport::test {

inline int listen_on_loopback(std::uint16_t& port, int backlog = 64) {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  ::setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::bind(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) return -1;
  socklen_t length = sizeof address;
  ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &length);
  port = ntohs(address.sin_port);
  if (backlog > 0) ::listen(descriptor, backlog);
  return descriptor;
}

inline std::uint16_t free_port() {
  std::uint16_t port = 0;
  ::close(listen_on_loopback(port));
  return port;
}

inline bool answers(std::uint16_t port) {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool good = ::connect(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  ::close(descriptor);
  return good;
}

inline pid_t run(std::vector<std::string> words, const std::string& output = "/dev/null") {
  const pid_t child = ::fork();
  if (child != 0) return child;
  std::vector<char*> arguments;
  for (auto& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const int written = ::open(output.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  ::dup2(written, 1);
  ::dup2(written, 2);
  ::execvp(arguments[0], arguments.data());
  ::_exit(127);
}
inline bool run_and_wait(const std::vector<std::string>& words, const std::string& output = "/dev/null") {
  int status = -1;
  ::waitpid(run(words, output), &status, 0);
  return status == 0;
}
// A key and a certificate that signed itself, for 127.0.0.1.
inline void make_certificate(const std::string& key, const std::string& certificate) {
  run_and_wait({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                "-days", "2", "-subj", "/CN=test directory", "-addext",
                "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key, "-out", certificate});
}

class Folder {
 public:
  Folder() {
    char name[] = "/tmp/directory_wire_XXXXXX";
    if (::mkdtemp(name) != nullptr) path_ = name;
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  [[nodiscard]] std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

class SilentPort {  // takes connections and never says a word
 public:
  SilentPort() : descriptor_(listen_on_loopback(port_)) {}
  ~SilentPort() { ::close(descriptor_); }
  SilentPort(const SilentPort&) = delete;
  SilentPort& operator=(const SilentPort&) = delete;
  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  std::uint16_t port_ = 0;
  int descriptor_;
};

// Just enough BER for binds, searches and their answers; every length below 128.
class StubDirectory {
 public:
  StubDirectory() : descriptor_(listen_on_loopback(port_)), accepting_([this] { accept_all(); }) {}
  ~StubDirectory() {
    ended_ = true;
    ::shutdown(descriptor_, SHUT_RDWR);
    accepting_.join();
    ::close(descriptor_);
    {
      const std::lock_guard guard(lock_);
      for (const int peer : peers_) ::shutdown(peer, SHUT_RDWR);
    }
    for (auto& thread : threads_) thread.join();
  }
  StubDirectory(const StubDirectory&) = delete;
  StubDirectory& operator=(const StubDirectory&) = delete;
  [[nodiscard]] std::uint16_t port() const { return port_; }

  std::atomic<int> binds{0}, empty_password_binds{0}, nul_binds{0}, empty_name_binds{0}, searches{0};
  std::atomic<int> connections{0}, searches_to_swallow{0};
  std::atomic<int> binds_to_reset{0};  // so many are counted and then answered with a closed connection
  std::atomic<bool> two_entries{false}, swallows_binds{false};
  std::atomic<int> bind_code{0};

 private:
  static std::string element(char tag, const std::string& content) {
    return std::string(1, tag) + static_cast<char>(content.size()) + content;
  }
  static std::string message(char id, char tag, const std::string& content) {
    return element('\x30', element('\x02', std::string(1, id)) + element(tag, content));
  }
  static std::string result(int code) {
    return element('\x0a', std::string(1, static_cast<char>(code))) + element('\x04', "") + element('\x04', "");
  }
  static std::string entry(const std::string& dn) {
    const auto attribute = element('\x30', element('\x04', "uid") + element('\x31', element('\x04', "alice")));
    return element('\x04', dn) + element('\x30', attribute);
  }
  static std::string reference() { return element('\x04', "ldap://elsewhere/dc=other"); }

  void accept_all() {
    while (!ended_) {
      const int peer = ::accept4(descriptor_, nullptr, nullptr, SOCK_CLOEXEC);
      if (peer < 0) continue;
      ++connections;
      const std::lock_guard guard(lock_);
      peers_.push_back(peer);
      threads_.emplace_back([this, peer] {
        serve(peer);
        ::shutdown(peer, SHUT_RDWR);
      });
    }
  }
  static bool read_exactly(int peer, std::string& to, std::size_t count) {
    to.resize(count);
    return ::recv(peer, to.data(), count, MSG_WAITALL) == static_cast<ssize_t>(count);
  }
  void serve(int peer) {
    for (std::string head, rest; read_exactly(peer, head, 2);) {
      auto length = static_cast<unsigned char>(head[1]);
      std::size_t count = length;
      if (length & 0x80U) {
        std::string longer;
        if (!read_exactly(peer, longer, length & 0x7FU)) return;
        count = 0;
        for (const char c : longer) count = count << 8U | static_cast<unsigned char>(c);
      }
      if (!read_exactly(peer, rest, count) || !answer(peer, rest)) return;
    }
  }
  bool answer(int peer, const std::string& request) {
    const char id = request[2];
    const char tag = request[3];
    std::string out;
    if (tag == '\x60') {
      ++binds;
      const auto name_length = static_cast<std::size_t>(request[9]);
      const auto password =  // controls may follow
          request.substr(12 + name_length, static_cast<std::size_t>(request[11 + name_length]));
      if (name_length == 0) ++empty_name_binds;
      if (password.empty()) ++empty_password_binds;
      if (password.find('\0') != std::string::npos) ++nul_binds;
      if (binds_to_reset > 0) return --binds_to_reset, false;
      if (swallows_binds) return true;
      out = message(id, '\x61', result(bind_code));
    } else if (tag == '\x63') {
      ++searches;
      const bool root = request[6] == '\0';  // an empty base
      if (!root && searches_to_swallow > 0) return --searches_to_swallow, true;
      if (!root) out = message(id, '\x64', entry("uid=alice,dc=ex")) + message(id, '\x73', reference());
      if (!root && two_entries) out += message(id, '\x64', entry("uid=other,dc=ex"));
      out += message(id, '\x65', result(0));
    } else {
      return tag == '\x50';  // somebody waits no longer for an answer
    }
    return ::send(peer, out.data(), out.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(out.size());
  }

  std::uint16_t port_ = 0;
  int descriptor_;
  std::atomic<bool> ended_{false};
  std::mutex lock_;
  std::vector<int> peers_;
  std::vector<std::thread> threads_;
  std::thread accepting_;
};

class Slapd {
 public:
  // Lines of slapd.conf before the database and after it, and entries.
  explicit Slapd(const std::string& before = "", const std::string& after = "", const std::string& ldif = "") {
    write(before, after, ldif);
  }
  ~Slapd() { stop(); }
  Slapd(const Slapd&) = delete;
  Slapd& operator=(const Slapd&) = delete;

  bool start() {
    const auto urls =
        "ldap://127.0.0.1:" + std::to_string(port_) + "/ ldaps://127.0.0.1:" + std::to_string(tls_port_) + "/";
    child_ = run({"/usr/sbin/slapd", "-f", folder_ / "slapd.conf", "-h", urls, "-d", "0"});
    for (int i = 0; i < 400 && !answers(port_); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(25));
    return answers(port_);
  }
  void stop() {
    if (child_ <= 0) return;
    thaw();
    ::kill(child_, SIGTERM);
    ::waitpid(child_, nullptr, 0);
    child_ = -1;
  }
  void freeze() const {  // a process of many threads does not stop at once
    ::kill(child_, SIGSTOP);
    ::waitpid(child_, nullptr, WUNTRACED);
  }
  void thaw() const { ::kill(child_, SIGCONT); }
  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] std::uint16_t tls_port() const { return tls_port_; }
  [[nodiscard]] std::string ca_file() const { return folder_ / "ca.pem"; }

 private:
  void write(const std::string& before, const std::string& after, const std::string& ldif) {
    make_certificate(folder_ / "server.key", folder_ / "ca.pem");
    std::filesystem::create_directory(folder_ / "db");
    std::ofstream(folder_ / "slapd.conf")
        << "include /etc/ldap/schema/core.schema\ninclude /etc/ldap/schema/cosine.schema\n"
        << "include /etc/ldap/schema/inetorgperson.schema\ninclude /etc/ldap/schema/nis.schema\nmodulepath "
           "/usr/lib/ldap\nmoduleload back_mdb\n"
        << "TLSCACertificateFile " << (folder_ / "ca.pem") << "\nTLSCertificateFile " << (folder_ / "ca.pem")
        << "\nTLSCertificateKeyFile " << (folder_ / "server.key") << "\n"
        << before
        << "\ndatabase mdb\nsuffix dc=ex,dc=test\nrootdn cn=svc,dc=ex,dc=test\nrootpw service-pw\ndirectory "
        << (folder_ / "db") << "\nindex objectClass,uid eq\n"
        << after;
    std::ofstream out(folder_ / "users.ldif");
    out << "dn: dc=ex,dc=test\nobjectClass: dcObject\nobjectClass: organization\no: ex\ndc: ex\n\n";
    const auto person = [&](const std::string& cn, const std::string& uid, const std::string& password) {
      out << "dn: cn=" << cn << ",dc=ex,dc=test\nobjectClass: inetOrgPerson\nsn: x\ncn: " << cn
          << "\nuid: " << uid << "\nuserPassword: " << password << "\n\n";
    };
    person("Alice", "Alice", "hunter2");
    person("Twin One", "twin", "pw");
    person("Twin Two", "twin", "pw");
    person("Star", "st*r", "pw");
    for (int i = 0; i < 64; ++i)
      person("U" + std::to_string(i), "u" + std::to_string(i), "pw" + std::to_string(i));
    out << ldif;
    out.close();
    run_and_wait({"/usr/sbin/slapadd", "-q", "-f", folder_ / "slapd.conf", "-l", folder_ / "users.ldif"});
  }

  Folder folder_;
  std::uint16_t port_ = free_port(), tls_port_ = free_port();
  pid_t child_ = -1;
};

}  // namespace sallyport::test
