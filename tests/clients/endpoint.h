#pragma once
// A client's UDP socket towards the server, with the 256 packet ids that it can tell apart.
#include <netinet/in.h>

#include <array>
#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "load/packet.h"

namespace sallyport::clients {

struct Asked {  // what waits for an answer under an id
  std::uint64_t login = 0;
  load::Authenticator authenticator{};
};

class Endpoint {
 public:
  // `source`: port 0. Nothing, and errno, where the system gives none.
  static std::optional<Endpoint> open(const sockaddr_in& server, const std::optional<sockaddr_in>& source);
  Endpoint(Endpoint&& other) noexcept;
  Endpoint& operator=(Endpoint&&) = delete;
  ~Endpoint();

  [[nodiscard]] int descriptor() const { return descriptor_; }
  [[nodiscard]] bool has_free_id() const { return taken_ < asked_.size(); }
  std::optional<std::uint8_t> take_id(const Asked&);  // the one that has rested longest
  void give_back(std::uint8_t id);
  [[nodiscard]] const std::optional<Asked>& asked(std::uint8_t id) const { return asked_[id]; }
  // What the network refuses is lost on the way.
  void send(base::ByteView packet) const;

 private:
  explicit Endpoint(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
  std::array<std::optional<Asked>, 256> asked_{};
  std::uint8_t next_ = 0;
  std::size_t taken_ = 0;
};

}  // namespace sallyport::clients
