#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

namespace kgaudit::datasets {

/// What a reader sees of a value: without code points that have no width (zero-width spaces and
/// joiners, variation selectors, soft hyphens, byte order marks, controls), every blank of Unicode
/// as a blank, none at the ends, each letter in one composition ("é" as one code point and as two
/// look the same) and none a capital.
[[nodiscard]] std::string look_of(std::string_view value);

/// A value in quotes, in one line, with all that its look hides written out: 'ma\u200ble'.
[[nodiscard]] std::string spelled_out(std::string_view value);

/// Whether a value looks like a word or a blank node that says "there is a value, but which is not
/// known". These are more than the words that a people file counts as unknown (PeopleOptions):
/// "none", which may be an answer, is one of them.
[[nodiscard]] bool is_placeholder(std::string_view value);

/// Counts the values of one attribute that look like another one and are a group of their own.
class AlikeValues {
 public:
  /// Each value once.
  void add(std::string_view value);
  /// Values that look like one before them.
  [[nodiscard]] std::uint64_t count() const { return count_; }
  /// For a finding, with both spellings of the first two.
  [[nodiscard]] std::string in_words() const;

 private:
  std::unordered_map<std::string, std::string> first_;  ///< by look: the value that had it first
  std::uint64_t count_ = 0;
  std::string example_;
};

}  // namespace kgaudit::datasets
