// A POST of JSON to a URL of the site. 2xx: delivered; 4xx: refused for good, but 408 and 429 and all else:
// tried again.
#include <fmt/format.h>

#include "base/encoding.h"
#include "crypto/hmac.h"
#include "delivery/carrier.h"
#include "net/http_client.h"
#include "net/resolver.h"
#include "settings/address.h"

namespace sallyport::delivery {
namespace {

Outcome outcome_of(const net::HttpAnswer& answer) {
  if (answer.end != net::HttpEnd::answered) return {Ended::failed, answer.detail};
  if (answer.status / 100 == 2) return {Ended::delivered, ""};
  const bool refused = answer.status / 100 == 4 && answer.status != 408 && answer.status != 429;
  return {refused ? Ended::refused : Ended::failed, fmt::format("HTTP status {}", answer.status)};
}

class WebhookCarrier final : public Carrier {
 public:
  WebhookCarrier(net::Loop& loop, const settings::DeliveryChannel& channel, settings::WebhookUrl url,
                 std::unique_ptr<net::HttpClient> client)
      : loop_(loop),
        url_text_(channel.url),
        url_(std::move(url)),
        token_(channel.bearer_token),
        client_(std::move(client)) {
    if (!channel.signature_key.empty())
      signature_key_.emplace(crypto::HashAlgorithm::sha256, channel.signature_key.reveal_octets());
  }
  ~WebhookCarrier() override { *alive_ = false; }

  void carry(ParcelPointer parcel, int attempt, base::Duration limit, Done done) override {
    const auto until = loop_.now().steady + limit;
    auto kept = std::make_shared<Done>(std::move(done));
    resolver_.resolve(loop_, url_.host, url_.port, limit,
                      [this, parcel = std::move(parcel), attempt, until, kept,
                       alive = alive_](const base::Result<std::vector<net::Endpoint>>& found) {
                        if (!*alive) return;
                        if (!found) return (*kept)({Ended::failed, found.error().what});
                        post(json_of(*parcel, attempt), *found, until, kept);
                      });
  }

 private:
  void post(const base::Secret& json, std::vector<net::Endpoint> addresses, base::SteadyTime until,
            std::shared_ptr<Done> done) {
    net::HttpRequest request;
    request.url = url_text_;
    request.addresses = std::move(addresses);
    request.headers = {{"Content-Type", "application/json"}};
    if (!token_.empty())
      request.headers.emplace_back("Authorization", fmt::format("Bearer {}", token_.reveal()));
    if (signature_key_)
      request.headers.emplace_back(
          "Sallyport-Signature",
          "sha256=" + base::to_hex(signature_key_->sign({json.reveal_octets()}).octets()));
    request.body = json.reveal();
    request.limit = request.connect_limit = until - loop_.now().steady;
    request.plain_to_this_machine = !url_.tls;
    client_->start(std::move(request),
                   [done = std::move(done)](const net::HttpAnswer& answer) { (*done)(outcome_of(answer)); });
  }

  net::Loop& loop_;
  std::string url_text_;
  settings::WebhookUrl url_;
  base::Secret token_;
  std::optional<crypto::HmacKey> signature_key_;
  net::Resolver resolver_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  std::unique_ptr<net::HttpClient> client_;
};

}  // namespace

base::Result<std::unique_ptr<Carrier>> make_webhook_carrier(net::Loop& loop,
                                                            const settings::DeliveryChannel& channel) {
  auto url = settings::parse_webhook_url(channel.url);
  if (!url) return std::unexpected(url.error());
  net::HttpClient::Options options;
  options.tls.ca_file = channel.ca_file;
  options.kept_connections = static_cast<std::size_t>(channel.at_once);
  auto client = net::HttpClient::make(loop, std::move(options));
  if (!client) return std::unexpected(client.error());
  return std::make_unique<WebhookCarrier>(loop, channel, std::move(*url), std::move(*client));
}

}  // namespace sallyport::delivery
