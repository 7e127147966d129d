#include "authservice/callers.h"

#include <algorithm>

namespace sallyport::authservice {
namespace {

std::string lower_case_hex(std::string text) {
  std::erase(text, ':');
  std::ranges::transform(text, text.begin(),
                         [](char c) { return c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c; });
  return text;
}

}  // namespace

Callers::Callers(const settings::AuthService& settings) {
  for (const auto& account : settings.accounts) {
    const auto policy = std::make_shared<const AccountPolicy>(policy_of(account));
    for (const auto& certificate : account.certificates) {
      const Caller caller{policy, certificate.role};
      if (!certificate.fingerprint_sha256.empty())
        by_fingerprint_[lower_case_hex(certificate.fingerprint_sha256)] = caller;
      if (!certificate.subject.empty()) by_subject_[certificate.subject] = caller;
    }
  }
}

const Caller* Callers::find(const net::CertificateFacts& certificate) const {
  if (auto found = by_fingerprint_.find(certificate.fingerprint_sha256); found != by_fingerprint_.end()) {
    return &found->second;
  }
  auto found = by_subject_.find(certificate.subject);
  return found == by_subject_.end() ? nullptr : &found->second;
}

std::string_view to_string(settings::AccountRole role) {
  switch (role) {
    case settings::AccountRole::validation:
      return "validation";
    case settings::AccountRole::management:
      return "management";
    case settings::AccountRole::admin:
      return "admin";
  }
  return "?";
}

}  // namespace sallyport::authservice
