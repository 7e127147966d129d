// One real exchange: mutual TLS, HTTP and SOAP over loopback, with certificates made here.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "cloud/channel.h"
#include "net/http_server.h"

namespace sallyport::cloud {
namespace {

using namespace std::chrono_literals;

class MutualTls : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = std::filesystem::temp_directory_path() / "cloud_test.XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    make_authority("ca", "Test CA");
    make_authority("other-ca", "Another CA");
    make_certificate("server", "localhost", "ca");
    make_certificate("client", "gateway-7", "ca");
    serve();
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  [[nodiscard]] std::string file(const std::string& name) const { return folder_ + "/" + name; }
  void run(const std::string& command) {
    ASSERT_EQ(std::system(("cd " + folder_ + " && openssl " + command + " 2>/dev/null").c_str()), 0) << command;
  }
  void make_authority(const std::string& name, const std::string& common_name) {
    run("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -keyout " + name + ".key -out " +
        name + ".pem -subj '/CN=" + common_name + "'");
  }
  void make_certificate(const std::string& name, const std::string& common_name, const std::string& authority) {
    run("req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout " + name + ".key -out " + name +
        ".csr -subj '/CN=" + common_name + "' -addext subjectAltName=DNS:localhost,IP:127.0.0.1");
    run("x509 -req -in " + name + ".csr -days 1 -CA " + authority + ".pem -CAkey " + authority +
        ".key -CAcreateserial -copy_extensions copy -out " + name + ".pem");
  }

  void serve() {
    net::HttpServer::Options options;
    options.listen = net::Endpoint::parse("127.0.0.1:0").value();
    options.tls =
        net::TlsServer{net::load_identity(file("server.pem"), file("server.key"), {}).value(), file("ca.pem")};
    auto server = net::HttpServer::open(loop_, std::move(options), [this](auto request, auto respond) {
      common_name_ = request.client_certificate ? request.client_certificate->common_name : "";
      path_ = request.path;
      const auto begin = request.body.find("requestId>") + 10;
      const auto id = request.body.substr(begin, request.body.find("</", begin) - begin);
      net::HttpServerAnswer answer;
      answer.content_type = "text/xml; charset=utf-8";
      answer.headers.emplace_back("Sallyport-Idempotent", "1");
      answer.body =
          "<S:Envelope xmlns:S=\"http://schemas.xmlsoap.org/soap/envelope/\"><S:Body><AuthenticateUserResponse "
          "xmlns=\"https://schemas.symantec.com/vip/2011/04/vipuserservices\"><requestId>" +
          id +
          "</requestId><status>0000</status><statusMessage>Success</statusMessage></AuthenticateUserResponse>" +
          "</S:Body></S:Envelope>";
      respond(std::move(answer));
    });
    ASSERT_TRUE(server) << server.error().what;
    server_ = std::move(*server);
  }

  [[nodiscard]] settings::Service service() const {
    settings::Service service;
    service.url = "https://localhost:" + std::to_string(server_->local().port) + "/vipuserservices/";
    service.certificate_file = file("client.pem");
    service.key_file = file("client.key");
    service.ca_file = file("ca.pem");
    return service;
  }

  CodeAnswer ask(const settings::Service& with) {
    auto channel = Channel::make(loop_, resolver_, with, 4);
    EXPECT_TRUE(channel) << channel.error().what;
    CodeAnswer answer;
    (*channel)->authenticate_user({"alice", draw_request_id(), false, loop_.now().steady + 5s},
                                  base::Secret("123456"), std::nullopt, [&](CodeAnswer given) {
                                    answer = std::move(given);
                                    answered_ = true;
                                  });
    for (int turn = 0; turn < 600 && !answered_; ++turn) loop_.run_for(10ms);
    EXPECT_TRUE(answered_);
    answered_ = false;
    EXPECT_GT((*channel)->own_certificate_ends().time_since_epoch().count(), 0);
    service_ends_ = (*channel)->service_certificate_ends();
    return answer;
  }

  std::string folder_;
  net::Loop loop_;
  net::Resolver resolver_;
  std::unique_ptr<net::HttpServer> server_;
  std::string common_name_, path_;
  bool answered_ = false;
  std::chrono::sys_seconds service_ends_{};
};

TEST_F(MutualTls, proves_both_sides_and_gives_the_services_word) {
  const auto answer = ask(service());
  EXPECT_EQ(answer.outcome, Outcome::good) << answer.detail;
  EXPECT_EQ(answer.evidence, Evidence::answered);
  EXPECT_EQ(answer.status, "0000");
  EXPECT_GT(service_ends_.time_since_epoch().count(), 0);
  EXPECT_TRUE(answer.idempotent_service);
  EXPECT_EQ(common_name_, "gateway-7");
  EXPECT_EQ(path_, "/vipuserservices/AuthenticationService_1_8");
}

TEST_F(MutualTls, takes_a_pkcs12_file) {
  run("pkcs12 -export -in client.pem -inkey client.key -out client.p12 -passout pass:geheim");
  auto with = service();
  with.certificate_file = file("client.p12");
  with.key_file.clear();
  with.certificate_password = base::Secret("geheim");
  EXPECT_EQ(ask(with).outcome, Outcome::good);
}

TEST_F(MutualTls, gives_no_code_to_a_service_that_another_authority_vouches_for) {
  auto with = service();
  with.ca_file = file("other-ca.pem");
  const auto answer = ask(with);
  EXPECT_EQ(answer.outcome, Outcome::no_verdict);
  EXPECT_EQ(answer.evidence, Evidence::service_not_trusted) << answer.detail;
  EXPECT_TRUE(path_.empty());
}

TEST_F(MutualTls, tells_that_the_service_refuses_our_certificate) {
  make_certificate("stranger", "gateway-7", "other-ca");
  auto with = service();
  with.certificate_file = file("stranger.pem");
  with.key_file = file("stranger.key");
  const auto answer = ask(with);
  EXPECT_EQ(answer.evidence, Evidence::own_certificate_refused) << answer.detail;
  EXPECT_TRUE(path_.empty());
}

TEST_F(MutualTls, tells_a_service_that_is_not_there) {
  const auto with = service();
  server_.reset();
  const auto answer = ask(with);
  EXPECT_EQ(answer.evidence, Evidence::refused) << answer.detail;
}

TEST_F(MutualTls, wants_a_certificate_a_key_and_a_url_that_are_there) {
  auto with = service();
  with.certificate_file = file("not-there.pem");
  const auto without_certificate = Channel::make(loop_, resolver_, with, 4);
  ASSERT_FALSE(without_certificate);
  EXPECT_NE(without_certificate.error().what.find("not-there.pem"), std::string::npos);
  with = service();
  with.url = "http://localhost/";
  EXPECT_FALSE(Channel::make(loop_, resolver_, with, 4));
}

}  // namespace
}  // namespace sallyport::cloud
