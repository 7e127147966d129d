// What libcurl is told about a connection that it makes.
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "net/client_connection.h"

namespace sallyport::net {

void ClientConnection::set_options() {
  const auto& options = client_.options();
  const auto set = [this](CURLoption option, auto value) { curl_easy_setopt(easy_, option, value); };
  set(CURLOPT_PRIVATE, this);
  set(CURLOPT_CONNECT_ONLY, 1L);
  set(CURLOPT_FRESH_CONNECT, 1L);  // the client knows which are kept
  set(CURLOPT_SHARE, client_.sessions());
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_PROTOCOLS_STR, target_->plain ? "http" : "https");
  set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
  set(CURLOPT_SSL_ENABLE_ALPN, 0L);
  set_proxy(easy_, options.proxy);
  if (!options.unix_path.empty()) set(CURLOPT_UNIX_SOCKET_PATH, options.unix_path.c_str());
  set(CURLOPT_DNS_CACHE_TIMEOUT, -1L);
  set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  set(CURLOPT_TCP_NODELAY, 1L);
  set(CURLOPT_QUICK_EXIT, 1L);
  set(CURLOPT_BUFFERSIZE, 4'096L);  // kept as long as the connection is
  set(CURLOPT_USERAGENT, options.user_agent.c_str());
  set(CURLOPT_ERRORBUFFER, error_words_);
  set(CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
  set(CURLOPT_SSL_VERIFYPEER, 1L);
  set(CURLOPT_SSL_VERIFYHOST, client_.trust().verify_name ? 2L : 0L);
  set(CURLOPT_CAINFO, nullptr);  // ours are parsed already: see client_tls.cpp
  set(CURLOPT_CAPATH, nullptr);
  set(CURLOPT_CA_CACHE_TIMEOUT, 0L);
  set(CURLOPT_SSL_CTX_FUNCTION, &on_new_context);
  set(CURLOPT_SSL_CTX_DATA, this);
  set(CURLOPT_SOCKOPTFUNCTION, &on_new_socket);
  set(CURLOPT_OPENSOCKETFUNCTION, &make_socket);
  set(CURLOPT_OPENSOCKETDATA, this);
  set(CURLOPT_CLOSESOCKETFUNCTION, &on_closing);
  set(CURLOPT_CLOSESOCKETDATA, this);
  set(CURLOPT_HEADERFUNCTION, &on_field_of_proxy);
  set(CURLOPT_HEADERDATA, this);
}

base::Result<void> ClientConnection::set_url() {
  url_.reset(curl_url());
  if (!url_ || curl_url_set(url_.get(), CURLUPART_URL, (target_->key + "/").c_str(), 0) != CURLUE_OK)
    return base::failure(fmt::format("'{}' is not a URL that libcurl takes", target_->key));
  curl_easy_setopt(easy_, CURLOPT_CURLU, url_.get());
  return {};
}

// libcurl never resolves. An address in the URL (or, behind a proxy, in the settings) is its own answer.
void ClientConnection::set_address(const Endpoint& endpoint) {
  const auto& proxy = client_.options().proxy;
  const bool named = proxy ? !Address::parse(proxy->host).has_value() : !target_->host_is_address;
  if (!named) return;
  const auto text = endpoint.address.to_string();
  auto line = fmt::format("{}:{}:{}", proxy ? proxy->host : target_->origin.host,
                          proxy ? proxy->port : target_->origin.port,
                          endpoint.address.is_v4() ? text : "[" + text + "]");
  curl_easy_setopt(easy_, CURLOPT_RESOLVE, address_lines_.set({std::move(line)}));
}

CURLcode ClientConnection::on_new_context(CURL*, void* context, void* self) {
  auto& tls = static_cast<ClientConnection*>(self)->tls_;
  return tls.set_up(static_cast<SSL_CTX*>(context)) ? CURLE_OK : CURLE_SSL_CERTPROBLEM;
}

int ClientConnection::on_new_socket(void*, curl_socket_t socket, curlsocktype) {
  const unsigned milliseconds =
      2'000;  // TCP only: unanswered octets: a path that went dead is noticed within it
  setsockopt(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &milliseconds, sizeof milliseconds);
  return CURL_SOCKOPT_OK;
}

curl_socket_t ClientConnection::make_socket(void* self, curlsocktype, curl_sockaddr* address) {
  const int made =
      ::socket(address->family, address->socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, address->protocol);
  static_cast<ClientConnection*>(self)->socket_error_ = made < 0 ? errno : 0;
  return made < 0 ? CURL_SOCKET_BAD : made;
}

int ClientConnection::on_closing(void* self, curl_socket_t socket) {
  auto& connection = *static_cast<ClientConnection*>(self);
  connection.multi_.closing(socket);
  if (connection.established_) connection.watch_.reset();
  return ::close(socket);
}

std::size_t ClientConnection::on_field_of_proxy(char* octets, std::size_t, std::size_t count, void* self) {
  static_cast<ClientConnection*>(self)->connect_answer_.take({octets, count});
  return count;
}

}  // namespace sallyport::net
