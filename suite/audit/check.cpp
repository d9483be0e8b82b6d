#include "suite/audit/check.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "suite/base/text.hpp"

namespace kgaudit::run {
namespace {

std::string text_of(const Measurement& fact) {
  return fact.defined() ? number_text(fact.value()) : "undefined: " + fact.reason();
}

/// With what stands beside the value, where that alone tells two facts apart.
std::string whole_text_of(const Measurement& fact) {
  std::string text = fmt::format("{}, n {}", text_of(fact), fact.n());
  if (const auto& interval = fact.interval()) {
    text +=
        fmt::format(", interval {} to {}", number_text(interval->low), number_text(interval->high));
  }
  return text;
}

/// Enough of a hash for a reader to recognise it.
std::string beginning(const std::string& sha256) { return sha256.substr(0, 12); }

}  // namespace

ExitCode verdict_of(const std::vector<Check>& checks) {
  Agreement worst = Agreement::kSame;
  for (const Check& check : checks) worst = std::max(worst, check.agreement);
  switch (worst) {
    case Agreement::kDiffer:
      return ExitCode::kRegression;
    case Agreement::kUnreadable:
      return ExitCode::kUnreadable;
    case Agreement::kNotComparable:
      return ExitCode::kNotComparable;
    case Agreement::kSkipped:
    case Agreement::kSame:
      break;
  }
  return ExitCode::kPass;
}

Check compare_hashes(std::string what, const std::string& was, const std::string& is,
                     std::string_view when) {
  if (was == is) return {std::move(what), Agreement::kSame, "SHA-256 " + beginning(was)};
  return {std::move(what), Agreement::kDiffer,
          fmt::format("SHA-256 {} on record, {} {}", beginning(was), beginning(is), when)};
}

std::string name_of_fact(const FactKey& key) {
  const auto& [system, view, seed, metric, facets] = key;
  return fmt::format("{}{}, seed {}, {} {}", system, view.empty() ? "" : " [" + view + "]", seed,
                     metric, facets);
}

Check same_facts(std::string what, std::size_t count) {
  if (count == 0) return {std::move(what), Agreement::kSkipped, "no fact to compare"};
  return {std::move(what), Agreement::kSame, fmt::format("{} facts", count)};
}

Check compare_facts(std::string what, const Facts& recorded, const Facts& again,
                    CheckedFacts& checked) {
  for (const auto& [key, measurement] : recorded) checked.insert(key);
  std::size_t different = 0;
  std::string first;
  const auto differs = [&](const FactKey& key, const std::string& was, const std::string& is) {
    if (++different == 1) {
      first = fmt::format("{}: {} on record, {} again", name_of_fact(key), was, is);
    }
  };
  for (const auto& [key, fact] : recorded) {
    const auto found = again.find(key);
    if (found == again.end()) {
      differs(key, text_of(fact), "not measured");
    } else if (!(found->second == fact)) {
      const bool told_apart = text_of(fact) != text_of(found->second);
      differs(key, told_apart ? text_of(fact) : whole_text_of(fact),
              told_apart ? text_of(found->second) : whole_text_of(found->second));
    }
  }
  for (const auto& [key, fact] : again) {
    if (!recorded.contains(key)) differs(key, "nothing", text_of(fact));
  }
  if (different == 0) {
    return same_facts(std::move(what), recorded.size());
  }
  return {std::move(what), Agreement::kDiffer,
          fmt::format("{} facts differ, {} are on record; first: {}", different, recorded.size(),
                      first)};
}

}  // namespace kgaudit::run
