#pragma once
// For this room's tests: a channel over a scripted HTTP client, and answers as the real service writes them.
#include <gtest/gtest.h>

#include <deque>
#include <string>
#include <vector>

#include "cloud/service_channel.h"

namespace sallyport::cloud {

inline std::string between(std::string_view text, std::string_view from, std::string_view to) {
  const auto begin = text.find(from) + from.size();
  return std::string(text.substr(begin, text.find(to, begin) - begin));
}

// As captured from the real service: prefix S for the envelope, a default namespace inside.
inline std::string soap(std::string_view operation, std::string_view request_id, std::string_view status,
                        std::string_view more = "") {
  std::string out =
      "<?xml version=\"1.0\"?><S:Envelope xmlns:S=\"http://schemas.xmlsoap.org/soap/envelope/\"><S:Body><";
  out.append(operation).append(
      "Response xmlns=\"https://schemas.symantec.com/vip/2011/04/vipuserservices\"><requestId>");
  out.append(request_id)
      .append("</requestId><status>")
      .append(status)
      .append("</status><statusMessage>As it is</statusMessage>");
  out.append(more).append("</").append(operation).append("Response></S:Body></S:Envelope>");
  return out;
}

inline net::HttpAnswer ended(net::HttpEnd end, bool reused = false) {
  net::HttpAnswer answer;
  answer.end = end;
  answer.connection_was_reused = reused;
  answer.detail = "as the library says";
  return answer;
}

inline net::HttpAnswer http(int status, std::string body) {
  auto answer = ended(net::HttpEnd::answered);
  answer.status = status;
  answer.body = std::move(body);
  return answer;
}

// Holds what was started until the test answers it.
class ScriptedClient final : public net::HttpClient {
 public:
  struct Started {
    net::HttpRequest request;
    Done done;
  };
  std::deque<Started> started;
  void start(net::HttpRequest request, Done done) override {
    started.push_back({std::move(request), std::move(done)});
  }
  [[nodiscard]] std::size_t in_flight() const override { return started.size(); }

  void answer(net::HttpAnswer with) {
    auto one = std::move(started.front());
    started.pop_front();
    one.done(std::move(with));
  }
  void answer_code(std::string_view status, std::string_view more = "") {
    const auto id = between(started.front().request.body, "requestId>", "</");
    answer(http(200, soap("AuthenticateUser", id, status, more)));
  }
};

class AChannel : public testing::Test {
 protected:
  static constexpr base::Duration patience = std::chrono::seconds(2);

  void open(std::string_view url = "https://127.0.0.1:8443/vipuserservices/") {
    auto client = std::make_unique<ScriptedClient>();
    client_ = client.get();
    options_.url = ServiceUrl::parse(url).value();
    options_.own_host_name = "gate7";
    channel_ = std::make_unique<ServiceChannel>(loop_, resolver_, options_, std::move(client));
    loop_.run_for(std::chrono::milliseconds(30));
  }
  void ask(base::Duration within = patience, std::string id = "sp1_0123456789012345678901") {
    channel_->authenticate_user({"alice", std::move(id), false, loop_.now().steady + within},
                                base::Secret("123456"), std::nullopt,
                                [this](CodeAnswer answer) { answers_.push_back(std::move(answer)); });
  }
  [[nodiscard]] std::uint64_t counted(Evidence evidence) const {
    return channel_->evidence_counts()[static_cast<std::size_t>(evidence)];
  }

  net::Loop loop_;
  net::Resolver resolver_;
  ServiceChannel::Options options_;
  ScriptedClient* client_ = nullptr;
  std::unique_ptr<ServiceChannel> channel_;
  std::vector<CodeAnswer> answers_;
};

}  // namespace sallyport::cloud
