#pragma once
// What the user reads while more is asked: the settings' texts with what belongs into them. Nothing that a
// client chose stands in them.
#include <string>
#include <utility>
#include <vector>

#include "settings/gateway.h"
#include "validation/transaction.h"

namespace sallyport::server {

// Reply-Message of an Access-Challenge.
std::string prompt_of(const validation::Challenge&, const settings::Prompts&);
// displayParameters of a push.
std::vector<std::pair<std::string, std::string>> push_texts(const settings::Prompts&,
                                                            const std::string& validation_server);

}  // namespace sallyport::server
