#pragma once
// An Active Directory domain of Samba for the directory's wire tests: provisioned once, in a network namespace
// of the test's own process, because its ports are fixed. Everything goes with the object and the process.
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include "base/bytes.h"
#include "base/encoding.h"
#include "directory_peers.h"

namespace sallyport::test {

// Root of a user namespace, in which more namespaces may be made; only while there is one thread.
inline bool become_root() {
  const auto map = [](auto id) { return "0 " + std::to_string(id) + " 1"; };
  const auto users = map(::geteuid());
  const auto groups = map(::getegid());
  if (::unshare(CLONE_NEWUSER) != 0) return false;
  std::ofstream("/proc/self/setgroups") << "deny";
  std::ofstream("/proc/self/uid_map") << users;
  std::ofstream("/proc/self/gid_map") << groups;
  return ::geteuid() == 0;
}

// From here on this thread, and what it starts, is alone with a loopback of its own.
inline bool leave_the_network() {
  if (::geteuid() != 0 && !become_root()) return false;
  if (::unshare(CLONE_NEWNET) != 0) return false;
  const int descriptor = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  ifreq loopback{};
  std::string("lo").copy(loopback.ifr_name, IFNAMSIZ - 1);
  loopback.ifr_flags = IFF_UP | IFF_RUNNING;
  const bool up = ::ioctl(descriptor, SIOCSIFFLAGS, &loopback) == 0;
  ::close(descriptor);
  return up;
}

// samba-tool; but nobody reads the sysvol, whose rights only the machine's root could set.
constexpr auto samba_tool = R"(
import sys, samba.provision
samba.provision.setsysvolacl = lambda *words, **named: None
from samba.netcmd.main import cmd_sambatool
sys.exit(cmd_sambatool()._run("samba-tool", *sys.argv[1:]))
)";
// Over LDAP nobody may say when a password was set. The control is DSDB_CONTROL_BYPASS_PASSWORD_HASH_OID.
constexpr auto set_password_in_2019 = R"(
import sys, ldb
from samba.auth import system_session
from samba.param import LoadParm
from samba.samdb import SamDB
settings = LoadParm()
settings.load(sys.argv[1])
database = SamDB(lp=settings, session_info=system_session())
change = {"dn": sys.argv[2], "pwdLastSet": "132000000000000000"}
database.modify(ldb.Message.from_dict(database, change, ldb.FLAG_MOD_REPLACE),
                controls=["local_oid:1.3.6.1.4.1.7165.4.3.12:0"])
)";

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
    if (!run_and_wait({"/usr/bin/python3", "-c", samba_tool, "domain", "provision", "--realm=AD.EX.TEST",
                       "--domain=ADEX", "--server-role=dc", "--dns-backend=NONE", "--adminpass=Passw0rd!x",
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

  // Its password is older than the domain allows (42 days), unless it never expires.
  [[nodiscard]] bool age_password(const std::string& account) const {
    return run_and_wait(
        {"/usr/bin/python3", "-c", set_password_in_2019, folder_ / "dc/etc/smb.conf", dn(account)});
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
