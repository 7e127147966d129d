#include "server/validation_server.h"

#include <fmt/format.h>

#include <utility>

namespace sallyport::server {
namespace {

validation::Policy policy_of(const settings::ValidationServer& from, const settings::Service* service) {
  validation::Policy out;
  out.mode = from.mode == settings::Mode::code ? validation::Mode::code : validation::Mode::password_code;
  out.code_digits = from.code_digits;
  out.look_up_user = from.look_up_user;
  out.silent_when_user_store_unreachable =
      from.when_user_store_unreachable == settings::WhenUnreachable::silent;
  out.silent_when_service_unreachable = from.when_service_unreachable == settings::WhenUnreachable::silent;
  out.reject_delay = from.reject_delay;
  if (service != nullptr) out.service_limit = service->request_timeout;
  return out;
}

}  // namespace

base::Result<std::shared_ptr<const ValidationServer>> ValidationServer::make(
    const settings::ValidationServer& from, const settings::Service* service, std::shared_ptr<Shared> shared) {
  auto out = std::make_shared<ValidationServer>();
  out->name = from.name;
  out->policy = policy_of(from, service);
  auto clients = Clients::make(from.clients, out->policy);
  if (!clients) return base::failure(fmt::format("validation server {}: {}", from.name, clients.error().what));
  out->clients = std::move(*clients);
  out->max_logins = from.max_logins;
  out->acknowledges_accounting = from.accounting_acknowledge;
  out->asks_user_stores = from.mode == settings::Mode::password_code || from.look_up_user;
  out->user_stores = from.user_stores;
  out->shared = std::move(shared);
  return out;
}

}  // namespace sallyport::server
