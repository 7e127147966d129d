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

// What only the whole file can tell: names, addresses used twice, what a server needs.
void check_gateway(Gateway&, const Node&, const Spot&);
void check_validation_server(ValidationServer&, const Node&, const Spot&);
void check_user_store(UserStore&, const Node&, const Spot&);

}  // namespace sallyport::settings
