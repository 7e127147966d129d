#pragma once
// What the user stores and the service said, in the words of `validation`. Only a plain yes is good; whatever
// is not known here is a refusal.
#include "cloud/channel.h"
#include "directory/user_stores.h"
#include "validation/transaction.h"

namespace sallyport::server {

validation::FirstFactorResult first_factor_of(const directory::Answer&);
validation::SecondFactorResult second_factor_of(const cloud::CodeAnswer&);

}  // namespace sallyport::server
