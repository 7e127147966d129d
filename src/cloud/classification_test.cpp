#include "cloud/classification.h"

#include <gtest/gtest.h>

#include <set>

namespace sallyport::cloud {
namespace {

using Kind = SoapAnswer::Kind;
using net::HttpEnd;

net::HttpAnswer http(int status, bool retry_after = false) {
  net::HttpAnswer answer;
  answer.end = HttpEnd::answered;
  answer.status = status;
  if (retry_after) answer.headers.emplace_back("retry-after", "30");
  return answer;
}

net::HttpAnswer ended(HttpEnd end) {
  net::HttpAnswer answer;
  answer.end = end;
  return answer;
}

SoapAnswer says(std::uint16_t status, std::uint16_t detail = 0) {
  return {Kind::operation, vip::Status(status), vip::Detail(detail)};
}

TEST(EvidenceOfAnAnswer, follows_the_table) {
  struct Line {
    net::HttpAnswer http;
    SoapAnswer soap;
    Evidence evidence;
  };
  const Line table[] = {
      {http(200), says(0x0000), Evidence::answered},
      {http(200), says(0x6009, 0x49B5), Evidence::answered},
      {http(200), says(0x6003), Evidence::answered},
      {http(200), says(0x600B), Evidence::answered},
      {http(200), says(0x7777), Evidence::answered},
      {http(200), says(0x6005), Evidence::service_error},
      {http(200), says(0x6009, 0x4879), Evidence::service_error},
      {http(200), says(0x4879), Evidence::service_error},
      {http(200), says(0x600E), Evidence::own_certificate_refused},
      {http(200), {Kind::client_fault, {}, {}}, Evidence::answered},
      {http(500), {Kind::client_fault, {}, {}}, Evidence::answered},
      {http(200), {Kind::server_fault, {}, {}}, Evidence::service_error},
      {http(500), {Kind::server_fault, {}, {}}, Evidence::service_error},
      {http(200), {Kind::unreadable, {}, {}}, Evidence::malformed},
      {http(200), {Kind::none, {}, {}}, Evidence::malformed},
      {http(200), {Kind::of_another_request, vip::status::success, {}}, Evidence::malformed},
      {http(204), {}, Evidence::malformed},
      {http(202), says(0x0000), Evidence::malformed},
      {http(101), {}, Evidence::malformed},
      {http(600), {}, Evidence::malformed},
      {http(0), {}, Evidence::malformed},
      {http(500), {Kind::unreadable, {}, {}}, Evidence::http_error},
      {http(500), says(0x0000), Evidence::http_error},
      {http(502), {}, Evidence::http_error},
      {http(503), {}, Evidence::http_error},
      {http(503, true), {}, Evidence::throttled},
      {http(500, true), {}, Evidence::http_error},
      {http(429), {}, Evidence::throttled},
      {http(429, true), {}, Evidence::throttled},
      {http(301), {}, Evidence::refused_by_service},
      {http(307), says(0x0000), Evidence::refused_by_service},
      {http(400), {Kind::client_fault, {}, {}}, Evidence::refused_by_service},
      {http(401), {}, Evidence::refused_by_service},
      {http(403), {}, Evidence::refused_by_service},
      {http(404), says(0x0000), Evidence::refused_by_service},
      {http(407), {}, Evidence::refused_by_service},
  };
  for (const auto& line : table) {
    const auto found = evidence_of(line.http, line.soap, {});
    EXPECT_EQ(found, line.evidence) << line.http.status << " " << line.soap.status.text() << ": "
                                    << to_string(found);
  }
}

TEST(EvidenceOfAFailure, follows_the_table) {
  const std::pair<HttpEnd, Evidence> table[] = {
      {HttpEnd::refused, Evidence::refused},
      {HttpEnd::unreachable, Evidence::unreachable},
      {HttpEnd::connect_timed_out, Evidence::connect_timed_out},
      {HttpEnd::timed_out, Evidence::timed_out},
      {HttpEnd::proxy_failed, Evidence::proxy_failed},
      {HttpEnd::reset, Evidence::reset},
      {HttpEnd::malformed, Evidence::malformed},
      {HttpEnd::tls_failed, Evidence::malformed},
      {HttpEnd::own_certificate_expired, Evidence::own_certificate_expired},
      {HttpEnd::own_certificate_refused, Evidence::own_certificate_refused},
      {HttpEnd::service_certificate_expired, Evidence::service_certificate_expired},
      {HttpEnd::service_not_trusted, Evidence::service_not_trusted},
      {HttpEnd::local, Evidence::local},
  };
  for (const auto& [end, evidence] : table) {
    EXPECT_EQ(evidence_of(ended(end), {}, {.clock_believed = true}), evidence) << to_string(evidence);
  }
}

TEST(EvidenceOfACertificate, is_doubtful_while_the_clock_is_not_believed_or_both_have_expired) {
  EXPECT_EQ(evidence_of(ended(HttpEnd::own_certificate_expired), {}, {}), Evidence::clock_doubtful);
  EXPECT_EQ(evidence_of(ended(HttpEnd::service_certificate_expired), {}, {}), Evidence::clock_doubtful);
  const Circumstances both{.clock_believed = true, .own_certificate_has_expired = true};
  EXPECT_EQ(evidence_of(ended(HttpEnd::service_certificate_expired), {}, both), Evidence::clock_doubtful);
  EXPECT_EQ(evidence_of(ended(HttpEnd::own_certificate_expired), {}, both), Evidence::own_certificate_expired);
}

TEST(EvidenceOfATimeOut, is_our_own_when_the_time_was_lost_here) {
  for (const auto end : {HttpEnd::timed_out, HttpEnd::connect_timed_out}) {
    EXPECT_EQ(evidence_of(ended(end), {}, {.cut_short_by_own_queue = true}), Evidence::local);
    EXPECT_EQ(evidence_of(ended(end), {}, {.loop_was_late = true}), Evidence::local);
  }
  EXPECT_EQ(evidence_of(ended(HttpEnd::reset), {}, {.loop_was_late = true}), Evidence::reset);
  EXPECT_EQ(evidence_of(http(200), says(0x0000), {.cut_short_by_own_queue = true}), Evidence::answered);
}

TEST(EvidenceFromAnAddressOfOurOwn, is_a_redirection_unless_the_service_proved_itself) {
  const Circumstances home{.clock_believed = true, .name_leads_home = true};
  for (const auto end : {HttpEnd::refused, HttpEnd::timed_out, HttpEnd::reset, HttpEnd::service_not_trusted,
                         HttpEnd::tls_failed, HttpEnd::service_certificate_expired}) {
    EXPECT_EQ(evidence_of(ended(end), {}, home), Evidence::redirected);
  }
  EXPECT_EQ(evidence_of(ended(HttpEnd::local), {}, home), Evidence::local);
  EXPECT_EQ(evidence_of(http(200), says(0x0000), home), Evidence::answered);
  EXPECT_EQ(evidence_of(http(502), {}, home), Evidence::http_error);
}

TEST(OutcomeOfACode, is_good_for_success_alone) {
  // A client-side fault and a business answer that says nothing about the user are no verdict.
  const auto outcome = [](int status) {
    return outcome_of(Evidence::answered, vip::Status(static_cast<std::uint16_t>(status)));
  };
  EXPECT_EQ(outcome(0x0000), Outcome::good);
  for (const int status : {0x6001, 0x6003, 0x6004, 0x6007, 0x6008, 0x6009, 0x601B, 0x601F, 0x6020})
    EXPECT_EQ(outcome(status), Outcome::refused) << status;
  for (const int status : {0x0001, 0x6002, 0x600B, 0x6010, 0x6040, 0x7777})
    EXPECT_EQ(outcome(status), Outcome::no_verdict) << status;
  EXPECT_EQ(outcome_of(Evidence::answered, std::nullopt), Outcome::no_verdict);
  EXPECT_EQ(outcome_of(Evidence::answered, vip::status::push_sent, vip::status::push_sent), Outcome::good);
  EXPECT_EQ(outcome_of(Evidence::answered, vip::status::success, vip::status::push_sent), Outcome::no_verdict);
  for (std::size_t i = 1; i < evidence_kinds; ++i)
    EXPECT_EQ(outcome_of(static_cast<Evidence>(i), vip::status::success), Outcome::no_verdict);
}

TEST(Evidence, has_a_name_of_its_own_and_a_side) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < evidence_kinds; ++i) {
    names.insert(to_string(static_cast<Evidence>(i)));
    EXPECT_EQ(side(static_cast<Evidence>(i)) == Side::up, i == 0);
  }
  EXPECT_EQ(names.size(), evidence_kinds);
  EXPECT_EQ(side(Evidence::service_not_trusted), Side::barred);
  EXPECT_EQ(side(Evidence::redirected), Side::barred);
  EXPECT_EQ(side(Evidence::clock_doubtful), Side::barred);
  EXPECT_EQ(side(Evidence::throttled), Side::neither);
  EXPECT_EQ(side(Evidence::local), Side::neither);
  EXPECT_EQ(side(Evidence::service_error), Side::down);
  EXPECT_EQ(side(Evidence::proxy_failed), Side::down);
}

TEST(OfSeveralAddresses, counts_what_the_name_leads_to_and_of_that_the_gravest) {
  const auto which = [](std::initializer_list<Attempt> attempts) {
    return counting(std::vector<Attempt>(attempts));
  };
  EXPECT_EQ(which({{Evidence::refused}}), 0U);
  EXPECT_EQ(which({{Evidence::refused}, {Evidence::connect_timed_out}}), 0U) << "the first that ended";
  EXPECT_EQ(which({{Evidence::refused}, {Evidence::service_not_trusted}, {Evidence::reset}}), 1U);
  EXPECT_EQ(which({{Evidence::local}, {Evidence::refused}}), 1U) << "no IPv6 here, and nobody at IPv4";
  EXPECT_EQ(which({{Evidence::service_not_trusted, false}, {Evidence::refused, true}}), 1U)
      << "somebody else may live where the service was";
  EXPECT_EQ(which({{Evidence::refused, false}, {Evidence::service_not_trusted, false}}), 1U);
  EXPECT_EQ(which({{Evidence::refused, false}, {Evidence::local, true}}), 1U);
}

}  // namespace
}  // namespace sallyport::cloud
