#include "authservice/admin_service.h"

#include "authservice/admin_requests.h"

namespace sallyport::authservice {
namespace {

constexpr std::string_view root = "/admin/v1/";

net::HttpServerAnswer written(const AdminAnswer& answer) {
  net::HttpServerAnswer out;
  out.status = answer.status;
  out.content_type = "application/json";
  out.headers.emplace_back("Cache-Control", "no-store");  // it may hold a secret
  out.body = boost::json::serialize(answer.body);
  return out;
}

std::unexpected<AdminAnswer> refused(const base::Error& error) {
  return std::unexpected(admin_error(400, error.what));
}
std::unexpected<AdminAnswer> not_found() {
  return std::unexpected(admin_error(404, "there is nothing at this path"));
}

std::optional<UserAction> user_action(std::string_view word) {
  if (word == "show") return UserAction::show;
  if (word == "remove") return UserAction::remove;
  if (word == "lock") return UserAction::lock;
  if (word == "unlock") return UserAction::unlock;
  return std::nullopt;
}

std::optional<CredentialAction> credential_action(std::string_view word) {
  if (word == "show") return CredentialAction::show;
  if (word == "remove") return CredentialAction::remove;
  if (word == "lock") return CredentialAction::lock;
  if (word == "unlock") return CredentialAction::unlock;
  if (word == "resync") return CredentialAction::resync;
  if (word == "bind") return CredentialAction::bind;
  if (word == "unbind") return CredentialAction::unbind;
  if (word == "enable-push") return CredentialAction::enable_push;
  if (word == "disable-push") return CredentialAction::disable_push;
  return std::nullopt;
}

}  // namespace

bool AdminService::serve(net::HttpServerRequest& request, net::HttpServer::Respond& respond) {
  if (!request.path.starts_with(root)) return false;
  const auto* found = caller_of(worker_, request);
  if (found == nullptr || found->role != settings::AccountRole::admin) {
    if (found != nullptr) {
      worker_.log().log_rarely(telemetry::messages::role_refused, worker_.now(),
                               {{"subject", request.client_certificate->subject},
                                {"operation", request.path},
                                {"role", std::string(to_string(found->role))}});
    }
    respond(written(admin_error(403, "this certificate may not administer")));
    return true;
  }
  auto job = job_of(request);
  if (!job) {
    respond(written(job.error()));
    return true;
  }
  auto account = found->account;
  worker_.in_database(
      [job = std::move(*job), account](Session& session) { return job(session, account); },
      [this, account, respond = std::move(respond), subject = request.client_certificate->subject,
       operation = request.path.substr(root.size())](store::DatabaseResult<AdminAnswer> done) mutable {
        if (!done) return respond(written(admin_error(503, "the database cannot keep it now")));
        if (done->push) count(*done->push);
        if (!done->change.empty()) {
          worker_.log().log(telemetry::messages::admin_change, worker_.now().wall,
                            {{"subject", subject},
                             {"operation", operation},
                             {"account", account->name},
                             {"detail", done->change}});
        }
        respond(written(*done));
      });
  return true;
}

void AdminService::count(PushState state) {
  auto& pushes = worker_.counters().pushes;
  if (state == PushState::approved) pushes[PushCount::approved]->add();
  if (state == PushState::denied) pushes[PushCount::denied]->add();
  if (state == PushState::wrong_number) pushes[PushCount::wrong_number]->add();
}

std::expected<AdminService::Job, AdminAnswer> AdminService::job_of(const net::HttpServerRequest& request) {
  const auto what = std::string_view(request.path).substr(root.size());
  if (request.method == "GET") return get(what, request.query);
  if (request.method != "POST") return std::unexpected(admin_error(405, "GET or POST"));
  auto body = parse_object(request.body);
  if (!body) return refused(body.error());
  return post(what, *body);
}

std::expected<AdminService::Job, AdminAnswer> AdminService::get(std::string_view what, std::string_view query) {
  if (what == "status") {
    return Job([this](Session& s, const AccountPointer& account) { return status_of(s, *account, facts_); });
  }
  if (what != "users" && what != "credentials" && what != "pushes") return not_found();
  auto page = page_of(query);
  if (!page) return refused(page.error());
  if (what == "users") {
    return Job(
        [page = *page](Session& s, const AccountPointer& account) { return list_users(s, *account, page); });
  }
  if (what == "pushes") {
    return Job(
        [page = *page](Session& s, const AccountPointer& account) { return list_pushes(s, *account, page); });
  }
  return Job([page = *page](Session& s, const AccountPointer& account) {
    return list_credentials(s, *account, page);
  });
}

std::expected<AdminService::Job, AdminAnswer> AdminService::post(std::string_view what,
                                                                 const boost::json::object& body) {
  if (what == "import") {
    auto lines = lines_of(body, most_lines);
    if (!lines) return refused(lines.error());
    return Job([lines = *lines](Session& s, const AccountPointer& account) {
      return import_lines(s, *account, lines);
    });
  }
  if (what == "credentials") {
    auto asked = new_credential_of(body);
    if (!asked) return refused(asked.error());
    return Job([this, asked = *asked](Session& s, const AccountPointer& account) {
      return new_credential(s, *account, facts_, asked);
    });
  }
  if (what == "pushes/approve" || what == "pushes/deny") {
    auto order = push_order_of(what == "pushes/approve", body);
    if (!order) return refused(order.error());
    return Job([order = *order](Session& s, const AccountPointer& account) {
      return answer_push(s, *account, order);
    });
  }
  return post_action(what, body);
}

std::expected<AdminService::Job, AdminAnswer> AdminService::post_action(std::string_view what,
                                                                        const boost::json::object& body) {
  const auto slash = what.find('/');
  const auto kind = what.substr(0, slash);
  const auto word = slash == std::string_view::npos ? std::string_view() : what.substr(slash + 1);
  if (what == "users" || (kind == "users" && user_action(word))) {
    auto user = user_of(body);
    if (!user) return refused(user.error());
    if (word.empty()) {
      return Job(
          [user = *user](Session& s, const AccountPointer& account) { return add_user(s, account, user); });
    }
    return Job([user = *user, action = *user_action(word)](Session& s, const AccountPointer& account) {
      return act_on_user(s, *account, user.prepared, action);
    });
  }
  const auto action = credential_action(word);
  if (kind != "credentials" || !action) return not_found();
  auto order = order_of(*action, body);
  if (!order) return refused(order.error());
  return Job([order = *order](Session& s, const AccountPointer& account) {
    return act_on_credential(s, *account, order);
  });
}

}  // namespace sallyport::authservice
