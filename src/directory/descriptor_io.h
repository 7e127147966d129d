#pragma once
// How libldap reaches a descriptor: never blocking, never raising SIGPIPE, reading ahead, and telling whether a
// write had to stop. For ldap_session.cpp alone.
#include <lber.h>
#include <ldap.h>

#include <array>
#include <cstddef>

namespace sallyport::directory {

class DescriptorIo {
 public:
  DescriptorIo() = default;
  DescriptorIo(const DescriptorIo&) = delete;
  DescriptorIo& operator=(const DescriptorIo&) = delete;

  // From now on `ldap` owns the descriptor, and must go before this.
  [[nodiscard]] bool attach(LDAP* ldap, int descriptor);
  [[nodiscard]] bool write_stopped() const { return write_stopped_; }
  // Octets that nobody asked for, or the end of the connection, lie here.
  [[nodiscard]] bool has_unread() const;
  // Takes in what has come. libldap, which is told so, then asks the descriptor for nothing.
  void read_ahead();

 private:
  struct Layer;
  ber_slen_t take_in();
  ber_slen_t read(void* to, ber_len_t count);
  ber_slen_t write(const void* from, ber_len_t count);

  int descriptor_ = -1;
  bool write_stopped_ = false;
  std::array<char, 16384> ahead_;
  std::size_t begin_ = 0, end_ = 0;
};

}  // namespace sallyport::directory
