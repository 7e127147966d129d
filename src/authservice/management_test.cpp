#include "authservice/management.h"

#include "authservice/admin_requests.h"
#include "authservice/house_test.h"
#include "authservice/otpauth.h"

namespace sallyport::authservice {
namespace {

class Management : public HouseTest {
 protected:
  Outcome add(const std::string& user, const std::string& credential, std::optional<GivenCodes> codes = {}) {
    return house_->done([&](Session& s) {
      return add_credential(
          s, {house_->account, user, credential, "phone", vip::CredentialType::standard_otp, codes});
    });
  }
  Outcome remove(const std::string& user, const std::string& credential) {
    return house_->done([&](Session& s) {
      return remove_credential(s, {house_->account, user, credential, vip::CredentialType::standard_otp});
    });
  }
  vip::GetUserInfoResponse info(const std::string& user) {
    return house_->done([&](Session& s) { return user_info(s, *house_->account, {user, true}); });
  }
  vip::GetCredentialInfoResponse about(const std::string& credential) {
    return house_->done([&](Session& s) {
      return credential_info(s, *house_->account, credential, vip::CredentialType::standard_otp, true);
    });
  }
};

TEST_F(Management, makes_a_user_once_and_gives_him_back_as_entered) {
  auto make = [&](const std::string& entered) {
    return house_->done(
        [&](Session& s) { return create_user(s, {house_->account, {entered, "alice"}, {}, false}); });
  };
  EXPECT_EQ(make("Alice").status, vip::status::success);
  EXPECT_EQ(make("ALICE").status, vip::status::user_already_exists);
  EXPECT_EQ(info("alice").user_id, "Alice");
  EXPECT_EQ(info("alice").num_bindings, 0);
  EXPECT_FALSE(info("alice").is_pin_set) << "as captured: no word of it for a user without credentials";
  EXPECT_EQ(info("bob").status, vip::status::user_does_not_exist);
}

TEST_F(Management, renames_a_user_with_his_credentials_but_not_onto_another) {
  house_->add_token("alice", CredentialKind::hotp);
  house_->add_user("bob");
  auto rename = [&](const std::string& to) {
    return house_->done([&](Session& s) {
      return update_user(s, {house_->account, "alice", UserName{to, to}, {}, {}, {}, {}});
    });
  };
  EXPECT_EQ(rename("bob").status, vip::status::user_already_exists);
  EXPECT_EQ(rename("carol").status, vip::status::success);
  EXPECT_EQ(house_->login("alice", House::code(0)).status, vip::status::user_does_not_exist);
  EXPECT_EQ(house_->login("carol", House::code(0)).status, vip::status::success);
}

TEST_F(Management, binds_a_credential_with_or_without_proof_and_to_several_users) {
  house_->add_token("alice", CredentialKind::hotp, "SPHO00000001");
  house_->add_user("bob");
  EXPECT_EQ(add("nobody", "SPHO00000001").status, vip::status::user_does_not_exist);
  EXPECT_EQ(add("bob", "NONE").status, vip::status::credential_id_not_valid);
  EXPECT_EQ(add("bob", "SPHO00000001", GivenCodes{base::Secret("000000"), {}}).detail,
            vip::detail::invalid_otp);
  EXPECT_EQ(add("bob", "spho00000001", GivenCodes{base::Secret(House::code(0)), {}}).status,
            vip::status::success);
  EXPECT_EQ(add("bob", "SPHO00000001").status, vip::status::credential_already_registered);
  EXPECT_EQ(house_->login("alice", House::code(0)).why, Why::spent_code) << "the proof spent it";
  EXPECT_EQ(house_->login("alice", House::code(1)).status, vip::status::success);
  EXPECT_EQ(house_->login("bob", House::code(1)).why, Why::spent_code);
  EXPECT_EQ(house_->login("bob", House::code(2)).status, vip::status::success);
  const auto both = about("SPHO00000001");
  EXPECT_EQ(both.num_bindings, 2);
  ASSERT_EQ(both.user_binding_detail.size(), 2U);
  for (const auto& user : both.user_binding_detail)
    EXPECT_TRUE(user.binding_detail.last_authn_id) << user.user_id;
  EXPECT_NE(both.user_binding_detail[0].binding_detail.last_authn_id,
            both.user_binding_detail[1].binding_detail.last_authn_id);
}

TEST_F(Management, deactivates_what_nobody_is_bound_to_any_more) {
  house_->add_token("alice", CredentialKind::hotp, "SPHO00000001");
  house_->add_user("bob");
  add("bob", "SPHO00000001");
  EXPECT_EQ(remove("bob", "SPHO00000001").status, vip::status::success);
  EXPECT_EQ(remove("bob", "SPHO00000001").status, vip::status::no_binding);
  EXPECT_EQ(about("SPHO00000001").credential_status, "ENABLED");
  house_->done([&](Session& s) { return delete_user(s, *house_->account, "alice"); });
  EXPECT_EQ(about("SPHO00000001").credential_status, "INACTIVE");
  EXPECT_EQ(about("SPHO00000001").num_bindings, 0);
  EXPECT_EQ(info("alice").status, vip::status::user_does_not_exist);
}

TEST_F(Management, names_a_binding_and_describes_the_token) {
  house_->add_token("alice", CredentialKind::totp, "SPTO00000001");
  const NamedBinding binding{house_->account, "alice", "SPTO00000001", vip::CredentialType::standard_otp};
  EXPECT_EQ(house_->done([&](Session& s) { return update_credential(s, binding, "my phone"); }).status,
            vip::status::success);
  const auto user = info("alice");
  ASSERT_EQ(user.credential_binding_detail.size(), 1U);
  EXPECT_EQ(user.credential_binding_detail[0].binding_detail.friendly_name, "my phone");
  EXPECT_EQ(user.credential_binding_detail[0].token_info->adapter, vip::Adapter::oath_time);
}

ImportLine line(const std::string& user, const std::string& secret) {
  ImportLine made;
  made.credential.user = UserName{user, user};
  made.credential.kind = CredentialKind::hotp;
  made.credential.secret = base::Secret(secret);
  return made;
}

TEST_F(Management, imports_lines_and_changes_nothing_when_run_again) {
  const std::vector lines{line("alice", "12345678901234567890"), line("bob", ""), {NewCredential{}, "bad"}};
  auto run = [&] { return house_->done([&](Session& s) { return import_lines(s, *house_->account, lines); }); };
  const auto first = run();
  EXPECT_EQ(first.body.at("created").as_int64(), 2);
  EXPECT_EQ(first.body.at("refused").as_int64(), 1);
  EXPECT_EQ(house_->login("alice", House::code(0)).status, vip::status::success);
  const auto second = run();
  EXPECT_EQ(second.body.at("created").as_int64(), 0);
  EXPECT_EQ(second.body.at("unchanged").as_int64(), 2);
  EXPECT_EQ(house_->login("alice", House::code(0)).why, Why::spent_code)
      << "an import brings no spent code back";
}

TEST_F(Management, tells_a_secret_in_the_answer_that_creates_it_and_never_again) {
  const auto made = house_->add_token("alice", CredentialKind::totp, "SPTO00000001");
  EXPECT_EQ(made.status, 201);
  EXPECT_EQ(made.body.at("secret").as_string(), base::to_base32(token_secret.reveal_octets()).c_str());
  EXPECT_EQ(made.change.find("GEZDGNBV"), std::string::npos);
  const auto list = house_->done([&](Session& s) { return list_credentials(s, *house_->account, {}); });
  EXPECT_EQ(boost::json::serialize(list.body).find("GEZDGNBV"), std::string::npos);
  const auto users = house_->done([&](Session& s) { return list_users(s, *house_->account, {}); });
  EXPECT_EQ(boost::json::serialize(users.body).find("GEZDGNBV"), std::string::npos);
}

TEST_F(Management, lists_in_pages_and_searches_without_wildcards) {
  for (int i = 0; i < 5; ++i) house_->add_user("user" + std::to_string(i));
  house_->add_user("100%");
  auto list = [&](Page page) {
    return house_->done([&](Session& s) { return list_users(s, *house_->account, page); });
  };
  const auto first = list({"user", "", 3});
  EXPECT_EQ(first.body.at("users").as_array().size(), 3U);
  const auto rest = list({"user", std::string(first.body.at("next").as_string().c_str()), 3});
  EXPECT_EQ(rest.body.at("users").as_array().size(), 2U);
  EXPECT_FALSE(rest.body.contains("next"));
  EXPECT_EQ(list({"%", "", 10}).body.at("users").as_array().size(), 1U);
}

TEST(Otpauth, writes_what_authenticator_apps_read) {
  Credential credential;
  credential.kind = CredentialKind::totp;
  credential.algorithm = OathAlgorithm::sha256;
  credential.digits = 8;
  EXPECT_EQ(otpauth_uri(credential, base::as_bytes("12345678901234567890"), "Ac me", "j@x"),
            "otpauth://totp/"
            "Ac%20me:j%40x?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Ac%20me&algorithm=SHA256&digits=8&"
            "period=30");
}

TEST(AdminJson, refuses_what_it_does_not_know_without_repeating_values) {
  const auto body = parse_object(R"({"kind":"totp","secrt":"GEZDGNBVGY3TQOJQ"})");
  const auto asked = new_credential_of(body.value());
  ASSERT_FALSE(asked);
  EXPECT_NE(asked.error().what.find("secrt"), std::string::npos);
  EXPECT_EQ(asked.error().what.find("GEZDG"), std::string::npos);
}

TEST(AdminJson, refuses_hostile_bodies) {
  for (const auto& text : {std::string(), std::string("[]"), std::string("null"), std::string("{"),
                           std::string(100'000, '['), std::string("{\"a\":") + std::string(1000, '{'),
                           std::string("{\"a\":\"\xff\"}"), std::string(1, '\0')}) {
    EXPECT_FALSE(parse_object(text)) << text.substr(0, 20);
  }
  for (const auto* text : {R"({"user":5})", R"({"user":""})", R"({"user":"a\u0000b"})", R"({"digits":7})",
                           R"({"digits":6.5})", R"({"digits":1e99})", R"({"period":31})", R"({"kind":"TOTP"})",
                           R"({"algorithm":"MD5"})", R"({"secret":"AAAA"})", R"({"secret":"not base 32!"})",
                           R"({"counter":-1})", R"({"credential":"a b"})"}) {
    EXPECT_FALSE(new_credential_of(parse_object(text).value())) << text;
  }
  EXPECT_FALSE(lines_of(parse_object(R"({"lines":[]})").value(), 10));
  EXPECT_FALSE(lines_of(parse_object(R"({"lines":[1,2,3]})").value(), 2));
  const auto lines =
      lines_of(parse_object(R"({"lines":[1,{"user":"a"},{"user":"b","x":1}]})").value(), 10).value();
  EXPECT_FALSE(lines[0].mistake.empty());
  EXPECT_TRUE(lines[1].mistake.empty());
  EXPECT_FALSE(lines[2].mistake.empty());
}

TEST(AdminJson, refuses_to_import_a_credential_without_its_secret) {
  const auto lines = lines_of(parse_object(R"({"lines":[{"user":"a","kind":"totp"},{"user":"b","digits":8},
      {"user":"c","kind":"totp","secret":"GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"},{"user":"d"}]})")
                                  .value(),
                              10)
                         .value();
  EXPECT_EQ(lines[0].mistake, "secret: expected the credential's secret, for the line has 'kind'");
  EXPECT_EQ(lines[1].mistake, "secret: expected the credential's secret, for the line has 'digits'");
  EXPECT_EQ(lines[2].mistake + lines[3].mistake, "");
}

TEST(AdminQuery, reads_pages_and_refuses_the_rest) {
  const auto page = page_of("search=A%20b&limit=7&after=x%2By").value();
  EXPECT_EQ(page.search, "a b");
  EXPECT_EQ(page.after, "x+y");
  EXPECT_EQ(page.limit, 7);
  for (const auto* query :
       {"limit=0", "limit=1001", "limit=x", "limit=99999999999999999999", "what=1", "search=%zz", "search=%"}) {
    EXPECT_FALSE(page_of(query)) << query;
  }
}

}  // namespace
}  // namespace sallyport::authservice
