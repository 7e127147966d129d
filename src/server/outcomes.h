#pragma once
// What the user stores and the service said, in the words of `validation`. Only a plain yes is good; whatever
// is not known here is a refusal.
#include "cloud/channel.h"
#include "directory/user_stores.h"
#include "validation/transaction.h"

namespace sallyport::server {

validation::Cause cause_of(const cloud::Answer&);
validation::FirstFactorResult first_factor_of(const directory::Answer&);
validation::SecondFactorResult second_factor_of(const cloud::CodeAnswer&);
validation::MethodsResult methods_of(const cloud::UserAnswer&);
validation::PushResult push_of(const cloud::PushAnswer&);
// A push that was left in progress while the service answered is unanswered, not unreachable.
validation::SecondFactorResult push_end_of(const cloud::PollAnswer&);
validation::CodeSentResult code_sent_of(const cloud::Answer&);
cloud::Method method_of(validation::Method);

}  // namespace sallyport::server
