#include "net/http_proxy.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace sallyport::net {
namespace {

// Not Negotiate: libcurl would ask a Kerberos key centre from within the loop.
unsigned long methods_of(HttpProxy::Authentication authentication) {
  switch (authentication) {
    case HttpProxy::Authentication::any:  // the strongest that the proxy offers
      return CURLAUTH_DIGEST | CURLAUTH_NTLM | CURLAUTH_BASIC;
    case HttpProxy::Authentication::basic:
      return CURLAUTH_BASIC;
    case HttpProxy::Authentication::digest:
      return CURLAUTH_DIGEST;
    case HttpProxy::Authentication::ntlm:
      return CURLAUTH_NTLM;
  }
  return CURLAUTH_BASIC;
}

bool equal_without_case(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

std::string_view without_blanks(std::string_view text) {
  constexpr std::string_view blank = " \t\r\n";
  text.remove_prefix(std::min(text.find_first_not_of(blank), text.size()));
  return text.substr(0, text.find_last_not_of(blank) + 1);
}

// What an administrator can do about it.
std::string advice(const HttpProxy& proxy, const ConnectAnswer& said) {
  std::string out = proxy.user.empty()
                        ? "; the settings name no user for it"
                        : fmt::format("; it does not take user \"{}\" with this password", proxy.user);
  if (!said.offered.empty()) out += fmt::format("; it offers {}", fmt::join(said.offered, ", "));
  return out;
}

}  // namespace

std::string HttpProxy::text() const {
  const bool v6 = host.find(':') != std::string::npos;
  return fmt::format("{}{}{}:{}", v6 ? "[" : "", host, v6 ? "]" : "", port);
}

void set_proxy(CURL* easy, const std::optional<HttpProxy>& proxy) {
  curl_easy_setopt(easy, CURLOPT_NOPROXY, "");
  curl_easy_setopt(easy, CURLOPT_PROXY, proxy ? ("http://" + proxy->text()).c_str() : "");
  if (!proxy) return;
  curl_easy_setopt(easy, CURLOPT_HTTPPROXYTUNNEL, 1L);
  curl_easy_setopt(easy, CURLOPT_HEADEROPT, static_cast<long>(CURLHEADER_SEPARATE));  // ours are the service's
  if (proxy->user.empty()) return;
  curl_easy_setopt(easy, CURLOPT_PROXYAUTH, methods_of(proxy->authentication));
  curl_easy_setopt(easy, CURLOPT_PROXYUSERNAME, proxy->user.c_str());
  const auto password = proxy->password.reveal();  // a whole std::string: NUL comes after it
  curl_easy_setopt(easy, CURLOPT_PROXYPASSWORD,
                   password.data());  // NOLINT(bugprone-suspicious-stringview-data-usage)
}

void ConnectAnswer::take(std::string_view line) {
  if (line.starts_with("HTTP/")) {
    const auto code = line.find(' ');
    status =
        code == std::string_view::npos ? "" : std::string(without_blanks(line.substr(code)).substr(0, 100));
    offered.clear();
    return;
  }
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return;
  const auto name = line.substr(0, colon);
  if (!equal_without_case(name, "Proxy-Authenticate") && !equal_without_case(name, "WWW-Authenticate")) return;
  const auto challenge = without_blanks(line.substr(colon + 1));
  std::string scheme(challenge.substr(0, std::min<std::size_t>(challenge.find_first_of(" ,"), 20)));
  if (offered.size() < 8 && std::ranges::find(offered, scheme) == offered.end())
    offered.push_back(std::move(scheme));
}

std::string why_no_tunnel(const HttpProxy& proxy, const ConnectAnswer& said, HttpEnd end, bool reached,
                          std::string_view words) {
  const auto about = [&](std::string_view what) { return fmt::format("proxy {} {}", proxy.text(), what); };
  if (end == HttpEnd::connect_timed_out)
    return about(reached ? "was connected, but opened no tunnel in time"
                         : "did not take the connection in time");
  if (!reached || end == HttpEnd::local) return about(fmt::format("cannot be reached: {}", words));
  const bool wants_to_know_us =
      said.status.starts_with("407") || said.status.starts_with("401");  // tinyproxy: 401
  if (wants_to_know_us) return about("answered CONNECT with " + said.status) + advice(proxy, said);
  if (!said.status.empty()) return about("answered CONNECT with " + said.status);
  return about(fmt::format("gave no answer to CONNECT that is HTTP: {}", words));
}

}  // namespace sallyport::net
