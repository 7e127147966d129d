#include "net/client_connection.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "net/http_words.h"

namespace sallyport::net {
namespace {

namespace http = boost::beast::http;
constexpr std::size_t header_limit = 64U << 10U;  // octets of all an answer's fields
constexpr int most_interim_answers = 8;           // RFC 9110, 15.2

long milliseconds(base::Duration duration) {
  return std::max<long>(1, static_cast<long>(std::chrono::ceil<std::chrono::milliseconds>(duration).count()));
}

}  // namespace

ClientConnection::ClientConnection(ClientConnections& client, CurlMulti& multi,
                                   std::shared_ptr<const HttpUrl> target)
    : client_(client),
      multi_(multi),
      target_(std::move(target)),
      easy_(curl_easy_init()),
      again_(client.loop()),
      tls_{.trust = client.trust(), .host = target_->origin.host, .trace = {}} {
  if (easy_ != nullptr) set_options();
}

base::Result<void> ClientConnection::make(const std::optional<Endpoint>& address, bool is_known,
                                          base::Duration limit) {
  if (easy_ == nullptr) return base::failure("no memory for a connection");
  if (auto good = set_url(); !good) return good;
  tried_ = address.value_or(Endpoint{});
  if (address && !is_known) set_address(*address);
  curl_easy_setopt(easy_, CURLOPT_CONNECTTIMEOUT_MS, milliseconds(limit));
  if (!multi_.add(easy_)) return base::failure("libcurl refused the exchange");
  return {};
}

void ClientConnection::made(CURLcode code) {
  if (const auto* address = told<const char*>(easy_, CURLINFO_PRIMARY_IP); address != nullptr)
    remote_address_ = address;
  if (code != CURLE_OK) return fail(code);
  const auto socket = told<curl_socket_t>(easy_, CURLINFO_ACTIVESOCKET);
  if (socket == CURL_SOCKET_BAD) return fail(CURLE_RECV_ERROR, "the connection was closed at once");
  multi_.closing(socket);  // it is watched from here
  watch_.emplace(client_.loop(), socket);
  watch_->on_readable([this] { state_ == State::busy ? receive() : receive_at_rest(); });
  established_ = true;
  look_at_certificate();
  made_at_ = client_.loop().now().steady;
  state_ = State::resting;
  client_.made(*this);
}

void ClientConnection::carry(std::unique_ptr<HttpExchange> exchange) {
  exchange_ = std::move(exchange);
  begin(std::exchange(has_carried_, true));
}

void ClientConnection::begin(bool kept) {
  kept_ = kept;
  carried_since_ = client_.loop().now().steady;
  sent_ = 0;
  heard_ = false;
  interim_answers_ = 0;
  in_.clear();
  reading_.emplace(header_limit, exchange_->request.answer_limit);
  state_ = State::busy;
  send();
}

void ClientConnection::send() {
  const std::string_view octets = exchange_->octets;
  while (sent_ < octets.size()) {
    std::size_t count = 0;
    const auto code = curl_easy_send(easy_, octets.data() + sent_, octets.size() - sent_, &count);
    if (code == CURLE_AGAIN) return watch_->on_writable([this] { send(); });
    if (code != CURLE_OK) return fail(code);
    sent_ += count;
  }
  watch_->on_writable({});
}

// A peer that never stops must not hold the loop, in which its time limit is kept. What is left in the socket
// is told of again, what OpenSSL has read ahead is not.
void ClientConnection::receive() {
  auto& buffer = client_.read_buffer();
  constexpr int at_a_time = 16;
  for (int turn = 0; turn < at_a_time; ++turn) {
    std::size_t count = 0;
    const auto code = curl_easy_recv(easy_, buffer.data(), buffer.size(), &count);
    if (code == CURLE_AGAIN) return;
    if (code != CURLE_OK) return fail(code);
    if (count == 0) return end_of_octets();
    heard_ = true;
    in_.append(buffer.data(), count);
    if (parse()) return;
  }
  if (has_read_ahead()) again_.after({}, [this] { receive(); });
}

// What comes on a connection at rest is its end most likely. What is neither that nor a record of TLS's own
// does not belong to any exchange, and the next would take it for its answer.
void ClientConnection::receive_at_rest() {
  std::size_t count = 0;
  char octet = 0;
  if (curl_easy_recv(easy_, &octet, 1, &count) == CURLE_AGAIN) return;
  close();
  client_.left(*this);
}

bool ClientConnection::parse() {
  for (;;) {
    if (const auto error = reading_->take(in_)) {
      too_large_ = error == http::error::header_limit || error == http::error::body_limit;
      fail(too_large_ ? CURLE_FILESIZE_EXCEEDED : CURLE_WEIRD_SERVER_REPLY, error.message());
      return true;
    }
    if (!reading_->parser.is_done()) return false;
    const auto status = reading_->parser.get().result_int();
    if (status >= 200 || status == 101) break;
    if (++interim_answers_ > most_interim_answers) {
      fail(CURLE_WEIRD_SERVER_REPLY, "too many answers that only announce another");
      return true;
    }
    reading_.emplace(header_limit,
                     exchange_->request.answer_limit);  // RFC 9110, 15.2: what is meant comes later
  }
  finish();
  return true;
}

void ClientConnection::end_of_octets() {
  if (reading_->ends_whole()) return finish();
  fail(heard_ ? CURLE_PARTIAL_FILE : CURLE_GOT_NOTHING);
}

void ClientConnection::finish() {
  HttpAnswer answer;
  answer.end = HttpEnd::answered;
  const bool keep = reading_->parser.keep_alive() && sent_ == exchange_->octets.size() && !holds_octets();
  auto message = reading_->parser.release();
  answer.status = static_cast<int>(message.result_int());
  for (const auto& field : message)
    answer.headers.emplace_back(lower({field.name_string().data(), field.name_string().size()}), field.value());
  answer.body = std::move(message.body());
  conclude(answer);
  rest_or_close(keep);
  client_.ended(*this, std::move(exchange_), std::move(answer));
}

// Of nobody's answer: read already, or by OpenSSL ahead of us, where no readiness tells of them.
bool ClientConnection::holds_octets() const { return !in_.empty() || has_read_ahead(); }

const SSL* ClientConnection::tls_session() const {
  const auto* session = told<curl_tlssessioninfo*>(easy_, CURLINFO_TLS_SSL_PTR);
  return session == nullptr ? nullptr : static_cast<const SSL*>(session->internals);
}

bool ClientConnection::has_read_ahead() const {
  const auto* ssl = tls_session();
  return ssl != nullptr && SSL_has_pending(ssl) == 1;
}

// A session that is resumed is not judged again; it remembers the certificate.
void ClientConnection::look_at_certificate() {
  const auto* ssl = tls_session();
  const auto* certificate = ssl == nullptr ? nullptr : SSL_get0_peer_certificate(ssl);
  if (certificate != nullptr) tls_.trace.certificate_ends = end_of(certificate);
}

void ClientConnection::fail(CURLcode code, std::string why) {
  if (kept_ && !heard_ && code != CURLE_OPERATION_TIMEDOUT && tls_.trace.alert_received < 0) {
    close();
    return client_.was_closed(*this, std::move(exchange_));
  }
  HttpAnswer answer;
  const auto found = findings(code);
  answer.end = end_of(found);
  answer.detail = detail(found, why);
  conclude(answer);
  close();
  if (!exchange_) return client_.not_made(*this, std::move(answer));
  client_.ended(*this, std::move(exchange_), std::move(answer));
}

void ClientConnection::time_is_over() { fail(CURLE_OPERATION_TIMEDOUT); }

void ClientConnection::conclude(HttpAnswer& answer) {
  answer.tried = tried_;
  answer.connection_was_reused = kept_;
  answer.tunnel_opened =
      client_.options().proxy && (established_ || told<long>(easy_, CURLINFO_HTTP_CONNECTCODE) / 100 == 2);
  answer.request_left = established_ && sent_ > 0;
  answer.certificate_ends = tls_.trace.certificate_ends;
  answer.remote_address = remote_address_;
  if (!exchange_) return;
  answer.connected_after = carried_since_ - exchange_->begun;
  answer.ended_after = client_.loop().now().steady - exchange_->begun;
}

void ClientConnection::rest_or_close(bool keep) {
  again_.cancel();
  rests_since_ = client_.loop().now().steady;
  if (!keep || rests_since_ - made_at_ >= client_.options().life_limit) return close();
  state_ = State::resting;
  constexpr std::size_t small = 4U << 10U;
  if (in_.capacity() > small) in_ = {};
  reading_.reset();
}

void ClientConnection::close() {
  if (state_ == State::gone) return;
  state_ = State::gone;
  watch_.reset();
  again_.cancel();
  if (easy_ == nullptr) return;
  multi_.remove(easy_);  // its connection is closed by that
  curl_easy_cleanup(easy_);
  easy_ = nullptr;
}

HttpFindings ClientConnection::findings(CURLcode code) const {
  HttpFindings out;
  out.code = code;
  out.system_error = socket_error_ != 0 ? socket_error_ : told<long>(easy_, CURLINFO_OS_ERRNO);
  out.connected = established_;
  out.reached = !remote_address_.empty();
  out.at_proxy =
      client_.options().proxy && !established_ && told<long>(easy_, CURLINFO_HTTP_CONNECTCODE) / 100 != 2;
  out.too_large = too_large_;
  out.tls = tls_.trace;
  // libcurl 7.88 keeps this cause in its words alone.
  const std::string_view words = error_words_;
  const auto said = [&](std::string_view phrase) { return words.find(phrase) != std::string_view::npos; };
  out.cut = said("SSL_ERROR_SYSCALL") || said("unexpected eof") || out.system_error == ECONNRESET;
  return out;
}

std::string ClientConnection::detail(const HttpFindings& found, std::string_view why) const {
  std::string words = !why.empty()              ? std::string(why)
                      : error_words_[0] != '\0' ? error_words_
                                                : curl_easy_strerror(found.code);
  const auto& proxy = client_.options().proxy;
  if (found.at_proxy) return why_no_tunnel(*proxy, connect_answer_, end_of(found), found.reached, words);
  if (too_large_) words = "the answer is larger than the limit";
  if (found.tls.alert_received >= 0)
    words += fmt::format(" (the peer's alert: {})", SSL_alert_desc_string_long(found.tls.alert_received));
  if (found.tls.verify_error != X509_V_OK)
    words += fmt::format(" ({})", X509_verify_cert_error_string(found.tls.verify_error));
  if (proxy) words += fmt::format(" (through proxy {})", proxy->text());
  return words;
}

}  // namespace sallyport::net
