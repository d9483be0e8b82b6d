#include "suite/run/ranking_finding.hpp"

#include <algorithm>
#include <string>

#include <fmt/format.h>

namespace kgaudit::run {
namespace {

/// Of all ranked triples, filtered, both sides.
const Measurement* headline(std::span<const metrics::Fact> facts, std::string_view metric) {
  const auto has = [](const metrics::Fact& fact, const char* name, std::string_view value) {
    const auto found = fact.facets.find(name);
    return found != fact.facets.end() && found->second == value;
  };
  const auto found = std::ranges::find_if(facts, [&](const metrics::Fact& fact) {
    return fact.metric == metric && has(fact, "filter", "filtered") && has(fact, "set", "all") &&
           has(fact, "side", "both");
  });
  return found == facts.end() ? nullptr : &found->measurement;
}

}  // namespace

std::optional<reports::FindingLine> ranking_finding(std::string_view system, std::string_view row,
                                                    std::uint64_t seed,
                                                    std::span<const metrics::Fact> facts) {
  const Measurement* index = headline(facts, "link_prediction.amri");
  const Measurement* expected = headline(facts, "link_prediction.expected_mrr");
  const std::string subject =
      fmt::format("{}{}, seed {}", system, row.empty() ? "" : fmt::format(" [{}]", row), seed);
  if (expected != nullptr && expected->defined() && expected->value() >= 1.0) {
    return reports::FindingLine{
        "warning", "trivial_ranking", subject,
        "no query has a second candidate once the other right answers are filtered out, so every "
        "rank is 1 whatever the embedding"};
  }
  if (index != nullptr && index->defined() && index->value() <= 0.0) {
    return reports::FindingLine{
        "warning", "chance_level", subject,
        fmt::format(
            "the ranking is no better than a random order (adjusted mean rank index {:.3f})",
            index->value())};
  }
  return std::nullopt;
}

}  // namespace kgaudit::run
