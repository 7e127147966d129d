#pragma once
// One connection of the HTTP client, for .cpp files of this room only. libcurl makes it (TCP, the proxy's
// tunnel, TLS: CURLOPT_CONNECT_ONLY); then exchanges go over it one after another, sent and received through
// libcurl and taken apart by Beast. libcurl's own HTTP is not used: it costs more than all the rest of a login.
//
//   making ──▶ resting ⇄ busy ──▶ gone        an exchange is there while it is busy
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "net/beast.h"
#include "net/client_tls.h"
#include "net/curl.h"
#include "net/http_exchange.h"
#include "net/http_proxy.h"

namespace sallyport::net {

class ClientConnection;

// What the connections of one client share, and what they tell it.
class ClientConnections {
 public:
  virtual ~ClientConnections() = default;
  virtual Loop& loop() = 0;
  virtual CURLSH* sessions() = 0;  // TLS sessions, for later connections
  virtual const ClientTrust& trust() = 0;
  virtual const HttpClient::Options& options() = 0;
  virtual std::vector<char>& read_buffer() = 0;  // of the thread, filled and used up within one call
  virtual void made(ClientConnection&) = 0;      // it stands, and gets its first exchange
  virtual void not_made(ClientConnection&, HttpAnswer) = 0;  // it is gone, for this reason
  // An exchange is over. The connection rests now, or it is gone.
  virtual void ended(ClientConnection&, std::unique_ptr<HttpExchange>, HttpAnswer) = 0;
  // A kept connection turned out to be closed before a single octet of an answer came.
  virtual void was_closed(ClientConnection&, std::unique_ptr<HttpExchange>) = 0;
  // A connection at rest was closed by the peer.
  virtual void left(ClientConnection&) = 0;
};

class ClientConnection {
 public:
  ClientConnection(ClientConnections&, CurlMulti&, std::shared_ptr<const HttpUrl>);
  ~ClientConnection() { close(); }
  ClientConnection(const ClientConnection&) = delete;
  ClientConnection& operator=(const ClientConnection&) = delete;

  // To this address, or none for a Unix socket; a sentence when it cannot be begun. `is_known`: libcurl was
  // told.
  base::Result<void> make(const std::optional<Endpoint>&, bool is_known, base::Duration limit);
  void made(CURLcode);                        // libcurl is done
  void carry(std::unique_ptr<HttpExchange>);  // one that rests
  void time_is_over();                        // of the exchange, or for who waits for it to be made
  void close();

  [[nodiscard]] bool is_gone() const { return state_ == State::gone; }
  [[nodiscard]] const HttpUrl& target() const { return *target_; }
  [[nodiscard]] base::SteadyTime rests_since() const { return rests_since_; }

 private:
  enum class State { making, resting, busy, gone };

  static CURLcode on_new_context(CURL*, void* context, void* self);
  static int on_new_socket(void*, curl_socket_t, curlsocktype);
  static curl_socket_t make_socket(void* self, curlsocktype, curl_sockaddr*);
  static int on_closing(void* self, curl_socket_t);
  static std::size_t on_field_of_proxy(char*, std::size_t, std::size_t, void* self);

  void set_options();
  base::Result<void> set_url();
  void set_address(const Endpoint&);
  void begin(bool kept);
  void send();
  void receive();
  void receive_at_rest();
  bool parse();  // true: the exchange is over
  void end_of_octets();
  void finish();  // with the answer that the parser holds
  void fail(CURLcode, std::string why = {});
  void rest_or_close(bool keep);
  [[nodiscard]] bool holds_octets() const;
  [[nodiscard]] const SSL* tls_session() const;
  [[nodiscard]] bool has_read_ahead() const;
  void look_at_certificate();
  [[nodiscard]] HttpFindings findings(CURLcode) const;
  [[nodiscard]] std::string detail(const HttpFindings&, std::string_view why) const;
  void conclude(HttpAnswer&);

  ClientConnections& client_;
  CurlMulti& multi_;
  std::shared_ptr<const HttpUrl> target_;
  State state_ = State::making;
  CURL* easy_;
  std::optional<Watch> watch_;
  Timer again_;  // receives what OpenSSL has read ahead
  ClientTls tls_;
  std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> url_{nullptr, &curl_url_cleanup};
  CurlList address_lines_;
  ConnectAnswer connect_answer_;
  int socket_error_ = 0;  // why no socket could be made
  bool established_ = false;
  bool too_large_ = false;
  Endpoint tried_;
  std::string remote_address_;
  char error_words_[CURL_ERROR_SIZE] = {};
  base::SteadyTime made_at_{}, rests_since_{};

  std::unique_ptr<HttpExchange> exchange_;
  bool has_carried_ = false, kept_ = false;  // kept: for this exchange
  base::SteadyTime carried_since_{};
  std::size_t sent_ = 0;  // of its octets
  std::string in_;
  bool heard_ = false;  // something of the answer
  int interim_answers_ = 0;
  std::optional<HttpReading<false>> reading_;
};

}  // namespace sallyport::net
