#include "suite/compare/statistics_plan.hpp"

#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "reports/record/release.hpp"
#include "suite/base/error.hpp"
#include "suite/base/files/strict_json.hpp"
#include "suite/plan/plan_parameters.hpp"

namespace kgaudit::run {

using reports::RunRecord;
using reports::SystemView;

Statistics statistics_of(const Parameters& parameters) {
  Statistics statistics;
  statistics.reference = parameters.text("reference");
  const std::string& test = parameters.text("test");
  statistics.test = test == "sign-flip"   ? Statistics::FamilyTest::kSignFlip
                    : test == "bootstrap" ? Statistics::FamilyTest::kBootstrap
                                          : Statistics::FamilyTest::kPairedT;
  statistics.all_in_family = parameters.text("family") == "all";
  statistics.alpha = parameters.real("alpha");
  statistics.power = parameters.real("power");
  statistics.replicates = static_cast<std::uint32_t>(parameters.count("replicates"));
  statistics.seed = parameters.count("seed");
  statistics.mrr_margin = parameters.real("mrr_margin");
  statistics.gap_margin = parameters.real("gap_margin");
  return statistics;
}

Statistics statistics_of(const RunRecord& record) {
  Parameters parameters(statistics_parameters());
  const nlohmann::ordered_json plan = parse_strict_json(record.run.plan, "the record's plan");
  const auto tables = plan.find("tables");
  if (tables == plan.end() || !tables->is_object()) return statistics_of(parameters);
  const auto declared = tables->find("statistics");
  if (declared == tables->end() || !declared->is_object()) return statistics_of(parameters);
  for (const auto& [name, value] : declared->items()) {
    const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
    parameters.set(name, std::string_view(text), "the record's plan, statistics");
  }
  return statistics_of(parameters);
}

SystemView reference_row(const RunRecord& record, const std::string& reference) {
  const std::vector<SystemView> rows = reports::system_views(record);
  std::vector<std::string> known;
  for (const SystemView& row : rows) {
    const std::string full = row.view.empty() ? row.system : row.system + ":" + row.view;
    // Nobody can have what a row of two releases shows, so it is no yardstick.
    if (reports::mixes_releases(record, row)) continue;
    // A system's first row stands for it where no view is named; of one with attribute vectors that
    // is its rows alone.
    if (reference.empty() || reference == full || reference == row.system) return row;
    known.push_back(full);
  }
  const std::string place = "the reference of the tests";
  const std::string complaint = fmt::format("'{}', which is not on record", printable(reference));
  if (known.empty()) throw InputError::usage(place, complaint, "a record with measurements");
  throw InputError::none_of(place, complaint, reference, known);
}

}  // namespace kgaudit::run
