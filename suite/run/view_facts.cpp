#include "suite/run/view_facts.hpp"

#include <map>
#include <utility>

namespace kgaudit::run {
namespace {

using FactKey = std::pair<std::string, std::map<std::string, std::string>>;

bool is_about_another(const metrics::Fact& fact, const std::string& attribute) {
  const auto facet = fact.facets.find("attribute");
  return facet != fact.facets.end() && facet->second != attribute;
}

}  // namespace

std::vector<metrics::Fact> recorded_facts(const models::ModelView& view,
                                          std::vector<metrics::Fact> facts) {
  if (!view.attribute) return facts;
  std::erase_if(facts,
                [&](const metrics::Fact& fact) { return is_about_another(fact, *view.attribute); });
  for (metrics::Fact& fact : facts) {
    if (!fact.facets.contains("attribute")) fact.facets["view"] = view.id;
  }
  return facts;
}

std::vector<metrics::Fact> means_over_views(
    const std::vector<std::vector<metrics::Fact>>& facts_of_views) {
  std::map<FactKey, std::vector<const Measurement*>> by_fact;
  for (const auto& facts : facts_of_views) {
    for (const metrics::Fact& fact : facts) {
      if (!fact.facets.contains("view") || !fact.measurement.defined()) continue;
      FactKey key{fact.metric, fact.facets};
      key.second.erase("view");
      by_fact[std::move(key)].push_back(&fact.measurement);
    }
  }
  std::vector<metrics::Fact> means;
  for (const auto& [key, measurements] : by_fact) {
    if (measurements.size() < 2 || measurements.size() != facts_of_views.size()) continue;
    double sum = 0.0;
    for (const Measurement* m : measurements) sum += m->value();
    const Measurement& first = *measurements.front();
    means.push_back({key.first, key.second,
                     Measurement::checked(sum / static_cast<double>(measurements.size()), first.n(),
                                          first.unit(), first.direction())});
  }
  return means;
}

}  // namespace kgaudit::run
