#include "xml/reader.h"

#include <libxml/SAX2.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <string>
#include <utility>

#include "base/invariant.h"
#include "base/secret.h"
#include "xml/utf8_text.h"

namespace sallyport::xml {
namespace {

const char* chars(const xmlChar* text) { return reinterpret_cast<const char*>(text); }

// The parser compares the attributes of one tag with one another, which costs their number squared, before it
// shows the first of them. So they are counted beforehand: every '=' outside quotes between '<' and '>'.
// What is not well formed may be counted wrongly; the parser refuses it anyway at that place.
bool attributes_within(std::string_view text, std::size_t limit) {
  std::size_t count = 0;
  for (auto at = text.find('<'); at != text.npos; at = text.find('<', at)) {
    auto rest = text.substr(at);
    const char* closing = rest.starts_with("<!--") ? "-->" : rest.starts_with("<![CDATA[") ? "]]>" : nullptr;
    if (closing == nullptr && rest.starts_with("<?")) closing = "?>";
    if (closing != nullptr) {
      at = text.find(closing, at + 2);
      continue;
    }
    while (++at < text.size()) {
      const char c = text[at];
      if (c == '"' || c == '\'') {
        at = text.find(c, at + 1);
        if (at == text.npos) return true;
      } else if (c == '>') {
        break;
      } else if (c == '=' && ++count > limit) {
        return false;
      }
    }
  }
  return true;
}

}  // namespace

// Receives the parser's events. No callback may throw through libxml2's frames; they are noexcept, and the text
// always fits: every name, value and text stands at least once in the input, at least as long as here.
class TreeBuilder {
 public:
  TreeBuilder(xmlParserCtxtPtr parser, const Limits& limits, std::size_t input_size)
      : parser_(parser), limits_(limits), capacity_(input_size + 64) {
    document_.text_ = std::make_unique_for_overwrite<char[]>(capacity_);
    document_.elements_.reserve(std::min<std::size_t>(32, limits.elements));
    open_.reserve(16);
  }

  void refuse(Refusal why) noexcept {
    if (!refusal_) refusal_ = why;
    xmlStopParser(parser_);
  }

  void start(const xmlChar* name, const xmlChar* uri, int namespace_count, int attribute_count,
             const xmlChar** attributes) noexcept {
    auto& elements = document_.elements_;
    if (open_.size() >= limits_.depth) return refuse(Refusal::too_deep);
    if (elements.size() >= limits_.elements) return refuse(Refusal::too_many_elements);
    seen_attributes_ += static_cast<std::size_t>(namespace_count) + static_cast<std::size_t>(attribute_count);
    if (seen_attributes_ > limits_.attributes) return refuse(Refusal::too_many_attributes);
    const auto index = static_cast<std::uint32_t>(elements.size());
    if (!open_.empty()) {
      auto& parent = open_.back();
      if (parent.last_child != 0) elements[parent.last_child].next_ = index - parent.last_child;
      parent.last_child = index;
      elements[parent.index].child_count_ += 1;
    }
    auto& element = elements.emplace_back();
    element.ns = namespace_name(uri);
    element.name = keep(chars(name), std::strlen(chars(name)));
    element.first_attribute_ = static_cast<std::uint32_t>(document_.attributes_.size());
    element.attribute_count_ = static_cast<std::uint32_t>(attribute_count);
    for (int i = 0; i < attribute_count; ++i) attribute(attributes + std::ptrdiff_t{5} * i);
    open_.push_back({index, 0});
  }

  void end() noexcept {
    if (!open_.empty()) open_.pop_back();
  }

  void characters(const xmlChar* text, int length) noexcept {
    if (open_.empty()) return;
    auto& element = document_.elements_[open_.back().index];
    if (element.child_count_ != 0) return;
    auto kept = keep(chars(text), static_cast<std::size_t>(length));
    // Nothing was kept since the last piece of this element, or this is its first.
    element.text =
        element.text.empty() ? kept : std::string_view(element.text.data(), element.text.size() + kept.size());
  }

  base::Result<Document, Refusal> finish(bool well_formed) {
    if (refusal_) return std::unexpected(*refusal_);
    if (!well_formed || document_.elements_.empty()) return std::unexpected(Refusal::not_well_formed);
    return std::move(document_);
  }

 private:
  struct Open {
    std::uint32_t index;
    std::uint32_t last_child;
  };

  void attribute(const xmlChar** five) noexcept {  // local name, prefix, URI, value's begin, value's end
    auto name = keep(chars(five[0]), std::strlen(chars(five[0])));
    auto ns = namespace_name(five[2]);
    document_.attributes_.push_back({ns, name, attribute_value(chars(five[3]), chars(five[4]))});
  }

  // As it is not asked to replace entities, the parser leaves each '&' of a value as "&#38;".
  std::string_view attribute_value(const char* begin, const char* end) noexcept {
    constexpr std::string_view ampersand = "&#38;";
    const auto kept = keep(begin, static_cast<std::size_t>(end - begin));
    auto from = kept.find(ampersand);
    if (from == kept.npos) return kept;
    char* const text = document_.text_.get() + (kept.data() - document_.text_.get());
    auto to = from;
    while (from < kept.size()) {
      const bool reference = kept.substr(from).starts_with(ampersand);
      text[to++] = kept[from];
      from += reference ? ampersand.size() : 1;
    }
    return kept.substr(0, to);
  }

  // The parser's dictionary gives one pointer to one name.
  std::string_view namespace_name(const xmlChar* uri) noexcept {
    if (uri == nullptr) return {};
    if (uri == last_uri_) return last_namespace_;
    auto known = std::ranges::find(namespaces_, uri, &std::pair<const xmlChar*, std::string_view>::first);
    if (known == namespaces_.end()) {
      namespaces_.emplace_back(uri, keep(chars(uri), std::strlen(chars(uri))));
      known = namespaces_.end() - 1;
    }
    last_uri_ = uri;
    last_namespace_ = known->second;
    return last_namespace_;
  }

  std::string_view keep(const char* text, std::size_t size) noexcept {
    SALLYPORT_INVARIANT(size <= capacity_ - document_.used_);
    char* at = document_.text_.get() + document_.used_;
    std::memcpy(at, text, size);
    document_.used_ += size;
    return {at, size};
  }

  xmlParserCtxtPtr parser_;
  const Limits& limits_;
  std::size_t capacity_;
  std::size_t seen_attributes_ = 0;
  Document document_;
  std::vector<Open> open_;
  std::vector<std::pair<const xmlChar*, std::string_view>> namespaces_;
  const xmlChar* last_uri_ = nullptr;
  std::string_view last_namespace_;
  std::optional<Refusal> refusal_;
};

namespace {

TreeBuilder& builder(void* context) { return *static_cast<TreeBuilder*>(context); }

xmlSAXHandler events() {
  xmlSAXHandler sax{};
  sax.initialized = XML_SAX2_MAGIC;
  sax.startElementNs = [](void* context, const xmlChar* name, const xmlChar*, const xmlChar* uri,
                          int namespace_count, const xmlChar**, int attribute_count, int,
                          const xmlChar** attributes) {
    builder(context).start(name, uri, namespace_count, attribute_count, attributes);
  };
  sax.endElementNs = [](void* context, const xmlChar*, const xmlChar*, const xmlChar*) {
    builder(context).end();
  };
  sax.characters = [](void* context, const xmlChar* text, int length) {
    builder(context).characters(text, length);
  };
  sax.ignorableWhitespace = sax.characters;  // the same function: the parser then makes no guess about blanks
  sax.cdataBlock = sax.characters;
  sax.internalSubset = [](void* context, const xmlChar*, const xmlChar*, const xmlChar*) {
    builder(context).refuse(Refusal::doctype);
  };
  sax.serror = [](void*, xmlErrorPtr) {};  // nothing is printed; wellFormed tells
  return sax;
}

struct FreeParser {
  void operator()(xmlParserCtxtPtr parser) const { xmlFreeParserCtxt(parser); }
};
using Parser = std::unique_ptr<xmlParserCtxt, FreeParser>;

// Making a parser costs more than parsing a SOAP message, so each thread keeps one. Its dictionary remembers
// every name it ever saw; when strangers have filled it, the parser is made anew.
xmlParserCtxtPtr parser_of_this_thread() {
  constexpr std::size_t octets_remembered = 256 * 1024;
  static const bool initialised = (xmlInitParser(), true);
  static const xmlSAXHandler sax = events();
  thread_local Parser parser;
  SALLYPORT_INVARIANT(initialised);
  if (!parser || xmlDictGetUsage(parser->dict) > octets_remembered) {
    parser.reset(xmlNewParserCtxt());
    if (parser) *parser->sax = sax;
  }
  return parser.get();
}

// As xmlCtxtReadMemory does, save that the parser is told that nothing follows: it would try to read on, and
// move its buffer for that, at every token of the last 250 octets, which is most of a SOAP message.
bool read_all(xmlParserCtxtPtr parser, std::string_view text) {
  auto* source =
      xmlParserInputBufferCreateMem(text.data(), static_cast<int>(text.size()), XML_CHAR_ENCODING_NONE);
  if (source == nullptr) return false;
  source->readcallback = nullptr;
  xmlCtxtReset(parser);
  auto* input = xmlNewIOInputStream(parser, source, XML_CHAR_ENCODING_NONE);
  if (input == nullptr) {
    xmlFreeParserInputBuffer(source);
    return false;
  }
  if (inputPush(parser, input) < 0) {
    xmlFreeInputStream(input);
    return false;
  }
  xmlCtxtUseOptions(parser, XML_PARSE_NONET | XML_PARSE_IGNORE_ENC | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
  xmlParseDocument(parser);
  return parser->wellFormed != 0 && parser->nsWellFormed != 0;
}

}  // namespace

std::string_view to_string(Refusal why) {
  switch (why) {
    case Refusal::too_large:
      return "too large";
    case Refusal::encoding:
      return "an encoding that is not understood";
    case Refusal::doctype:
      return "a DOCTYPE";
    case Refusal::too_deep:
      return "nested too deeply";
    case Refusal::too_many_elements:
      return "too many elements";
    case Refusal::too_many_attributes:
      return "too many attributes";
    case Refusal::not_well_formed:
      return "not well-formed XML";
  }
  return {};
}

Document& Document::operator=(Document&& other) noexcept {
  wipe_text();
  text_ = std::move(other.text_);
  used_ = std::exchange(other.used_, 0);
  elements_ = std::move(other.elements_);
  attributes_ = std::move(other.attributes_);
  return *this;
}

Document::~Document() { wipe_text(); }

void Document::wipe_text() {
  if (text_) base::wipe({reinterpret_cast<std::uint8_t*>(text_.get()), used_});
}

base::Result<Document, Refusal> parse(base::ByteView octets, const Limits& limits, std::string_view charset) {
  constexpr std::size_t parser_limit = 1 << 30;  // it counts in int
  if (octets.size() > std::min(limits.octets, parser_limit)) return std::unexpected(Refusal::too_large);
  std::string converted;
  const auto text = utf8_text(octets, charset, converted);
  if (!text) return std::unexpected(Refusal::encoding);
  // The parser must not guess at an encoding of its own by the first octets.
  const auto first = text->find_first_not_of(" \t\r\n");
  if (first == text->npos || (*text)[first] != '<') return std::unexpected(Refusal::not_well_formed);
  constexpr std::size_t short_text = 2048;  // whose attributes compared with one another cost next to nothing
  if (text->size() > short_text && !attributes_within(*text, limits.attributes))
    return std::unexpected(Refusal::too_many_attributes);
  auto* parser = parser_of_this_thread();
  if (parser == nullptr) return std::unexpected(Refusal::not_well_formed);
  TreeBuilder builder(parser, limits, text->size());
  parser->userData = &builder;
  const bool well_formed = read_all(parser, *text);
  parser->userData = parser;
  xmlCtxtReset(parser);  // lets go of its copy of the text
  auto result = builder.finish(well_formed);
  if (!converted.empty()) base::wipe({reinterpret_cast<std::uint8_t*>(converted.data()), converted.size()});
  return result;
}

}  // namespace sallyport::xml
