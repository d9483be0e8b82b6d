#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace kgaudit::reports {

/// Writes JSON in the order of the calls: same calls, same bytes. Numbers are the shortest text
/// that reads back exactly; a text must be UTF-8 and a number finite (BrokenInvariant otherwise).
///
/// Records and reports are written with this and not with nlohmann's `dump`, because their bytes
/// are hashed and compared: a whole number has no ".0" ("value":5), infinities are refused instead
/// of becoming null, and text that already is JSON, such as a plan, goes in unchanged.
class JsonText {
 public:
  /// `indent` spaces a level; 0 writes everything in one line.
  explicit JsonText(std::size_t indent = 0) : indent_(indent) {}

  JsonText& open_object() { return open('{', '}'); }
  JsonText& open_list() { return open('[', ']'); }
  /// Ends the innermost object or list.
  JsonText& close();
  JsonText& key(std::string_view name);

  JsonText& text(std::string_view value);
  JsonText& number(double value);
  JsonText& whole(std::uint64_t value);
  JsonText& flag(bool value);
  JsonText& null();
  /// Inserts `json` as it is; the caller guarantees that it is one JSON value.
  JsonText& raw(std::string_view json);

  /// The finished text; everything that was opened must be closed.
  [[nodiscard]] std::string take();

 private:
  JsonText& open(char opener, char closer);
  JsonText& put(std::string_view token);
  void begin_value();
  void break_line();

  std::string out_;
  std::string closers_;
  std::size_t indent_ = 0;
  bool first_ = true;
  bool after_key_ = false;
};

/// The text in double quotes with everything escaped that JSON wants escaped.
[[nodiscard]] std::string json_quoted(std::string_view text);

}  // namespace kgaudit::reports
