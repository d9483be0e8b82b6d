#include "datasets/name_matching.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "suite/base/error.hpp"
#include "suite/base/text.hpp"
#include "suite/base/unicode.hpp"

namespace kgaudit::datasets {
namespace {

constexpr std::array<NameRuleText, kNameRules> kRuleTexts = {{
    {NameRule::kExact, "exact", "the names are the same bytes"},
    {NameRule::kBrackets, "brackets", "<name> means name"},
    {NameRule::kEntityMark, "entity-mark", "ENTITY/name means name (Wikipedia2Vec)"},
    {NameRule::kPercent, "percent", "%41 means A, where the result is UTF-8"},
    {NameRule::kComposition, "composition", "letters with accents in one or in several characters"},
    {NameRule::kBlanks, "blanks", "an underscore means a blank"},
    {NameRule::kIriPrefix, "iri", "of an address, what follows the last '/' or '#'"},
}};

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string percent_decoded(std::string name) {
  if (name.find('%') == std::string::npos) return name;
  std::string decoded;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const int high = name[i] == '%' && i + 2 < name.size() ? hex_digit(name[i + 1]) : -1;
    const int low = high >= 0 ? hex_digit(name[i + 2]) : -1;
    if (low < 0) {
      decoded += name[i];
      continue;
    }
    decoded += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return find_broken_utf8(decoded) || decoded.find('\0') != std::string::npos ? name : decoded;
}

/// One step further than the rule before; false when nothing changed.
bool loosen(std::string& name, NameRule rule) {
  constexpr std::string_view kMark = "ENTITY/";
  switch (rule) {
    case NameRule::kExact:
      return false;
    case NameRule::kBrackets:
      if (name.size() < 3 || name.front() != '<' || name.back() != '>') return false;
      name = name.substr(1, name.size() - 2);
      return true;
    case NameRule::kEntityMark:
      if (!name.starts_with(kMark) || name.size() == kMark.size()) return false;
      name.erase(0, kMark.size());
      return true;
    case NameRule::kPercent: {
      if (name.find('%') == std::string::npos) return false;
      name = percent_decoded(std::move(name));
      return true;
    }
    case NameRule::kComposition: {
      if (is_ascii(name)) return false;
      std::string one = composed(name);
      if (one == name) return false;
      name = std::move(one);
      return true;
    }
    case NameRule::kBlanks:
      if (name.find('_') == std::string::npos) return false;
      std::ranges::replace(name, '_', ' ');
      return true;
    case NameRule::kIriPrefix: {
      if (name.find("://") == std::string::npos) return false;
      const std::size_t last = name.find_last_of("/#");
      if (last + 1 == name.size()) return false;
      name.erase(0, last + 1);
      return true;
    }
  }
  return false;
}

std::string percent_of(double share) { return fmt::format("{:.1f} %", 100.0 * share); }

}  // namespace

std::span<const NameRuleText> name_rules() { return kRuleTexts; }

NameRule name_rule(std::string_view id, const std::string& place) {
  std::vector<std::string_view> ids;
  for (const NameRuleText& text : kRuleTexts) {
    if (text.id == id) return text.rule;
    ids.push_back(text.id);
  }
  throw InputError::unknown(place, "rule for names", id, ids);
}

std::string normal_form(std::string_view name, NameRule rule) {
  std::string form(name);
  for (const NameRuleText& text : kRuleTexts) {
    if (text.rule > rule) break;
    loosen(form, text.rule);
  }
  return form;
}

double NameMatches::share_of_asked() const {
  return asked() == 0 ? 0.0 : static_cast<double>(matched()) / static_cast<double>(asked());
}
double NameMatches::share_of_rows() const {
  return rows == 0 ? 0.0 : static_cast<double>(matched()) / static_cast<double>(rows);
}

NameMatcher::NameMatcher(std::span<const std::string> asked, const MatchOptions& options)
    : by_rule_(static_cast<std::size_t>(options.loosest) + 1), candidates_(asked.size()) {
  for (std::size_t a = 0; a < asked.size(); ++a) {
    std::string form = asked[a];
    for (std::size_t rule = 0; rule < by_rule_.size(); ++rule) {
      loosen(form, kRuleTexts[rule].rule);
      by_rule_[rule][form].push_back(static_cast<std::uint32_t>(a));
    }
    by_folded_[case_folded(form)].push_back(static_cast<std::uint32_t>(a));
  }
}

bool NameMatcher::add_row(std::string_view name) {
  if (rows_ == 0) first_row_ = name;
  const auto row = static_cast<std::uint32_t>(rows_++);
  std::string form(name);
  bool wanted = false;
  for (std::size_t i = 0; i < by_rule_.size(); ++i) {
    const NameRule rule = kRuleTexts[i].rule;
    loosen(form, rule);
    const auto found = by_rule_[i].find(form);
    if (found == by_rule_[i].end()) continue;
    wanted = true;
    for (const std::uint32_t a : found->second) {
      Candidates& own = candidates_[a];
      if (!own.found || rule < own.rule) {
        // What a looser rule had found before is a rival from now on.
        own.looser = own.looser || own.found;
        own.found = true;
        own.rule = rule;
        own.rows = {row};
      } else if (own.rows.front() == row || (own.rule == rule && own.rows.back() == row)) {
        continue;  // a looser rule finds the row again
      } else if (rule == own.rule) {
        if (own.rows.size() < NameMatches::kShownRows) own.rows.push_back(row);
      } else {
        own.looser = true;
      }
    }
  }
  if (!wanted) {
    const auto found = by_folded_.find(case_folded(form));
    if (found != by_folded_.end()) {
      for (const std::uint32_t a : found->second) candidates_[a].by_case = true;
    }
  }
  return wanted;
}

NameMatches NameMatcher::finish() const {
  NameMatches result;
  result.rows = rows_;
  result.first_row = first_row_;
  result.row_of.resize(candidates_.size());
  result.rule_of.assign(candidates_.size(), NameRule::kExact);
  // Who finds a row alone, and by which rule; the strictest claim holds.
  struct Claim {
    std::uint32_t asked;
    NameRule rule;
    std::optional<std::uint32_t> rival = {};  ///< the next one with a claim of the same strictness
  };
  std::unordered_map<std::uint32_t, Claim> claims;
  for (std::size_t a = 0; a < candidates_.size(); ++a) {
    const Candidates& own = candidates_[a];
    if (own.rows.size() != 1) continue;
    const Claim claim{static_cast<std::uint32_t>(a), own.rule};
    const auto [place, is_new] = claims.try_emplace(own.rows.front(), claim);
    if (is_new) continue;
    if (own.rule < place->second.rule) {
      place->second = claim;
    } else if (own.rule == place->second.rule) {
      if (!place->second.rival) place->second.rival = claim.asked;
    }
  }
  for (std::size_t i = 0; i < candidates_.size(); ++i) {
    const Candidates& own = candidates_[i];
    const auto a = static_cast<std::uint32_t>(i);
    if (!own.found) {
      result.missing.push_back(a);
      if (own.by_case) ++result.missing_by_case;
      continue;
    }
    if (own.rows.size() > 1) {
      result.ambiguous.push_back({a, own.rows, std::nullopt});
      continue;
    }
    const Claim& claim = claims.at(own.rows.front());
    if (claim.asked != a || claim.rival) {
      result.ambiguous.push_back({a, own.rows, claim.asked == a ? *claim.rival : claim.asked});
      continue;
    }
    result.row_of[i] = own.rows.front();
    result.rule_of[i] = own.rule;
    ++result.matched_by[static_cast<std::size_t>(own.rule)];
    if (own.looser) ++result.with_looser_rivals;
  }
  return result;
}

NameMatches match_names(std::span<const std::string> rows, std::span<const std::string> asked,
                        const MatchOptions& options) {
  NameMatcher matcher(asked, options);
  for (const std::string& row : rows) matcher.add_row(row);
  return matcher.finish();
}

std::string matches_text(const NameMatches& matches, std::span<const std::string> asked) {
  std::string rules;
  for (const NameRuleText& text : kRuleTexts) {
    const std::uint64_t count = matches.matched_by[static_cast<std::size_t>(text.rule)];
    if (count == 0) continue;
    rules += fmt::format("{}{} {}{}", rules.empty() ? "; " : ", ", with_thousands(count),
                         text.rule == NameRule::kExact ? "" : "by ", text.id);
  }
  std::string text = fmt::format("{} of {} names have a row ({}{}); they are {} of {} rows",
                                 with_thousands(matches.matched()), with_thousands(matches.asked()),
                                 percent_of(matches.share_of_asked()), rules,
                                 percent_of(matches.share_of_rows()), with_thousands(matches.rows));
  if (!matches.missing.empty()) {
    text += fmt::format("; {} have none, such as '{}'", with_thousands(matches.missing.size()),
                        printable(asked[matches.missing.front()]));
    if (matches.missing_by_case > 0) {
      text += fmt::format(", {} of them only by capital letters",
                          with_thousands(matches.missing_by_case));
    }
    if (matches.matched() == 0 && matches.rows > 0) {
      text += fmt::format("; the first row is called '{}'", printable(matches.first_row));
    }
  }
  if (!matches.ambiguous.empty()) {
    text +=
        fmt::format("; {} are ambiguous, such as '{}'", with_thousands(matches.ambiguous.size()),
                    printable(asked[matches.ambiguous.front().asked]));
  }
  return text;
}

void require_matches(const NameMatches& matches, std::span<const std::string> asked, bool strict,
                     const std::string& place) {
  if (matches.matched() > 0 && (!strict || matches.matched() == matches.asked())) return;
  std::string advice = "names written as in the embedding";
  if (matches.missing_by_case > 0) {
    advice = fmt::format(
        "capitals as in the embedding: {} names differ in capitals alone, which are never changed",
        with_thousands(matches.missing_by_case));
  } else if (matches.matched() > 0) {
    advice = "leave --strict out to measure those that have a row";
  }
  throw InputError::unreadable(place, matches_text(matches, asked),
                               strict ? "a row for every name" : "rows for some of the names",
                               advice);
}

}  // namespace kgaudit::datasets
