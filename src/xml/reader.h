#pragma once
// A small, namespace-aware tree of an XML document from a stranger. Nothing outside the text is ever looked at:
// any DOCTYPE is refused, so there are no entities but the five predefined ones and character references; no
// network, no files, no XInclude. Comments and processing instructions vanish; the text around a comment is one
// text. Octets, depth, elements and attributes are bounded before they cost anything, and parsing costs time
// linear in the octets.
//
// Encodings: a byte order mark decides; else the caller's charset (the Content-Type of RFC 7303); else the XML
// declaration; else UTF-8. Understood are UTF-8, US-ASCII, ISO-8859-1 and UTF-16; anything else is `encoding`.
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace sallyport::xml {

enum class Refusal : std::uint8_t {
  too_large,
  encoding,  // not understood, or octets that are not text in it, or a NUL
  doctype,
  too_deep,
  too_many_elements,
  too_many_attributes,
  not_well_formed,  // undeclared prefixes and entities, and a lack of memory, included
};
std::string_view to_string(Refusal);

struct Limits {
  std::size_t octets = 256 * 1024;
  std::size_t depth = 64;
  std::size_t elements = 10'000;
  std::size_t attributes = 256;  // of the whole document, namespace declarations included
};

struct Attribute {
  std::string_view ns;
  std::string_view name;
  std::string_view value;
};

// A node of Document; lives as long as it.
class Element {
 public:
  std::string_view ns;    // empty: in no namespace
  std::string_view name;  // local name
  std::string_view text;  // the characters before the first child element, white space included

  [[nodiscard]] bool is(std::string_view in_ns, std::string_view local) const {
    return name == local && ns == in_ns;
  }
  [[nodiscard]] const Element* first_child() const { return child_count_ != 0 ? this + 1 : nullptr; }
  [[nodiscard]] const Element* next_sibling() const { return next_ != 0 ? this + next_ : nullptr; }
  [[nodiscard]] std::size_t child_count() const { return child_count_; }
  [[nodiscard]] std::size_t attribute_count() const { return attribute_count_; }
  // The first child of that name, or null.
  [[nodiscard]] const Element* child(std::string_view in_ns, std::string_view local) const {
    for (const auto* c = first_child(); c != nullptr; c = c->next_sibling())
      if (c->is(in_ns, local)) return c;
    return nullptr;
  }

 private:
  friend class TreeBuilder;
  friend class Document;
  std::uint32_t next_ = 0;  // distance to the next sibling; elements stand in document order
  std::uint32_t child_count_ = 0;
  std::uint32_t first_attribute_ = 0;
  std::uint32_t attribute_count_ = 0;
};

// Owns all text of the tree, and wipes it at the end: it may hold codes and PINs.
class Document {
 public:
  Document(Document&&) noexcept = default;
  Document& operator=(Document&& other) noexcept;
  ~Document();

  [[nodiscard]] const Element& root() const { return elements_.front(); }
  [[nodiscard]] std::span<const Attribute> attributes(const Element& of) const {
    return std::span(attributes_).subspan(of.first_attribute_, of.attribute_count_);
  }

 private:
  friend class TreeBuilder;
  Document() = default;
  void wipe_text();

  std::unique_ptr<char[]> text_;
  std::size_t used_ = 0;
  std::vector<Element> elements_;
  std::vector<Attribute> attributes_;
};

// `charset` is the transport's word on the encoding, or empty.
base::Result<Document, Refusal> parse(base::ByteView octets, const Limits& limits = {},
                                      std::string_view charset = {});

}  // namespace sallyport::xml
