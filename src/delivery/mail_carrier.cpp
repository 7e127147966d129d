// A text message by SMTP to the address that is the delivery's destination.
#include <fmt/format.h>

#include "delivery/carrier.h"
#include "delivery/mail.h"
#include "net/resolver.h"
#include "net/smtp_client.h"

namespace sallyport::delivery {
namespace {

// 55x (RFC 5321, 4.2.3) is said of a recipient or a message; other refusals are about us and may pass.
Outcome outcome_of(const net::SmtpAnswer& answer) {
  if (answer.accepted) return {Ended::delivered, ""};
  const bool refused = answer.message_refused && answer.reply / 10 == 55;
  return {refused ? Ended::refused : Ended::failed, answer.detail};
}

net::SmtpClient::Options options_of(const settings::DeliveryChannel& channel) {
  net::SmtpClient::Options options;
  options.tls.ca_file = channel.ca_file;
  options.host = channel.host;
  options.port = channel.port;
  options.security = channel.security == settings::MailSecurity::tls        ? net::SmtpSecurity::tls
                     : channel.security == settings::MailSecurity::starttls ? net::SmtpSecurity::starttls
                                                                            : net::SmtpSecurity::none;
  options.hello_name = channel.from.substr(channel.from.rfind('@') + 1);
  options.user = channel.user;
  options.password = channel.password;
  return options;
}

class MailCarrier final : public Carrier {
 public:
  MailCarrier(net::Loop& loop, const settings::DeliveryChannel& channel,
              std::unique_ptr<net::SmtpClient> client)
      : loop_(loop), channel_(channel), client_(std::move(client)) {}
  ~MailCarrier() override { *alive_ = false; }

  void carry(ParcelPointer parcel, int /*attempt*/, base::Duration limit, Done done) override {
    auto kept = std::make_shared<Done>(std::move(done));
    if (!is_mail_address(parcel->delivery.destination))
      return later(std::move(kept), {Ended::refused, "the destination is not a mail address"});
    const auto until = loop_.now().steady + limit;
    resolver_.resolve(loop_, channel_.host, channel_.port, limit,
                      [this, parcel = std::move(parcel), until, kept,
                       alive = alive_](const base::Result<std::vector<net::Endpoint>>& found) {
                        if (!*alive) return;
                        if (!found) return (*kept)({Ended::failed, found.error().what});
                        send(*parcel, *found, until, kept);
                      });
  }

 private:
  void later(std::shared_ptr<Done> done, Outcome outcome) {
    loop_.post([done = std::move(done), outcome = std::move(outcome), alive = alive_] {
      if (*alive) (*done)(outcome);
    });
  }

  void send(const Parcel& parcel, std::vector<net::Endpoint> addresses, base::SteadyTime until,
            std::shared_ptr<Done> done) {
    const auto now = loop_.now();
    Mail mail;
    mail.from = channel_.from;
    mail.to = parcel.delivery.destination;
    mail.subject = fill(channel_.subject, parcel, now.steady).reveal();
    mail.body = fill(channel_.body, parcel, now.steady).reveal();
    mail.message_id = parcel.id + channel_.from.substr(channel_.from.rfind('@'));
    mail.date = now.wall;
    net::SmtpMessage message;
    message.addresses = std::move(addresses);
    message.from = mail.from;
    message.to = mail.to;
    message.octets = octets_of(mail);
    message.limit = until - now.steady;
    client_->start(std::move(message),
                   [done = std::move(done)](const net::SmtpAnswer& answer) { (*done)(outcome_of(answer)); });
  }

  net::Loop& loop_;
  settings::DeliveryChannel channel_;
  net::Resolver resolver_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  std::unique_ptr<net::SmtpClient> client_;
};

}  // namespace

base::Result<std::unique_ptr<Carrier>> make_mail_carrier(net::Loop& loop,
                                                         const settings::DeliveryChannel& channel) {
  auto client = net::SmtpClient::make(loop, options_of(channel));
  if (!client) return std::unexpected(client.error());
  return std::make_unique<MailCarrier>(loop, channel, std::move(*client));
}

}  // namespace sallyport::delivery
