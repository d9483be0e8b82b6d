#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "reports/tables/table.hpp"

namespace kgaudit::reports {

/// A report without a look: its content is decided once, and every format renders the same blocks.

/// A run of text inside a paragraph. User text needs no escaping here; that is the renderer's work.
struct Span {
  enum class Style { kPlain, kStrong, kCode };

  std::string text;
  Style style = Style::kPlain;
};
using Spans = std::vector<Span>;

inline Span strong(std::string text) { return {std::move(text), Span::Style::kStrong}; }
inline Span code(std::string text) { return {std::move(text), Span::Style::kCode}; }

struct Heading {
  int level = 2;  ///< 1 = the report, 2 = a chapter, 3 = a section
  std::string text;
};
struct Paragraph {
  Spans spans;
};
struct ItemList {
  std::vector<Spans> items;
};
struct TableBlock {
  std::string key;  ///< unique in the document: file stem, link target and JSON key
  Table table;
  bool folded = false;  ///< formats that can fold it away behind its title do
  int level = 2;        ///< of the heading that its title becomes
  /// With all rows, for formats that leave none out; nothing if `table` has them all.
  std::optional<Table> uncut = {};
  /// Of one system and attribute alone: the key that all tables of its kind share, and these two.
  std::string kind = {};
  std::string attribute = {};
  std::string system = {};
};
/// Where in the report of a record a figure stands.
enum class Section { kComparison, kGroups, kProfessions, kTime };

/// What a series of a figure looks like.
struct FigureKey {
  std::string name;
  std::string colour;  ///< "#0072B2"
  std::string marker;  ///< one character
};
/// A picture that lies beside the report.
struct FigureBlock {
  std::string key;  ///< stem of its files; unique in the document
  std::string title;
  std::string caption;    ///< what is drawn, in words: also the text for readers who cannot see it
  std::string folder;     ///< of its files, relative to the report; "" = the same
  std::string svg;        ///< the picture itself for formats that embed it; "" = not drawn
  std::string not_drawn;  ///< why there is no picture; "" if there is one
  std::vector<FigureKey> keys = {};  ///< of its series, for screens too narrow for the picture's
};
/// Text that keeps its line breaks, such as a plan.
struct Verbatim {
  std::string language;
  std::string text;
};
using Block = std::variant<Heading, Paragraph, ItemList, TableBlock, FigureBlock, Verbatim>;

struct Document {
  std::string title;
  std::vector<Block> blocks;
};

/// The text of the spans without their style.
[[nodiscard]] std::string plain_text(const Spans& spans);

}  // namespace kgaudit::reports
