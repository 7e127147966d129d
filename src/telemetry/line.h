#pragma once
// One log line before it is text, and the three forms it is written in. What a peer put into a field can
// neither end the line nor pass for another field: control characters (C0, C1, line and paragraph separators,
// bidirectional overrides) are escaped, invalid UTF-8 becomes U+FFFD, and values are cut after 8 KiB.
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "telemetry/log.h"

namespace sallyport::telemetry {

struct Line {
  const Message* message = nullptr;
  base::WallTime at{};
  std::vector<Field> fields;
};

enum class Alphabet { utf8, ascii };  // ascii: everything else as \uXXXX

void append_json_string(std::string& out, std::string_view, Alphabet);  // with its quotation marks
void append_text_value(std::string& out, std::string_view);             // without; marks are escaped

// {"time":...,"level":...,"id":...,"message":...,fields...} without a newline.
void append_json(std::string& out, const Line&, Alphabet);
// {"name":value,...} of these alone, without a newline.
std::string json_object(const std::vector<Field>&);
// TIME LEVEL ID message name="value" ... without a newline.
void append_text(std::string& out, const Line&);

struct SyslogHeader {
  int facility = 10;
  std::string host_name, application;
  long process_id = 0;
};
// RFC 5424 with the JSON form as its MSG. It is ASCII, so no byte order mark is needed (section 6.4).
void append_syslog(std::string& out, const Line&, const SyslogHeader&);

}  // namespace sallyport::telemetry
