// Runs tests/vectors/radius/*.txt: a line is a verb and its words (packets in hexadecimal, "-" for no octets),
// the next line is "= " and what has to come out.
//   decode PACKET                          its code, id and attributes, or "drop" and the reason
//   decode_request PORT PACKET             the same on the authentication or accounting port
//   method PACKET                          how the user proves himself
//   authenticate SECRET PACKET             the proof, or the reason
//   unhide SECRET PACKET                   the form of User-Password, and the text where it is text
//   reply SECRET PACKET CODE [MESSAGE]     our reply, with MESSAGE as Reply-Message
//   verify_reply SECRET REQUEST REPLY      "good" or the fault; ..._strictly asks for Message-Authenticator
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/encoding.h"
#include "radius/attribute_names.h"
#include "radius/password.h"
#include "radius/reply.h"

namespace sallyport::radius {
namespace {

using Words = std::vector<std::string>;

base::Bytes octets_of(const std::string& word) {
  return word == "-" ? base::Bytes() : base::from_hex(word).value();
}
SharedSecret secret_of(const std::string& word) { return SharedSecret(base::Secret(word)); }

std::string described(const base::Result<PacketView, DropReason>& packet) {
  if (!packet) return "drop " + std::string(to_string(packet.error()));
  auto text = std::string(to_string(packet->code())) + " id=" + std::to_string(packet->id());
  for (const auto attribute : packet->attributes())
    text += " " + label_of(attribute.type) + "=" + value_as_text(attribute);
  return text;
}

std::string method(const PacketView& packet) {
  switch (password_method(packet)) {
    case PasswordMethod::user_password:
      return "user_password";
    case PasswordMethod::chap:
      return "chap";
    case PasswordMethod::ms_chap:
      return "ms_chap";
    case PasswordMethod::eap:
      return "eap";
    case PasswordMethod::none:
      return "none";
  }
  return "unknown";
}

std::string authenticate(const PacketView& packet, const SharedSecret& secret) {
  const auto proof = authenticate_request(packet, secret);
  if (!proof) return std::string(to_string(proof.error()));
  switch (*proof) {
    case Proof::message_authenticator:
      return "message_authenticator";
    case Proof::request_authenticator:
      return "request_authenticator";
    case Proof::none:
      return "none";
  }
  return "unknown";
}

std::string unhide(const PacketView& packet, const SharedSecret& secret) {
  const auto hidden = packet.find(AttributeType::user_password);
  if (!hidden) return "none";
  const auto clear = unhide_password(*hidden, packet.authenticator(), secret);
  auto text = std::string(to_string(clear.form()));
  if (clear.form() == PasswordForm::text)
    text += " " + value_as_text({AttributeType::reply_message, base::as_bytes(clear.reveal())});
  return text;
}

Code code_of(const std::string& name) {
  for (const auto code : {Code::access_accept, Code::access_reject, Code::access_challenge,
                          Code::accounting_response, Code::disconnect_ack, Code::disconnect_nak}) {
    if (to_string(code) == name) return code;
  }
  throw std::invalid_argument(name);
}

std::string reply(const PacketView& packet, const Words& words) {
  PacketBuffer buffer;
  const auto secret = secret_of(words[1]);
  const auto head = head_of(packet);
  ReplyBuilder builder(buffer, code_of(words[3]), head, secret);
  if (words.size() > 4) builder.add_reply_message(words[4]);
  return base::to_hex(builder.finish());
}

std::string verify(const PacketView& request, const Words& words, bool strictly) {
  const auto octets = octets_of(words[3]);
  const auto verified = verify_reply(decode(octets).value(), request.id(), request.authenticator_copy(),
                                     secret_of(words[1]), strictly);
  return verified ? "good" : std::string(to_string(verified.error()));
}

std::string outcome(const Words& words) {
  const auto& verb = words[0];
  if (verb == "decode") return described(decode(octets_of(words[1])));
  if (verb == "decode_request")
    return described(decode_request(octets_of(words[2]),
                                    words[1] == "accounting" ? Port::accounting : Port::authentication));
  const auto octets = octets_of(words[verb == "method" ? 1 : 2]);
  const auto packet = decode(octets).value();
  if (verb == "method") return method(packet);
  if (verb == "authenticate") return authenticate(packet, secret_of(words[1]));
  if (verb == "unhide") return unhide(packet, secret_of(words[1]));
  if (verb == "reply") return reply(packet, words);
  if (verb == "verify_reply") return verify(packet, words, false);
  if (verb == "verify_reply_strictly") return verify(packet, words, true);
  return "unknown verb";
}

Words words_of(const std::string& line) {
  std::istringstream in(line);
  return {std::istream_iterator<std::string>(in), {}};
}

void run(const std::filesystem::path& path, int& count) {
  std::ifstream file(path);
  std::string question;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') continue;
    if (!line.starts_with("= ")) {
      EXPECT_TRUE(question.empty()) << "no answer to: " << question;
      question = line;
      continue;
    }
    EXPECT_EQ(outcome(words_of(question)), line.substr(2)) << path.filename() << ": " << question;
    question.clear();
    ++count;
  }
  EXPECT_TRUE(question.empty()) << "no answer to: " << question;
}

TEST(Vectors, come_out_as_the_rfcs_and_the_files_say) {
  int count = 0;
  for (const auto& file : std::filesystem::directory_iterator(VECTORS_DIR "/radius")) {
    if (file.path().extension() == ".txt") run(file.path(), count);
  }
  EXPECT_GE(count, 100);
}

}  // namespace
}  // namespace sallyport::radius
