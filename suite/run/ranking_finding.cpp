#include "suite/run/ranking_finding.hpp"

#include <algorithm>
#include <cmath>
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

/// One-sided, at 5 %.
constexpr double kBeyondChance = 1.645;

/// How many of its standard deviations under random orders the index lies above 0. A rank is then
/// uniform, and the mean over n queries of the index varies by 1 / sqrt(3 n).
double chance_z(const Measurement& index) {
  return index.value() * std::sqrt(3.0 * static_cast<double>(index.n()));
}

}  // namespace

std::optional<reports::FindingLine> ranking_finding(std::string_view system, std::string_view row,
                                                    std::uint64_t seed,
                                                    std::span<const metrics::Fact> facts) {
  const Measurement* index = headline(facts, "link_prediction.amri");
  const Measurement* mrr_z = headline(facts, "link_prediction.mrr_z");
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
  // Above 0 by a little is what half of all random orders are. A model that has some answers right
  // shows it in its reciprocal ranks.
  if (index != nullptr && index->defined() && chance_z(*index) < kBeyondChance &&
      mrr_z != nullptr && mrr_z->defined() && mrr_z->value() < kBeyondChance) {
    return reports::FindingLine{
        "warning", "chance_level", subject,
        fmt::format("the ranking is no better than a random order can be by chance (adjusted mean "
                    "rank index {:.3f} over {} queries, MRR {:.1f} sd from its expectation)",
                    index->value(), index->n(), mrr_z->value())};
  }
  return std::nullopt;
}

}  // namespace kgaudit::run
