#include "metrics/metric.hpp"

#include <cstddef>

#include "suite/base/error.hpp"
#include "suite/base/roster.hpp"

namespace kgaudit::metrics {
namespace {

bool has_vectors(const MetricContext& context) {
  return context.release == Release::kWhole && context.scorer.attribute_vectors() != nullptr;
}

}  // namespace

std::vector<const MetricEntry*> all_measures() {
  std::vector<const MetricEntry*> all(metrics().begin(), metrics().end());
  all.insert(all.end(), row_measures().begin(), row_measures().end());
  return all;
}

const MetricEntry& find_measure(std::string_view id) {
  const std::vector<const MetricEntry*> all = all_measures();
  return find_in_roster(std::span<const MetricEntry* const>(all), id, "metric");
}

std::string_view in_words(VectorUse use) {
  switch (use) {
    case VectorUse::kRanks:
      return "Of a system with attribute vectors: ranked with them where the whitelist allows it; "
             "in "
             "its row [rows] without any.";
    case VectorUse::kAttacks:
      return "Of a system with attribute vectors: the rows alone; in its row [whole] rows and "
             "vectors, as one has them who downloads everything.";
    case VectorUse::kNone:
      break;
  }
  return "Of a system with attribute vectors: the rows alone, in the system's own row only.";
}

models::AttributeSet MetricContext::own_vectors(const datasets::PersonAttribute& candidate) const {
  if (!has_vectors(*this)) return 0;
  const auto sensitive = data.attributes.sensitive();
  for (std::size_t j = 0; j < sensitive.size(); ++j) {
    if (sensitive[j].id() == candidate.id()) return models::AttributeSet{1} << j;
  }
  KGA_REQUIRE(false, "no sensitive attribute {}", candidate.id());
  return 0;
}

models::AttributeSet MetricContext::other_vectors(
    const datasets::PersonAttribute& candidate) const {
  if (!has_vectors(*this)) return 0;
  models::AttributeSet all = 0;
  for (std::size_t j = 0; j < data.attributes.sensitive().size(); ++j) {
    all |= models::AttributeSet{1} << j;
  }
  return all & ~own_vectors(candidate);
}

}  // namespace kgaudit::metrics
