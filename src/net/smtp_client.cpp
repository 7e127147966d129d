#include "net/smtp_client.h"

#include <fmt/format.h>
#include <pthread.h>
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <mutex>
#include <system_error>
#include <thread>
#include <unordered_map>

#include "net/curl.h"
#include "net/tls_context.h"

namespace sallyport::net {
namespace {

struct EasyFree {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};

std::string host_text(const std::string& host) {
  return host.find(':') == std::string::npos ? host : "[" + host + "]";
}

std::string url_of(const SmtpClient::Options& options) {
  return fmt::format("{}://{}:{}/{}", options.security == SmtpSecurity::tls ? "smtps" : "smtp",
                     host_text(options.host), options.port, options.hello_name);
}

std::string addresses_line(const SmtpClient::Options& options, const std::vector<Endpoint>& addresses) {
  std::string line = fmt::format("{}:{}:", options.host, options.port);
  for (const auto& endpoint : addresses)
    line += fmt::format("{}{}", line.back() == ':' ? "" : ",", host_text(endpoint.address.to_string()));
  return line;
}

// One message, touched by its thread; break_off() by any.
class Sending {
 public:
  explicit Sending(SmtpMessage message) : message_(std::move(message)) {}

  SmtpAnswer run(const SmtpClient::Options& options) {
    if (message_.addresses.empty()) return {.detail = "no address is given for the host"};
    const std::unique_ptr<CURL, EasyFree> easy(curl_easy_init());
    if (!easy) return {.detail = "no memory for a message"};
    CurlList resolved, recipient;
    set_message(easy.get(), recipient.set({"<" + message_.to + ">"}));
    set_connection(easy.get(), options);
    if (!Address::parse(options.host))
      curl_easy_setopt(easy.get(), CURLOPT_RESOLVE,
                       resolved.set({addresses_line(options, message_.addresses)}));
    return conclude(easy.get(), curl_easy_perform(easy.get()));
  }

  void break_off() {
    const std::lock_guard guard(lock_);
    broken_off_ = true;
    if (socket_ >= 0) ::shutdown(socket_, SHUT_RDWR);
  }

 private:
  void set_message(CURL* easy, curl_slist* recipient) {
    const auto set = [easy](CURLoption option, auto value) { curl_easy_setopt(easy, option, value); };
    set(CURLOPT_MAIL_FROM, ("<" + message_.from + ">").c_str());
    set(CURLOPT_MAIL_RCPT, recipient);
    set(CURLOPT_UPLOAD, 1L);
    set(CURLOPT_READFUNCTION, &Sending::give);
    set(CURLOPT_READDATA, this);
    set(CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(message_.octets.size()));
    const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(message_.limit).count();
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(message_.limit).count();
    set(CURLOPT_TIMEOUT_MS, std::max<long>(1, static_cast<long>(milliseconds)));
    set(CURLOPT_CONNECTTIMEOUT_MS, std::max<long>(1, static_cast<long>(milliseconds)));
    set(CURLOPT_SERVER_RESPONSE_TIMEOUT, std::max<long>(1, static_cast<long>(seconds)));  // of QUIT, too
  }

  void set_connection(CURL* easy, const SmtpClient::Options& options) {
    const auto set = [easy](CURLoption option, auto value) { curl_easy_setopt(easy, option, value); };
    set(CURLOPT_URL, url_of(options).c_str());
    set(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    set(CURLOPT_PROXY, "");  // none from the environment
    set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_FORBID_REUSE, 1L);
    set(CURLOPT_ERRORBUFFER, words_);
    set(CURLOPT_USE_SSL,
        static_cast<long>(options.security == SmtpSecurity::none ? CURLUSESSL_NONE : CURLUSESSL_ALL));
    set(CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
    set(CURLOPT_SSL_VERIFYPEER, 1L);
    set(CURLOPT_SSL_VERIFYHOST, options.tls.verify_name ? 2L : 0L);
    if (!options.tls.ca_file.empty()) {
      set(CURLOPT_CAINFO, options.tls.ca_file.c_str());
      set(CURLOPT_CAPATH, nullptr);
    }
    if (!options.user.empty()) {
      set(CURLOPT_USERNAME, options.user.c_str());
      set(CURLOPT_PASSWORD, std::string(options.password.reveal()).c_str());
    }
    set(CURLOPT_NOPROGRESS, 0L);
    set(CURLOPT_XFERINFOFUNCTION, &Sending::on_progress);
    set(CURLOPT_XFERINFODATA, this);
    set(CURLOPT_OPENSOCKETFUNCTION, &Sending::open_socket);
    set(CURLOPT_OPENSOCKETDATA, this);
    set(CURLOPT_CLOSESOCKETFUNCTION, &Sending::close_socket);
    set(CURLOPT_CLOSESOCKETDATA, this);
  }

  SmtpAnswer conclude(CURL* easy, CURLcode code) const {
    SmtpAnswer answer;
    long reply = 0;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &reply);
    answer.reply = static_cast<int>(reply);
    answer.accepted = code == CURLE_OK;
    if (answer.accepted) return answer;
    const std::string_view words = words_;
    answer.detail = words.empty() ? curl_easy_strerror(code) : words_;
    // libcurl says in its words alone which command was refused; what follows the message has a code of its
    // own.
    const bool given = code == CURLE_WEIRD_SERVER_REPLY && given_ == message_.octets.size();
    answer.message_refused = given || words.find("RCPT failed") != std::string_view::npos;
    if (given) answer.detail = fmt::format("the message was refused: {}", reply);
    return answer;
  }

  static std::size_t give(char* into, std::size_t, std::size_t room, void* self) {
    auto& sending = *static_cast<Sending*>(self);
    const auto part = sending.message_.octets.reveal().substr(sending.given_, room);
    std::memcpy(into, part.data(), part.size());
    sending.given_ += part.size();
    return part.size();
  }

  static int on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<Sending*>(self)->broken_off_ ? 1 : 0;
  }

  static curl_socket_t open_socket(void* self, curlsocktype, curl_sockaddr* address) {
    auto& sending = *static_cast<Sending*>(self);
    const int made =
        ::socket(address->family, address->socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, address->protocol);
    const std::lock_guard guard(sending.lock_);
    sending.socket_ = made;
    return made < 0 ? CURL_SOCKET_BAD : made;
  }

  static int close_socket(void* self, curl_socket_t socket) {
    auto& sending = *static_cast<Sending*>(self);
    const std::lock_guard guard(sending.lock_);
    if (sending.socket_ == socket) sending.socket_ = -1;
    return ::close(socket);
  }

  SmtpMessage message_;
  std::size_t given_ = 0;
  char words_[CURL_ERROR_SIZE] = {};
  std::mutex lock_;
  int socket_ = -1;  // the newest
  std::atomic<bool> broken_off_{false};
};

class Client final : public SmtpClient {
 public:
  Client(Loop& loop, Options options) : loop_(loop), options_(std::move(options)) {}
  ~Client() override {
    *alive_ = false;
    for (auto& [number, running] : running_) running.sending->break_off();
    for (auto& [number, running] : running_)
      if (running.thread.joinable()) running.thread.join();
  }

  void start(SmtpMessage message, Done done) override {
    const auto number = next_++;
    auto sending = std::make_shared<Sending>(std::move(message));
    auto& running = running_[number];
    running.sending = sending;
    running.done = std::move(done);
    try {
      running.thread = std::thread([this, number, sending, alive = alive_] {
        pthread_setname_np(pthread_self(), "sp-smtp");
        give_back(number, sending->run(options_), alive);
      });
    } catch (const std::system_error& error) {
      give_back(number, {.detail = std::string("no thread for a message: ") + error.what()}, alive_);
    }
  }

 private:
  struct Running {
    std::shared_ptr<Sending> sending;
    Done done;
    std::thread thread;
  };

  void give_back(std::uint64_t number, SmtpAnswer answer, std::shared_ptr<bool> alive) {  // any thread
    loop_.post([this, number, answer = std::move(answer), alive = std::move(alive)]() mutable {
      if (*alive) ended(number, std::move(answer));
    });
  }

  void ended(std::uint64_t number, SmtpAnswer answer) {
    auto found = running_.extract(number);
    if (found.mapped().thread.joinable()) found.mapped().thread.join();  // it has nothing left to do
    found.mapped().done(std::move(answer));
  }

  Loop& loop_;
  const Options options_;
  std::uint64_t next_ = 0;
  std::unordered_map<std::uint64_t, Running> running_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // touched in the loop
};

}  // namespace

base::Result<std::unique_ptr<SmtpClient>> SmtpClient::make(Loop& loop, Options options) {
  static const auto initialised = curl_global_init(CURL_GLOBAL_ALL);
  if (initialised != CURLE_OK) return base::failure("libcurl could not be set up");
  if (auto trusted = load_authorities(options.tls.ca_file); !trusted) return std::unexpected(trusted.error());
  return std::make_unique<Client>(loop, std::move(options));
}

}  // namespace sallyport::net
