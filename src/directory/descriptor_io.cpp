#include "directory/descriptor_io.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace sallyport::directory {
namespace {

constexpr ber_len_t longest_answer = 1U << 20U;  // an entry's DN and one attribute: far more than any has

DescriptorIo& io_of(Sockbuf_IO_Desc* layer) { return *static_cast<DescriptorIo*>(layer->sbiod_pvt); }

}  // namespace

struct DescriptorIo::Layer {
  static int setup(Sockbuf_IO_Desc* layer, void* io) {
    layer->sbiod_pvt = io;
    return 0;
  }
  static int remove(Sockbuf_IO_Desc*) { return 0; }
  static int control(Sockbuf_IO_Desc* layer, int option, void*) {
    const auto& io = io_of(layer);
    return option == LBER_SB_OPT_DATA_READY && io.begin_ < io.end_ ? 1 : 0;
  }
  static ber_slen_t read(Sockbuf_IO_Desc* layer, void* to, ber_len_t count) {
    return io_of(layer).read(to, count);
  }
  static ber_slen_t write(Sockbuf_IO_Desc* layer, void* from, ber_len_t count) {
    return io_of(layer).write(from, count);
  }
  static int close(Sockbuf_IO_Desc* layer) {
    auto& io = io_of(layer);
    if (io.descriptor_ >= 0) ::close(io.descriptor_);
    io.descriptor_ = -1;
    return 0;
  }
  static inline Sockbuf_IO calls_{setup, remove, control, read, write, close};
};

bool DescriptorIo::attach(LDAP* ldap, int descriptor) {
  descriptor_ = descriptor;
  Sockbuf* buffer = nullptr;
  if (ldap_get_option(ldap, LDAP_OPT_SOCKBUF, static_cast<void*>(&buffer)) != LDAP_OPT_SUCCESS ||
      buffer == nullptr)
    return false;
  auto limit = longest_answer;
  ber_sockbuf_ctrl(buffer, LBER_SB_OPT_SET_MAX_INCOMING, &limit);
  return ber_sockbuf_add_io(buffer, &Layer::calls_, LBER_SBIOD_LEVEL_PROVIDER, this) == 0;
}

ber_slen_t DescriptorIo::take_in() {
  const auto got = ::recv(descriptor_, ahead_.data(), ahead_.size(), MSG_DONTWAIT);
  begin_ = 0;
  end_ = got > 0 ? static_cast<std::size_t>(got) : 0;
  return got;
}

void DescriptorIo::read_ahead() {
  if (begin_ == end_) take_in();  // its end, or its failure, is met by libldap's own read
}

ber_slen_t DescriptorIo::read(void* to, ber_len_t count) {
  if (begin_ == end_) {
    if (const auto got = take_in(); got <= 0) return got;
  }
  const auto given = std::min<std::size_t>(count, end_ - begin_);
  std::memcpy(to, ahead_.data() + begin_, given);
  begin_ += given;
  return static_cast<ber_slen_t>(given);
}

ber_slen_t DescriptorIo::write(const void* from, ber_len_t count) {
  const auto sent = ::send(descriptor_, from, count, MSG_DONTWAIT | MSG_NOSIGNAL);
  write_stopped_ = sent < 0 ? errno == EAGAIN || errno == EWOULDBLOCK : static_cast<ber_len_t>(sent) < count;
  return sent;
}

bool DescriptorIo::has_unread() const {
  if (begin_ < end_) return true;
  char octet = 0;
  const auto got = ::recv(descriptor_, &octet, 1, MSG_DONTWAIT | MSG_PEEK);
  return got >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR);
}

}  // namespace sallyport::directory
