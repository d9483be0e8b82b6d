#include "reports/record/rows.hpp"

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "reports/record/fact_names.hpp"
#include "suite/base/files/strict_json.hpp"

namespace kgaudit::reports {

bool ranks_validation(const RunRecord& record) {
  if (record.run.plan.empty()) return false;
  const nlohmann::ordered_json plan = parse_strict_json(record.run.plan, "plan");
  const nlohmann::ordered_json::json_pointer set("/tables/evaluation/set");
  return plan.contains(set) && plan.at(set) == "valid";
}

bool of_training(std::string_view metric) {
  return metric.starts_with("time.") || metric.starts_with("memory.") ||
         metric.starts_with("training.");
}

bool is_control(std::string_view system) {
  // Those whose source in the roster says so; a test compares.
  constexpr std::array<std::string_view, 3> kControls = {"prior-removal", "random-projection",
                                                         "leace-shuffled"};
  return std::ranges::find(kControls, system) != kControls.end();
}

std::string row_of(std::string_view view_id) {
  return std::string(view_id.substr(0, view_id.find(':')));
}

std::vector<SystemView> system_views(const RunRecord& record) {
  std::vector<SystemView> rows;
  for (const MeasurementLine& line : record.measurements) {
    if (of_training(line.metric)) continue;
    const SystemView row = {line.system, line.view};
    if (std::find(rows.begin(), rows.end(), row) == rows.end()) rows.push_back(row);
  }
  // A system of which only its training is on record yet.
  for (const MeasurementLine& line : record.measurements) {
    const bool known = std::any_of(
        rows.begin(), rows.end(), [&](const SystemView& row) { return row.system == line.system; });
    if (!known) rows.push_back({line.system, line.view});
  }
  // Systems are trained in turns, so their facts interleave; the views of one stay together.
  std::vector<std::string> order;
  for (const SystemView& row : rows) {
    if (std::find(order.begin(), order.end(), row.system) == order.end()) {
      order.push_back(row.system);
    }
  }
  const auto place = [&](const SystemView& row) {
    return std::find(order.begin(), order.end(), row.system) - order.begin();
  };
  std::stable_sort(rows.begin(), rows.end(),
                   [&](const SystemView& a, const SystemView& b) { return place(a) < place(b); });
  return rows;
}

const std::string& label_of(const RunRecord& record, const std::string& id) {
  const auto found = record.run.labels.find(id);
  return found == record.run.labels.end() ? id : found->second;
}

std::string name_of(const RunRecord& record, const SystemView& row) {
  const std::string& system = label_of(record, row.system);
  return row.view.empty() ? system : fmt::format("{} [{}]", system, row.view);
}

std::string setting_of(const RunRecord& record, std::string_view name) {
  const auto& settings = record.run.settings;
  const auto found = std::ranges::find(settings, name, &std::pair<std::string, std::string>::first);
  return found == settings.end() ? "" : found->second;
}

std::string trained_by(const RunRecord& record, const std::string& system) {
  const auto line = std::ranges::find_if(record.measurements, [&](const MeasurementLine& found) {
    return found.system == system && found.metric == kOwnStep.metric;
  });
  return line == record.measurements.end() ? system : facet_or(line->facets, "trained_by", system);
}

std::vector<std::string> attributes_of(const RunRecord& record) {
  std::vector<std::string> attributes;
  for (const MeasurementLine& line : record.measurements) {
    const auto found = line.facets.find("attribute");
    // What relations are whitelisted for comes before anything is measured and may lack an
    // attribute.
    if (found == line.facets.end() || line.facets.contains("relation")) continue;
    if (std::find(attributes.begin(), attributes.end(), found->second) == attributes.end()) {
      attributes.push_back(found->second);
    }
  }
  return attributes;
}

std::vector<std::uint64_t> seeds_of(const RunRecord& record) {
  std::set<std::uint64_t> seeds;
  for (const MeasurementLine& line : record.measurements) seeds.insert(line.seed);
  return {seeds.begin(), seeds.end()};
}

std::set<std::pair<std::string, std::uint64_t>> missing_trainings(const RunRecord& record) {
  std::set<std::pair<std::string, std::uint64_t>> missing;
  for (const MeasurementLine& line : record.measurements) {
    if (!record.is_done(line.system, line.seed)) missing.emplace(line.system, line.seed);
  }
  if (record.run.plan.empty()) return missing;
  const nlohmann::ordered_json plan = parse_strict_json(record.run.plan, "the record's plan");
  const nlohmann::ordered_json::json_pointer audit("/tables/audit");
  if (plan.contains(audit) || !plan.contains("systems") || !plan.contains("seeds")) return missing;
  for (const auto& system : plan["systems"]) {
    for (const auto& seed : plan["seeds"]) {
      if (!system.is_string() || !seed.is_number_unsigned()) continue;
      const std::pair one(system.get<std::string>(), seed.get<std::uint64_t>());
      if (!record.is_done(one.first, one.second)) missing.insert(one);
    }
  }
  return missing;
}

std::string facet_or(const Facets& facets, const std::string& name, std::string_view otherwise) {
  const auto found = facets.find(name);
  return found == facets.end() ? std::string(otherwise) : found->second;
}

}  // namespace kgaudit::reports
