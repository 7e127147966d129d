#include "telemetry/line.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

#include "base/rfc3339.h"

namespace sallyport::telemetry {
namespace {

std::string value_text(const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return std::to_string(*integer);
  if (const auto* real = std::get_if<double>(&value)) return fmt::format("{}", *real);
  return std::get<bool>(value) ? "true" : "false";
}

// The message's text with `{name}` replaced; `put` appends a value in the form that the line has.
template <class Put>
void fill_in(std::string& out, const Line& line, Put&& put) {
  std::string_view text = line.message->text;
  while (!text.empty()) {
    const auto open = text.find('{');
    const auto close = text.find('}', open == std::string_view::npos ? text.size() : open);
    out += text.substr(0, open);
    if (close == std::string_view::npos) return;
    const auto name = text.substr(open + 1, close - open - 1);
    const auto field =
        std::find_if(line.fields.begin(), line.fields.end(), [&](const Field& f) { return f.name == name; });
    put(field == line.fields.end() ? std::string("-") : value_text(field->value));
    text.remove_prefix(close + 1);
  }
}

void append_json_value(std::string& out, const Value& value, Alphabet alphabet) {
  if (const auto* text = std::get_if<std::string>(&value)) return append_json_string(out, *text, alphabet);
  if (const auto* real = std::get_if<double>(&value); real && !std::isfinite(*real)) {
    out += "null";
    return;
  }
  out += value_text(value);
}

bool is_taken(std::string_view name) {
  return name == "time" || name == "level" || name == "id" || name == "message";
}

int severity(Level level) {  // RFC 5424 section 6.2.1
  switch (level) {
    case Level::debug:
      return 7;
    case Level::info:
      return 6;
    case Level::warning:
      return 4;
    case Level::error:
      return 3;
    case Level::audit:
      return 5;
  }
  return 6;
}

// PRINTUSASCII without blanks, at most `limit` (RFC 5424 section 6); "-" for nothing.
std::string header_word(std::string_view word, std::size_t limit) {
  std::string out;
  for (char c : word.substr(0, limit)) out += c > 0x20 && c < 0x7f ? c : '_';
  return out.empty() ? "-" : out;
}

}  // namespace

void append_json(std::string& out, const Line& line, Alphabet alphabet) {
  out += "{\"time\":\"";
  base::append_rfc3339(out, line.at);
  fmt::format_to(std::back_inserter(out),
                 "\",\"level\":\"{}\",\"id\":\"SP{:04}\",\"message\":", to_string(line.message->level),
                 line.message->id);
  std::string message;
  fill_in(message, line, [&](const std::string& value) { message += value; });
  append_json_string(out, message, alphabet);
  for (const auto& field : line.fields) {
    out += is_taken(field.name) ? ",\"field_" : ",\"";
    out += field.name;
    out += "\":";
    append_json_value(out, field.value, alphabet);
  }
  out += '}';
}

std::string json_object(const std::vector<Field>& fields) {
  std::string out = "{";
  for (const auto& field : fields) {
    if (out.size() > 1) out += ',';
    append_json_string(out, field.name, Alphabet::utf8);
    out += ':';
    append_json_value(out, field.value, Alphabet::utf8);
  }
  return out += '}';
}

void append_text(std::string& out, const Line& line) {
  base::append_rfc3339(out, line.at);
  fmt::format_to(std::back_inserter(out), " {:<7} SP{:04} ", to_string(line.message->level), line.message->id);
  fill_in(out, line, [&](const std::string& value) { append_text_value(out, value); });
  for (const auto& field : line.fields) {
    fmt::format_to(std::back_inserter(out), " {}=", field.name);
    if (const auto* text = std::get_if<std::string>(&field.value)) {
      out += '"';
      append_text_value(out, *text);
      out += '"';
    } else {
      out += value_text(field.value);
    }
  }
}

void append_syslog(std::string& out, const Line& line, const SyslogHeader& header) {
  fmt::format_to(std::back_inserter(out), "<{}>1 ", header.facility * 8 + severity(line.message->level));
  base::append_rfc3339(out, line.at);
  fmt::format_to(std::back_inserter(out), " {} {} {} SP{:04} - ", header_word(header.host_name, 255),
                 header_word(header.application, 48), header.process_id, line.message->id);
  append_json(out, line, Alphabet::ascii);
}

}  // namespace sallyport::telemetry
