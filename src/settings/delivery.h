#pragma once
// The settings of what carries codes and pushes out of a program: [delivery] and [[delivery.channel]].
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/secret.h"

namespace sallyport::settings {

using std::chrono::milliseconds;
using std::chrono::seconds;

enum class DeliveryKind { push, sms, voice, email, notice };  // notice: to the operator, about the gateway
inline constexpr std::size_t delivery_kinds = 5;
enum class DeliveryChannelKind { command, webhook, smtp };
enum class MailSecurity { starttls, tls, none };

std::string_view to_string(DeliveryKind);

// "https://host:port/path", or http to this machine.
struct WebhookUrl {
  bool tls = true;
  std::string host;
  std::uint16_t port = 443;
};
base::Result<WebhookUrl> parse_webhook_url(std::string_view);

struct DeliveryChannel {  // [[delivery.channel]]
  std::string name;
  DeliveryChannelKind kind = DeliveryChannelKind::command;
  std::vector<DeliveryKind> kinds;  // what it carries
  seconds time_limit{10};           // of one attempt
  int at_once = 8;                  // attempts
  std::vector<std::string> argv;    // command: the program's path, then its arguments
  std::string url;                  // webhook: https, or http to this machine
  base::Secret bearer_token;        // webhook; empty: none
  base::Secret signature_key;       // webhook: HMAC-SHA256 over the body; empty: none
  std::string ca_file;              // webhook and smtp; empty: the system's
  std::string host;                 // smtp
  std::uint16_t port = 587;         // smtp; 465 for tls
  MailSecurity security = MailSecurity::starttls;
  std::string user;  // smtp; empty: nobody signs in
  base::Secret password;
  std::string from;
  std::string subject, body;  // smtp: templates with {code}, {minutes}, {user}, {text}
};

struct Delivery {  // [delivery]
  int queue_limit = 10'000;
  milliseconds retry_first{1'000};  // after the first failure; doubled after each further one
  milliseconds retry_most{30'000};
  std::vector<DeliveryChannel> channels;
};

}  // namespace sallyport::settings
