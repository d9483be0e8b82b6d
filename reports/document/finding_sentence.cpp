#include "reports/document/finding_sentence.hpp"

#include <array>
#include <string_view>

#include <fmt/format.h>

#include "reports/record/counted_message.hpp"

namespace kgaudit::reports {
namespace {

/// What messages count begins like this.
struct Counted {
  std::string_view many;
  std::string_view one;
  std::string_view in_sentence;
};
constexpr std::array<Counted, 9> kCounted = {
    {{"Persons ", "person ", "persons "},
     {"Triples ", "triple ", "triples "},
     {"Values ", "value ", "values "},
     {"Copies ", "copy ", "copies "},
     {"Entities ", "entity ", "entities "},
     {"Relations ", "relation ", "relations "},
     {"Names ", "name ", "names "},
     {"Optional names ", "optional name ", "optional names "},
     {"Files ", "file ", "files "}}};

void replace_first(std::string& text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  if (at != std::string::npos) text.replace(at, from.size(), to);
}

/// "There are 29 persons ..."; "" where the words do not begin with what is counted.
std::string there_are(const std::string& count, std::string_view words) {
  for (const Counted& counted : kCounted) {
    if (!words.starts_with(counted.many)) continue;
    std::string rest(words.substr(counted.many.size()));
    if (count != "1") return fmt::format("There are {} {}{}", count, counted.in_sentence, rest);
    replace_first(rest, "never occur ", "never occurs ");
    replace_first(rest, "that are ", "that is ");
    return fmt::format("There is 1 {}{}", counted.one, rest);
  }
  return "";
}

}  // namespace

std::string finding_sentence(const FindingLine& finding) {
  std::optional<CountedMessage> counted_words = counted_message(finding);
  if (!counted_words) return finding.message;
  auto& [count, words] = *counted_words;
  // "Of 66377 persons these have no value."
  if (words.starts_with("Of ")) {
    if (count == "1") replace_first(words, " these have ", " 1 has ");
    if (count == "1") replace_first(words, " these are ", " 1 is ");
    replace_first(words, " these ", fmt::format(" {} ", count));
    return words;
  }
  if (words.starts_with("Nobody ")) return words;
  // "Values that differ ... are different values" is a sentence already.
  std::string counted = finding.check == "values_alike" ? "" : there_are(count, words);
  if (!counted.empty()) return counted;
  if (words.ends_with('.')) words.pop_back();
  return fmt::format("{} ({} in all).", words, count);
}

}  // namespace kgaudit::reports
