// Plays tests/vectors/vip: what clients and services are known to send, and every block cut at every octet.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

#include "base/encoding.h"
#include "vip/client_wire.h"
#include "vip/server_wire.h"

namespace sallyport::vip {
namespace {

struct Block {
  int line = 0;
  int minor = usual_minor;
  std::string charset, asked, in, out;
};

std::string unescaped(const std::string& text) {
  std::string octets;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text.compare(at, 2, "\\x") == 0) {
      octets += base::as_text(*base::from_hex(text.substr(at + 2, 2)));
      at += 3;
    } else {
      octets += text[at];
    }
  }
  return octets;
}

std::vector<Block> blocks(const char* file) {
  std::ifstream stream(std::string(VECTORS_DIR) + "/vip/" + file);
  std::vector<Block> all;
  Block block;
  int number = 0;
  for (std::string line; std::getline(stream, line);) {
    ++number;
    if (line.size() < 2 || line[0] == '#') continue;
    const auto rest = unescaped(line.substr(2));
    if (line[0] == '@') block.charset = rest;
    if (line[0] == '?') block.asked = rest;
    if (line[0] == '!') block.minor = std::stoi(rest);
    if (line[0] == '>') block.in = rest;
    if (line[0] != '<') continue;
    block.line = number;
    block.out = rest;
    all.push_back(std::exchange(block, {}));
  }
  return all;
}

std::string_view word(FaultSide side) {
  constexpr std::array<std::string_view, 4> words{"client", "server", "version-mismatch", "must-understand"};
  return words[static_cast<std::size_t>(side)];
}

// The message within our own envelope, without its namespace.
std::string message_of(const std::string& text) {
  const auto begin = text.find("<S:Body>") + 8;
  auto message = text.substr(begin, text.find("</S:Body>") - begin);
  const auto ns = fmt::format(" xmlns=\"{}\"", message_namespace);
  return message.erase(message.find(ns), ns.size());
}

std::string outcome_of_request(const Block& block) {
  auto decoded = decode_request(base::as_bytes(block.in), block.charset, block.minor);
  if (auto* fault = std::get_if<Fault>(&decoded))
    return fmt::format("fault {} {}", word(fault->side), fault->text);
  if (auto* invalid = std::get_if<InvalidRequest>(&decoded))
    return fmt::format("invalid {} [{}] {} {}", names_of(invalid->operation).name, invalid->request_id,
                       invalid->error.field, invalid->error.reason);
  auto text = encode_request(std::get<AnyRequest>(decoded), block.minor);
  return text ? message_of(*text)
              : fmt::format("invalid-to-send {} {}", text.error().field, text.error().reason);
}

Operation operation_named(std::string_view name) {
  for (const auto& known : operations)
    if (known.name == name) return known.operation;
  ADD_FAILURE() << name;
  return {};
}

std::string outcome_of_response(const Block& block) {
  auto decoded = decode_response(operation_named(block.asked), base::as_bytes(block.in), block.charset);
  if (auto* fault = std::get_if<Fault>(&decoded))
    return fmt::format("fault {} {}", word(fault->side), fault->text);
  if (auto* none = std::get_if<NotAnAnswer>(&decoded)) return "not-an-answer " + none->reason;
  return message_of(encode_response(std::get<AnyResponse>(decoded), block.minor));
}

TEST(RequestVectors, come_out_as_written) {
  const auto all = blocks("requests.txt");
  ASSERT_GT(all.size(), 40U);
  for (const auto& block : all)
    EXPECT_EQ(outcome_of_request(block), block.out) << "requests.txt:" << block.line;
}

TEST(ResponseVectors, come_out_as_written) {
  const auto all = blocks("responses.txt");
  ASSERT_GT(all.size(), 15U);
  for (const auto& block : all)
    EXPECT_EQ(outcome_of_response(block), block.out) << "responses.txt:" << block.line;
}

TEST(RequestVectors, cut_at_any_octet_are_no_request) {
  for (auto& block : blocks("requests.txt")) {
    const auto whole = block.in;
    for (std::size_t size = 0; size < whole.size(); ++size) {
      auto decoded = decode_request(base::as_bytes(whole).first(size), block.charset, block.minor);
      ASSERT_TRUE(std::holds_alternative<Fault>(decoded))
          << "requests.txt:" << block.line << " cut at " << size;
    }
  }
}

TEST(ResponseVectors, cut_at_any_octet_are_no_answer) {
  for (auto& block : blocks("responses.txt"))
    for (std::size_t size = 0; size < block.in.size(); ++size) {
      auto decoded = decode_response(operation_named(block.asked), base::as_bytes(block.in).first(size));
      ASSERT_TRUE(std::holds_alternative<NotAnAnswer>(decoded))
          << "responses.txt:" << block.line << " cut at " << size;
    }
}

}  // namespace
}  // namespace sallyport::vip
