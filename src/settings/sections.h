#pragma once
// The sections of both programs' settings files, each with its keys and its checks. The static ones are built
// once.
#include "settings/schema.h"

namespace sallyport::settings {

const Section<Gateway>& gateway_section();
const Section<AuthService>& authservice_section();

Section<Log> log_section();
Section<Metrics> metrics_section(std::string_view default_listen);
Section<Delivery> delivery_section();
std::vector<Key<DeliveryChannel>> delivery_way_keys();  // of a channel: all but what it carries, and the words
Section<Continuity> continuity_section();
Section<Notice> notice_section();
Child<Continuity> causes_table();
Section<ClientCertificate> client_certificate_section();
Section<Service> service_section();
Section<UserStore> user_store_section();
Section<ValidationServer> validation_server_section();
Section<RadiusClient> radius_client_section();
Section<Prompts> prompts_section();
Section<ReplyAttribute> reply_attribute_section();
Section<Guard> guard_section();
Section<Cluster> cluster_section();
std::vector<Key<ValidationServer>> second_factor_keys();
std::vector<Key<ValidationServer>> continuity_keys();
Section<LadderFor> ladder_for_section();
base::Result<void> mail_address(std::string_view);

// What only the whole file can tell: names, addresses used twice, what a server needs.
void check_gateway(Gateway&, const Node&, const Spot&);
void check_validation_server(ValidationServer&, const Node&, const Spot&);
void check_continuity(Gateway&, const Node&, const Spot&);
void check_ladders(ValidationServer&, const Node&, const Spot&);  // fills in the ladder that was not said
void warn_of_continuity(const Gateway&, std::vector<Warning>&);
void check_delivery_channel(DeliveryChannel&, const Node&, const Spot&);
void check_user_store(UserStore&, const Node&, const Spot&);

}  // namespace sallyport::settings
