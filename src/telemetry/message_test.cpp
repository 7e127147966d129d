#include "telemetry/message.h"

#include <gmock/gmock.h>

#include <fstream>
#include <iterator>
#include <set>

namespace sallyport::telemetry {
namespace {

std::string repository_file(const std::string& path) {
  std::ifstream in(std::string(VECTORS_DIR) + "/../../" + path);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(Messages, stand_in_the_order_of_their_ids_each_once) {
  unsigned before = 100;
  for (const auto* message : all_messages()) {
    EXPECT_GT(message->id, before) << message->text;
    EXPECT_LT(message->id, 900) << message->text;
    before = message->id;
  }
}

TEST(Messages, are_all_in_the_list) {
  const auto table =
      repository_file("src/telemetry/message.cpp") + repository_file("src/telemetry/continuity_messages.cpp");
  std::size_t definitions = 0;
  for (auto at = table.find("constinit const Message "); at != std::string::npos;
       at = table.find("constinit const Message ", at + 1))
    ++definitions;
  EXPECT_EQ(definitions, all_messages().size());
}

TEST(Messages, say_what_they_mean_and_what_to_do) {
  for (const auto* message : all_messages()) {
    EXPECT_FALSE(message->meaning.empty()) << message->text;
    EXPECT_FALSE(message->advice.empty()) << message->text;
    EXPECT_EQ(message->text.find('|'), std::string_view::npos) << "a bar breaks the table of docs/messages.md";
    EXPECT_EQ(std::count(message->text.begin(), message->text.end(), '{'),
              std::count(message->text.begin(), message->text.end(), '}'));
  }
}

TEST(Messages, the_documents_are_those_of_the_table) {
  EXPECT_TRUE(repository_file("docs/messages.md") == messages_markdown())
      << "docs/messages.md is not what the table says now: run `sallyport docs messages > docs/messages.md`";
}

}  // namespace
}  // namespace sallyport::telemetry
