#include "reports/record/visible_record.hpp"

#include <initializer_list>
#include <map>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

#include "suite/base/files/strict_json.hpp"
#include "suite/base/visible.hpp"

namespace kgaudit::reports {
namespace {

void make_visible(std::initializer_list<std::string*> texts) {
  for (std::string* text : texts) {
    // Nearly every text stays as it is.
    if (std::string shown = visible(*text); shown != *text) *text = std::move(shown);
  }
}

void make_visible(std::map<std::string, std::string>& texts) {
  std::map<std::string, std::string> shown;
  for (const auto& [name, text] : texts) shown.emplace(visible(name), visible(text));
  texts = std::move(shown);
}

void make_visible(Measurement& measurement) {
  if (measurement.defined()) return;
  measurement = Measurement::undefined(visible(measurement.reason()), measurement.n(),
                                       measurement.unit(), measurement.direction());
}

/// The texts in a JSON value. Its text would not do: what is written out there as \u202e is read as
/// the mark itself.
void make_visible(nlohmann::ordered_json& value) {
  if (value.is_string()) {
    value = visible(value.get<std::string>());
  } else if (value.is_array()) {
    for (auto& one : value) make_visible(one);
  } else if (value.is_object()) {
    nlohmann::ordered_json shown = nlohmann::ordered_json::object();
    for (auto& [name, one] : value.items()) {
      make_visible(one);
      shown[visible(name)] = std::move(one);
    }
    value = std::move(shown);
  }
}

std::string visible_plan(const std::string& plan) {
  if (plan.empty()) return plan;
  const nlohmann::ordered_json json = parse_strict_json(plan, "plan");
  nlohmann::ordered_json shown = json;
  make_visible(shown);
  return shown == json ? plan : shown.dump();
}

}  // namespace

void make_visible(RunRecord& record) {
  RunLine& run = record.run;
  run.plan = visible_plan(run.plan);
  make_visible({&run.run, &run.plan_hash, &run.dataset, &run.graph_hash, &run.started});
  for (auto* texts : {&run.data_files, &run.build, &run.machine, &run.labels}) make_visible(*texts);
  for (auto& [name, text] : run.settings) make_visible({&name, &text});
  for (EpochLine& line : record.epochs) make_visible({&line.system});
  for (MeasurementLine& line : record.measurements) {
    make_visible({&line.system, &line.view, &line.metric});
    make_visible(line.facets);
    make_visible(line.measurement);
  }
  for (TableHashLine& line : record.table_hashes) make_visible({&line.system, &line.digest});
  for (FindingLine& line : record.findings) {
    make_visible({&line.level, &line.check, &line.subject, &line.message});
  }
  for (DoneLine& line : record.done) make_visible({&line.system});
}

}  // namespace kgaudit::reports
