#pragma once
// /admin/v1 on one worker: JSON over the same mutual TLS, for certificates of the role `admin` alone (others
// get 403). docs/openapi.yaml describes it. A secret leaves once, in the answer that creates it.
#include <functional>
#include <string>

#include "authservice/admin_work.h"
#include "authservice/worker.h"

namespace sallyport::authservice {

class AdminService {
 public:
  static constexpr std::size_t body_limit = 1U << 20U;
  static constexpr std::size_t most_lines = 1000;  // of one import

  AdminService(Worker& worker, const AdminFacts& facts) : worker_(worker), facts_(facts) {}

  // False: the path is not below /admin/v1.
  bool serve(net::HttpServerRequest& request, net::HttpServer::Respond& respond);

 private:
  using Job = std::function<AdminAnswer(Session&, const AccountPointer&)>;
  // The job that the request asks for, or the answer that refuses it.
  std::expected<Job, AdminAnswer> job_of(const net::HttpServerRequest&);
  std::expected<Job, AdminAnswer> get(std::string_view what, std::string_view query);
  std::expected<Job, AdminAnswer> post(std::string_view what, const boost::json::object& body);
  std::expected<Job, AdminAnswer> post_action(std::string_view what, const boost::json::object& body);
  void count(PushState);

  Worker& worker_;
  const AdminFacts& facts_;
};

}  // namespace sallyport::authservice
