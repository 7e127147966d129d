// [log], [[log.syslog]] and [metrics]: the same in both programs.
#include "settings/rules.h"
#include "settings/sections.h"

namespace sallyport::settings {
namespace {

void check_syslog(Syslog& syslog, const Node& table, const Spot& spot) {
  const bool tls = syslog.transport == SyslogTransport::tls;
  if (tls && !table.has("port")) syslog.port = 6514;  // RFC 5425 section 4.1
  if (!tls && table.has("ca_file"))
    spot.key("ca_file", table.line_of("ca_file")).wrong("expected only with transport = \"tls\"");
}

Section<Syslog> syslog_section() {
  return {.doc = "Every log line also to a syslog server, in the form of RFC 5424.",
          .keys = {{.name = "transport",
                    .rule = choice(&Syslog::transport, {{"udp", SyslogTransport::udp},
                                                        {"tcp", SyslogTransport::tcp},
                                                        {"tls", SyslogTransport::tls}}),
                    .default_toml = "\"udp\"",
                    .example = "\"tls\"",
                    .doc = "UDP (RFC 5426), TCP with octet counting (RFC 6587) or TLS (RFC 5425)."},
                   {.name = "host",
                    .rule = text(&Syslog::host, "host name or address", host_text),
                    .example = "\"logs.example.com\"",
                    .doc = "The syslog server.",
                    .required = true},
                   {.name = "port",
                    .rule = integer(&Syslog::port, 1, 65535),
                    .default_toml = "514",
                    .default_words = "`514`; `6514` for tls",
                    .example = "6514",
                    .doc = "Its port."},
                   {.name = "facility",
                    .rule = integer(&Syslog::facility, 0, 23),
                    .default_toml = "10",
                    .example = "4",
                    .doc = "The facility's number of RFC 5424 section 6.2.1; 10 is authpriv."},
                   {.name = "ca_file",
                    .rule = path(&Syslog::ca_file),
                    .default_words = "the system's",
                    .example = "\"logs-ca.pem\"",
                    .doc = "Who may have signed the server's certificate, with transport tls."},
                   {.name = "host_name",
                    .rule = text(&Syslog::host_name, "host name or address", host_text),
                    .default_words = "this host's",
                    .example = "\"gate1.example.com\"",
                    .doc = "The name by which this machine calls itself in the lines."}},
          .children = {},
          .check = check_syslog};
}

}  // namespace

Section<Log> log_section() {
  return {.doc =
              "Where log lines go. A line that cannot be written is dropped and counted; nothing ever waits "
              "for it.",
          .keys = {{.name = "file",
                    .rule = path(&Log::file),
                    .default_toml = "\"-\"",
                    .example = "\"/var/log/sallyport/gateway.log\"",
                    .doc = "A file, opened again on SIGHUP; `-` is standard error."},
                   {.name = "format",
                    .rule = choice(&Log::format, {{"json", LogFormat::json}, {"text", LogFormat::text}}),
                    .default_toml = "\"json\"",
                    .example = "\"text\"",
                    .doc = "One JSON object a line, or text for people."},
                   {.name = "level",
                    .rule = choice(&Log::level, {{"debug", LogLevel::debug},
                                                 {"info", LogLevel::info},
                                                 {"warning", LogLevel::warning},
                                                 {"error", LogLevel::error}}),
                    .default_toml = "\"info\"",
                    .example = "\"warning\"",
                    .doc = "Lines below it are left out; audit lines never are."},
                   {.name = "audit_file",
                    .rule = path(&Log::audit_file),
                    .default_words = "none",
                    .example = "\"/var/log/sallyport/audit.log\"",
                    .doc = "The audit lines (one a login) also into a file of their own."}},
          .children = {tables("syslog", &Log::syslog, syslog_section())},
          .check = {}};
}

Section<Metrics> metrics_section(std::string_view default_listen) {
  return {
      .doc = "An HTTP port of its own with /metrics (Prometheus), /healthz and /readyz. Changes at a restart.",
      .keys = {{.name = "listen",
                .rule = text(&Metrics::listen, "address with port, or empty", listen_text_or_none),
                .default_toml = default_listen,
                .example = "\"[::1]:9464\"",
                .doc = "Where it listens; empty for no such port. It asks nobody who they are: keep it on "
                       "loopback or a management network."}},
      .children = {},
      .check = {}};
}

}  // namespace sallyport::settings
