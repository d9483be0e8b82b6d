#include "reports/tables/strongest_probe.hpp"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "reports/record/fact_names.hpp"
#include "reports/record/release.hpp"
#include "reports/record/rows.hpp"

namespace kgaudit::reports {
namespace {

constexpr std::string_view kIsStrongest = "leakage.is_strongest";

struct Chosen {
  std::string probe;   ///< id; "" = the record does not say
  double share = 0.0;  ///< of persons, mean over seeds
};

Chosen chosen_probe(const FactIndex& facts, const SystemView& row, const std::string& attribute) {
  Chosen most;
  // By name, so that the order of the record's lines decides no tie.
  const auto& known = facts.facets_of(kIsStrongest);
  const std::set<Facets> all(known.begin(), known.end());
  for (const Facets& facets : all) {
    if (facet_or(facets, "attribute", "") != attribute ||
        facet_or(facets, "persons", "") != kHeldOutPersons) {
      continue;
    }
    double sum = 0.0;
    std::size_t seeds = 0;
    for (const MeasurementLine* line : facts.facts(row, kIsStrongest, facets)) {
      if (!line->measurement.defined()) continue;
      sum += line->measurement.value();
      ++seeds;
    }
    if (seeds == 0) continue;
    const double share = sum / static_cast<double>(seeds);
    if (share > most.share) most = {facet_or(facets, "probe", ""), share};
  }
  return most;
}

}  // namespace

std::string strongest_probe(const RunRecord& record, const FactIndex& facts, const SystemView& row,
                            const std::string& attribute) {
  const Chosen chosen = chosen_probe(facts, row, attribute);
  if (chosen.probe.empty()) return "";
  const std::string name = label_of(record, chosen.probe);
  const double percent = 100.0 * chosen.share;
  constexpr double kAll = 99.5;
  return percent >= kAll ? name : fmt::format("{} ({:.0f} %)", name, percent);
}

std::string strongest_probes_in_words(const RunRecord& record, const FactIndex& facts) {
  std::vector<std::string> parts;
  for (const std::string& attribute : attributes_of(record)) {
    // Probes in the order in which rows name them first.
    std::vector<std::pair<std::string, std::vector<std::string>>> rows;
    for (const SystemView& row : facts.systems()) {
      // A row of its own beside what is released: the same rows of the table once more.
      if (row.view.empty() && has_releases(record, row.system)) continue;
      const Chosen chosen = chosen_probe(facts, row, attribute);
      if (chosen.probe.empty()) continue;
      auto at = std::ranges::find(rows, chosen.probe, [](const auto& one) { return one.first; });
      if (at == rows.end()) at = rows.insert(rows.end(), {chosen.probe, {}});
      at->second.push_back(name_of(record, row));
    }
    std::vector<std::string> texts;
    for (const auto& [probe, names] : rows) {
      texts.push_back(fmt::format("{} ({})", label_of(record, probe), fmt::join(names, ", ")));
    }
    if (texts.empty()) continue;
    parts.push_back(fmt::format("{}: {}", label_of(record, attribute), fmt::join(texts, ", ")));
  }
  if (parts.empty()) return "";
  return fmt::format("Strongest probe of hidden persons, chosen for most of them: {}.",
                     fmt::join(parts, "; "));
}

}  // namespace kgaudit::reports
