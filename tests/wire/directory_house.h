#pragma once
// An Active Directory domain of Samba for the directory's wire tests: provisioned once, in a network namespace
// of the test's own process, because its ports are fixed. Needs root. Everything goes with the object and the
// process.
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include "base/bytes.h"
#include "base/encoding.h"
#include "directory_peers.h"

namespace sallyport::test {

// From here on this thread, and what it starts, is alone with a loopback of its own.
inline bool leave_the_network() {
  if (::unshare(CLONE_NEWNET) != 0) return false;
  const int descriptor = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  ifreq loopback{};
  std::string("lo").copy(loopback.ifr_name, IFNAMSIZ - 1);
  loopback.ifr_flags = IFF_UP | IFF_RUNNING;
  const bool up = ::ioctl(descriptor, SIOCSIFFLAGS, &loopback) == 0;
  ::close(descriptor);
  return up;
}

class DirectoryHouse {
 public:
  static constexpr std::string_view password = "Al1ce!pass";

  ~DirectoryHouse() {
    if (child_ <= 0) return;
    ::kill(child_, SIGTERM);
    ::waitpid(child_, nullptr, 0);
  }
  DirectoryHouse() = default;
  DirectoryHouse(const DirectoryHouse&) = delete;
  DirectoryHouse& operator=(const DirectoryHouse&) = delete;

  [[nodiscard]] std::string ca_file() const { return folder_ / "ca.pem"; }

  // What went wrong; empty: it serves.
  std::string start(const std::string& entries) {
    make_certificate(folder_ / "key.pem", folder_ / "ca.pem");
    ::chmod((folder_ / "key.pem").c_str(), 0600);
    if (!run_and_wait({"samba-tool", "domain", "provision", "--realm=AD.EX.TEST", "--domain=ADEX",
                       "--server-role=dc", "--dns-backend=NONE", "--adminpass=Passw0rd!x",
                       "--targetdir=" + (folder_ / "dc"), "--host-name=dc1", "--host-ip=127.0.0.1",
                       "--option=interfaces=lo", "--option=bind interfaces only=yes"}))
      return "samba-tool did not provision";
    const auto settings = folder_ / "dc/etc/smb.conf";
    std::ofstream(settings, std::ios::app)
        << "\n[global]\nserver services = ldap\ntls enabled = yes\ntls keyfile = " << (folder_ / "key.pem")
        << "\ntls certfile = " << (folder_ / "ca.pem") << "\ntls cafile = " << (folder_ / "ca.pem") << "\n";
    child_ =
        run({"samba", "--foreground", "--no-process-group", "-s", settings, "--debug-stdout", "-M", "single"},
            folder_ / "log");
    if (!speaks()) return "samba does not answer: " + text_of(folder_ / "log");
    std::ofstream(folder_ / "entries.ldif") << entries;
    if (!client({"ldapmodify", "-D", "Administrator@ad.ex.test", "-w", "Passw0rd!x", "-f",
                 folder_ / "entries.ldif"},
                folder_ / "taken"))
      return "the entries were not taken: " + text_of(folder_ / "taken");
    return "";
  }

  static std::string dn(const std::string& cn) { return "CN=" + cn + ",CN=Users,DC=ad,DC=ex,DC=test"; }
  // `more`: lines of the entry.
  static std::string user(const std::string& account, const std::string& more = "", int control = 0x10200) {
    std::string quoted;  // UTF-16
    for (const char c : '"' + std::string(password) + '"') quoted += {c, '\0'};
    return "dn: " + dn(account) + "\nchangetype: add\nobjectClass: user\nsAMAccountName: " + account +
           "\nunicodePwd:: " + base::to_base64(base::as_bytes(quoted)) +
           "\nuserAccountControl: " + std::to_string(control) + "\n" + more + "\n";
  }
  static std::string group(const std::string& name, const std::vector<std::string>& members) {
    auto lines = "dn: " + dn(name) + "\nchangetype: add\nobjectClass: group\nsAMAccountName: " + name + "\n";
    for (const auto& member : members) lines += "member: " + dn(member) + "\n";
    return lines + "\n";
  }

 private:
  // A tool of ldap-utils, which must not inherit that libldap of this process reads no environment.
  static bool client(const std::vector<std::string>& words, const std::string& output = "/dev/null") {
    std::vector<std::string> all{"env",    "-u", "LDAPNOINIT", "LDAPTLS_REQCERT=never",
                                 words[0], "-x", "-H",         "ldaps://127.0.0.1"};
    all.insert(all.end(), words.begin() + 1, words.end());
    return run_and_wait(all, output);
  }
  static bool speaks() {
    for (int i = 0; i < 600; ++i) {
      if (client({"ldapsearch", "-s", "base"})) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    return false;
  }
  static std::string text_of(const std::string& file) {
    std::ifstream in(file);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  Folder folder_;
  pid_t child_ = -1;
};

}  // namespace sallyport::test
