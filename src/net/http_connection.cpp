#include "net/http_connection.h"

#include <boost/asio/buffer.hpp>

#include "net/http_words.h"

namespace sallyport::net {
namespace {

namespace http = boost::beast::http;
constexpr std::uint32_t header_limit = 16U << 10U;
constexpr std::size_t linger_limit = 4U << 20U;  // octets of a refused body that are read away
constexpr base::Duration linger_time = std::chrono::seconds(1);
constexpr base::Duration quiet_time = std::chrono::seconds(2);  // then an idle connection's buffers go

HttpServerAnswer plain(int status, std::string words) {
  return {.status = status, .headers = {}, .body = words + "\n"};
}

std::shared_ptr<const CertificateFacts> client_of(SSL* ssl) {
  X509* certificate = ssl == nullptr ? nullptr : SSL_get0_peer_certificate(ssl);
  if (certificate == nullptr) return nullptr;
  return std::make_shared<const CertificateFacts>(facts_of(certificate));
}

}  // namespace

HttpConnection::HttpConnection(HttpConnections& server, Descriptor socket, HttpPeer peer, SSL_CTX* context)
    : server_(server),
      stream_(std::move(socket)),
      peer_(peer),
      peer_text_(peer.text()),
      state_(context != nullptr ? State::handshaking : State::idle),
      timer_(server.loop()) {
  if (context != nullptr) stream_.accept_tls(context);
  buffers_held_ = context != nullptr;
  watch_.emplace(server.loop(), stream_.descriptor());
}

void HttpConnection::start() {
  enter(state_);
  wait_for(Progress::want_read);
}

base::Duration HttpConnection::limit_of(State state) const {
  switch (state) {
    case State::idle:
      return server_.options().idle_limit;
    case State::answering:
      return server_.options().answer_limit;
    case State::lingering:
      return linger_time;
    default:
      return server_.options().request_limit;
  }
}

void HttpConnection::enter(State state) {
  state_ = state;
  entered_ = server_.loop().now().steady;
  limit_ = entered_ + limit_of(state);
  arm(entered_);
}

// A request passes through four states in a millisecond: a timer that is due earlier than need be stays as it
// is, and looks again when it is due.
void HttpConnection::arm(base::SteadyTime now) {
  auto due = limit_;
  if (state_ == State::idle && buffers_held_) due = std::min(due, now + quiet_time);
  if (!timer_.armed() || due < due_) timer_.at(due_ = due, [this] { on_timer(); });
}

void HttpConnection::on_timer() {
  const auto now = server_.loop().now().steady;
  if (now >= limit_) return on_time_limit();
  if (state_ == State::idle && now >= entered_ + quiet_time) {
    stream_.free_buffers();
    buffers_held_ = false;
  }
  arm(now);
}

void HttpConnection::on_time_limit() {
  if (state_ != State::answering) return close();
  keep_ = false;
  respond(number_, plain(503, "The answer took too long."));
}

void HttpConnection::close() {
  if (state_ == State::gone) return;
  const auto self = shared_from_this();
  state_ = State::gone;
  timer_.cancel();
  watch_.reset();
  stream_ = Stream(Descriptor());
  server_.gone(*this);
}

void HttpConnection::close_when_served() {
  keep_ = false;
  if (state_ == State::handshaking || state_ == State::idle) close();
}

bool HttpConnection::wait_for(Progress progress) {
  if (progress == Progress::ended || progress == Progress::failed) {
    close();
    return false;
  }
  const auto again = [this] { advance(); };
  if (progress == Progress::want_write) {
    watch_->on_readable({});
    watch_->on_writable(again);
  } else {
    watch_->on_writable({});
    watch_->on_readable(again);
  }
  return false;
}

void HttpConnection::advance() {
  if (advancing_) return;
  const auto self = shared_from_this();
  advancing_ = true;
  while (state_ != State::gone && step()) {
  }
  advancing_ = false;
}

bool HttpConnection::step() {
  switch (state_) {
    case State::handshaking:
      return shake_hands();
    case State::idle:
    case State::receiving:
      return receive();
    case State::answering:
      watch_->on_readable({});  // what has come already waits for its turn
      return false;
    case State::writing:
      return send();
    case State::lingering:
      return linger();
    case State::gone:
      return false;
  }
  return false;
}

bool HttpConnection::shake_hands() {
  if (const auto progress = stream_.handshake(); progress != Progress::done) return wait_for(progress);
  certificate_ = client_of(stream_.tls());
  // A resumed session skips the check of the chain: what has expired since must not live on in tickets.
  if (certificate_ && server_.loop().now().wall > certificate_->not_after) {
    close();
    return false;
  }
  enter(State::idle);
  return stream_.holds_octets() || wait_for(Progress::want_read);
}

bool HttpConnection::receive() {
  if (!in_.empty() && parse()) return true;
  if (state_ == State::gone) return false;
  auto& buffer = server_.read_buffer();
  const auto [progress, count] = stream_.read(buffer);
  if (progress != Progress::done) return wait_for(progress);
  buffers_held_ = stream_.tls() != nullptr;
  if (state_ == State::idle) enter(State::receiving);
  in_.append(reinterpret_cast<const char*>(buffer.data()), count);
  if (parse()) return true;
  return stream_.holds_octets() || wait_for(Progress::want_read);
}

// True when the state has changed.
bool HttpConnection::parse() {
  if (!reading_) {
    reading_.emplace(header_limit, server_.options().body_limit);
    continued_ = false;
    if (state_ == State::idle) enter(State::receiving);
  }
  if (const auto error = reading_->take(in_)) return refuse(error);
  const auto& parser = reading_->parser;
  if (parser.is_done()) {
    hand_over();
    return true;
  }
  if (parser.is_header_done() && !continued_ &&
      http::token_list(parser.get()[http::field::expect]).exists("100-continue")) {
    continued_ = true;
    constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
    stream_.write(base::as_bytes(go_on));  // fits into an empty socket buffer; who does not see it sends anyway
  }
  return false;
}

bool HttpConnection::refuse(const boost::system::error_code& error) {
  keep_ = false;
  head_ = false;
  in_.clear();
  if (error == http::error::body_limit) {
    queue(plain(413, "The body is larger than this server takes."));
  } else if (error == http::error::header_limit) {
    queue(plain(431, "The header is larger than this server takes."));
  } else {
    queue(plain(400, "This is not a well-formed HTTP/1.1 request."));
  }
  return true;
}

void HttpConnection::hand_over() {
  auto message = reading_->parser.release();
  reading_.reset();
  head_ = message.method() == http::verb::head;
  keep_ = keep_ && message.keep_alive() && !server_.stopping();
  const std::string_view target(message.target().data(), message.target().size());
  auto read = read_target(target);
  if (!read) {
    refuse(http::error::bad_target);
    return;
  }
  HttpServerRequest request;
  request.method = std::string(message.method_string());
  request.path = std::move(read->path);
  request.query = std::move(read->query);
  request.headers.reserve(8);
  for (const auto& field : message) {
    request.headers.emplace_back(lower({field.name_string().data(), field.name_string().size()}),
                                 field.value());
  }
  request.body = std::move(message.body());
  request.peer = peer_.address;
  request.peer_user = peer_.user;
  request.peer_text = peer_text_;
  request.client_certificate = certificate_;
  enter(State::answering);
  const auto number = ++number_;
  server_.serve()(std::move(request), [weak = weak_from_this(), number](HttpServerAnswer answer) {
    if (const auto self = weak.lock()) self->respond(number, std::move(answer));
  });
}

void HttpConnection::respond(std::uint64_t number, HttpServerAnswer answer) {
  if (state_ != State::answering || number != number_) return;
  if (server_.stopping()) keep_ = false;
  queue(answer);
  advance();
}

void HttpConnection::queue(const HttpServerAnswer& answer) {
  out_.clear();
  out_at_ = 0;
  write_answer(out_, answer, {.close = !keep_, .without_body = head_}, server_.date());
  enter(State::writing);
}

bool HttpConnection::send() {
  while (out_at_ < out_.size()) {
    const auto [progress, count] = stream_.write(base::as_bytes(std::string_view(out_).substr(out_at_)));
    if (progress != Progress::done) return wait_for(progress);
    out_at_ += count;
  }
  if (out_.capacity() > header_limit) out_ = {};
  if (keep_ && !server_.stopping()) {
    enter(State::idle);
    return !in_.empty() || stream_.holds_octets() || wait_for(Progress::want_read);
  }
  stream_.end_writing();
  enter(State::lingering);
  return true;
}

// RFC 9112, 9.6: closing with octets unread would reset the connection, and the answer with it.
bool HttpConnection::linger() {
  auto& buffer = server_.read_buffer();
  const auto got = ::recv(stream_.descriptor(), buffer.data(), buffer.size(), 0);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return wait_for(Progress::want_read);
  lingered_ += got > 0 ? static_cast<std::size_t>(got) : 0;
  if (got <= 0 || lingered_ > linger_limit) {
    close();
    return false;
  }
  return true;
}

}  // namespace sallyport::net
