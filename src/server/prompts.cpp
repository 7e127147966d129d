#include "server/prompts.h"

#include <fmt/format.h>

namespace sallyport::server {
namespace {

using validation::Challenged;
using validation::Method;

std::string filled(std::string text, std::string_view word, std::string_view with) {
  const auto at = text.find(word);
  if (at != std::string::npos) text.replace(at, word.size(), with);
  return text;
}

std::string name_of(const validation::Challenge::Shown& shown) {
  switch (shown.method) {
    case Method::code:
      return "security code";
    case Method::push:
      return "push";
    case Method::sms:
      return "SMS to " + shown.destination;
    case Method::voice:
      return "call to " + shown.destination;
    case Method::email:
      return "e-mail to " + shown.destination;
  }
  return {};
}

}  // namespace

std::string prompt_of(const validation::Challenge& challenge, const settings::Prompts& prompts) {
  switch (challenge.carried.asks) {
    case Challenged::Asks::choice: {
      std::string choices;
      for (std::size_t i = 0; i < challenge.shown.size(); ++i)
        choices += fmt::format("{}{} {}", i == 0 ? "" : ", ", i + 1, name_of(challenge.shown[i]));
      return filled(prompts.choice, "{choices}", choices);
    }
    case Challenged::Asks::push:
      return challenge.carried.number.empty() ? prompts.push
                                              : filled(prompts.number, "{number}", challenge.carried.number);
    case Challenged::Asks::code:
    case Challenged::Asks::again:
      break;
  }
  if (challenge.shown.empty()) return prompts.code;
  return filled(prompts.sent, "{destination}", challenge.shown.front().destination);
}

std::vector<std::pair<std::string, std::string>> push_texts(const settings::Prompts& prompts,
                                                            const std::string& validation_server) {
  return {{"display.message.title", prompts.push_title},
          {"display.message.text", prompts.push_text},
          {"display.message.profile", validation_server},
          {"push.message.text", prompts.push_text}};
}

}  // namespace sallyport::server
