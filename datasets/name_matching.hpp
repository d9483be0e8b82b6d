#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace kgaudit::datasets {

/// How the names of two sources may differ and still mean the same thing, from strict to loose.
/// A rule includes those before it: what kIriPrefix compares has no brackets, no percent-encoding
/// and no blanks either. Capitals are never changed.
enum class NameRule : std::uint8_t {
  kExact,        ///< the same bytes
  kBrackets,     ///< <http://a/b> and http://a/b
  kEntityMark,   ///< ENTITY/Ada and Ada, as Wikipedia2Vec writes pages
  kPercent,      ///< Ren%C3%A9 and René; a decoded text that is not UTF-8 is left as it was
  kComposition,  ///< "é" as one character and as "e" with an accent (Unicode's NFC)
  kBlanks,       ///< Ada_Lovelace and "Ada Lovelace"
  kIriPrefix     ///< http://a/b#Ada and Ada: all before the last '/' or '#' of an address goes
};

inline constexpr std::size_t kNameRules = 7;

/// What help and reports say of a rule.
struct NameRuleText {
  NameRule rule;
  /// "exact", "brackets", "entity-mark", "percent", "composition", "blanks", "iri"
  std::string_view id;
  std::string_view meaning;  ///< one sentence
};
/// From strict to loose.
[[nodiscard]] std::span<const NameRuleText> name_rules();
/// Throws InputError (usage) at `place` naming the nearest known id.
[[nodiscard]] NameRule name_rule(std::string_view id, const std::string& place);

/// What is left of a name under a rule; two names match under it if and only if this is equal.
[[nodiscard]] std::string normal_form(std::string_view name, NameRule rule);

/// An asked name that cannot be told apart, and the rows it could be.
struct AmbiguousName {
  std::uint32_t asked = 0;
  std::vector<std::uint32_t> rows;  ///< at most kShownRows of them
  /// Another asked name that claims the same row; nothing where the rows are the problem.
  std::optional<std::uint32_t> rival;
};

/// How the names of a source of persons meet the names of rows.
struct NameMatches {
  static constexpr std::size_t kShownRows = 8;

  std::vector<std::optional<std::uint32_t>> row_of;  ///< per asked name
  std::vector<NameRule> rule_of;                     ///< per asked name; of those with a row
  std::array<std::uint64_t, kNameRules> matched_by{};
  std::vector<std::uint32_t> missing;    ///< asked names without a row, ascending
  std::vector<AmbiguousName> ambiguous;  ///< without a row for another reason, by asked name
  /// Names with a row for which a looser rule would have found further rows: the stricter rule
  /// won, which may be wrong (the word "ada" and the page ENTITY/ada).
  std::uint64_t with_looser_rivals = 0;
  /// Missing names for which a row would be found if capitals did not count. They stay missing.
  std::uint64_t missing_by_case = 0;
  std::uint64_t rows = 0;
  std::string first_row;  ///< the name of one, for people

  [[nodiscard]] std::uint64_t asked() const { return row_of.size(); }
  [[nodiscard]] std::uint64_t matched() const {
    return row_of.size() - missing.size() - ambiguous.size();
  }
  /// matched() as a share of the asked names and of the rows, in [0, 1]; 0 of nothing is 0.
  [[nodiscard]] double share_of_asked() const;
  [[nodiscard]] double share_of_rows() const;
};

struct MatchOptions {
  NameRule loosest = NameRule::kIriPrefix;  ///< rules after it are not tried
};

/// Finds the row of each asked name in one pass over the rows, which may be many millions: memory
/// is that of the asked names, times the number of rules. A name belongs to the row that the
/// strictest rule finds. Where that rule finds several rows, or where two asked names find the same
/// row by the same rule, the name is ambiguous and gets none; of two that find it by different
/// rules, the stricter one gets it.
class NameMatcher {
 public:
  explicit NameMatcher(std::span<const std::string> asked, const MatchOptions& options = {});

  /// The next row's name; rows are numbered in the order of these calls. True if the row may
  /// belong to an asked name: others need not be kept.
  bool add_row(std::string_view name);
  [[nodiscard]] NameMatches finish() const;

 private:
  struct Candidates {
    NameRule rule = NameRule::kExact;  ///< the strictest that found something
    std::vector<std::uint32_t> rows;   ///< by that rule
    bool looser = false;               ///< a looser rule found another row
    bool found = false;
    bool by_case = false;  ///< a row differs in capitals alone
  };
  /// Asked names by normal form.
  using Index = std::unordered_map<std::string, std::vector<std::uint32_t>>;

  std::vector<Index> by_rule_;  ///< exact first
  std::unordered_map<std::string, std::vector<std::uint32_t>> by_folded_;
  std::vector<Candidates> candidates_;  ///< per asked name
  std::uint64_t rows_ = 0;
  std::string first_row_;
};

/// NameMatcher over rows that are there already.
[[nodiscard]] NameMatches match_names(std::span<const std::string> rows,
                                      std::span<const std::string> asked,
                                      const MatchOptions& options = {});

/// Throws InputError (unreadable) at `place` when no asked name has a row, or, if `strict`, when
/// any has none, with counts and examples; advises where the case of letters is the reason.
void require_matches(const NameMatches& matches, std::span<const std::string> asked, bool strict,
                     const std::string& place);

/// "1,234 of 1,300 names have a row (94.9 %; 1,200 exact, 34 by blanks); they are 0.3 % of 400,000
/// rows; 50 have none, such as 'x'; 16 are ambiguous, such as 'y'": for people. Where none has a
/// row, the first row's name follows.
[[nodiscard]] std::string matches_text(const NameMatches& matches,
                                       std::span<const std::string> asked);

}  // namespace kgaudit::datasets
