#include "suite/gate/gate_state.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "reports/record/fact_index.hpp"
#include "reports/record/release.hpp"
#include "reports/record/rows.hpp"
#include "suite/base/distributions/distributions.hpp"
#include "suite/base/error.hpp"
#include "suite/base/files/strict_json.hpp"
#include "suite/base/hash.hpp"
#include "suite/base/text.hpp"
#include "suite/plan/audit_plan.hpp"

namespace kgaudit::run {
namespace {

constexpr double kLargestFigure = 1e100;  // squares of larger ones are no numbers

using reports::MeasurementLine;

/// Tables of a plan that say what is trained or audited, not how it is measured.
bool says_what_is_trained(const std::string& table) {
  return table == "training" || table == kAuditTable || table == "statistics" ||
         table.starts_with("system.");
}

std::string measuring_of(const nlohmann::ordered_json& plan) {
  nlohmann::json kept = {{"metrics", plan.value("metrics", nlohmann::ordered_json::array())}};
  const auto tables = plan.value("tables", nlohmann::ordered_json::object());
  for (const auto& [name, table] : tables.items()) {
    if (!says_what_is_trained(name)) kept["tables"][name] = table;
    if (name != kAuditTable) continue;
    for (const char* key : {"people", "people_options", "reading"}) {
      if (table.contains(key)) kept["tables"][name][key] = table[key];
    }
  }
  return sha256(kept.dump()).hex();
}

/// What the plan of an audit says of a key of its own table; "" of other plans and odd values.
std::string audit_text(const nlohmann::ordered_json& plan, std::string_view key) {
  const nlohmann::ordered_json::json_pointer at(fmt::format("/tables/{}/{}", kAuditTable, key));
  const bool is_text = plan.contains(at) && plan.at(at).is_string();
  return is_text ? plan.at(at).get<std::string>() : std::string();
}

std::string row_text(const reports::SystemView& row) {
  return row.view.empty() ? row.system : fmt::format("{}:{}", row.system, row.view);
}

/// Findings of an audit after which no figure means what it says.
bool spoils_figures(const reports::FindingLine& finding) {
  static constexpr std::array<std::string_view, 8> kChecks = {
      "chance_level", "doubtful_reading", "other_data",      "reading",
      "rows_alike",   "rows_of_zeros",    "trivial_ranking", "unchecked_reading"};
  return finding.level == "warning" && std::ranges::find(kChecks, finding.check) != kChecks.end();
}

double standard_error_of(const Interval& interval) {
  return (interval.high - interval.low) /
         (2.0 * distributions::normal_two_sided_quantile(interval.level));
}

/// The audit at `at` must be of other files than those before it.
void refuse_same_files(const std::vector<NamedState>& records, std::size_t at) {
  const NamedState& one = records[at];
  if (one.audited.empty()) return;
  for (std::size_t i = 0; i < at; ++i) {
    if (records[i].audited != one.audited) continue;
    throw InputError::usage(
        one.name, fmt::format("an audit of the same files as {}", records[i].name),
        "audits of different files, such as the nights of one training", "name each audit once");
  }
}

/// Audits count as seeds in the order given, whatever seed their rows were trained with.
void number_as_first(GateState& audit) {
  for (auto& [key, value] : audit.values) {
    if (!value.seeds.empty()) value.seeds = {{0, value.seeds.begin()->second}};
  }
}

GatedValue gated_value(const std::vector<const MeasurementLine*>& facts) {
  GatedValue value;
  value.n = facts.front()->measurement.n();
  for (const MeasurementLine* fact : facts) {
    const Measurement& measured = fact->measurement;
    value.unit = measured.unit();
    value.n = std::min(value.n, measured.n());
    if (!measured.defined()) {
      value.undefined = fmt::format("seed {}: {}", fact->seed, measured.reason());
      value.seeds.clear();
      value.standard_error.reset();
      return value;
    }
    if (!(std::abs(measured.value()) <= kLargestFigure)) {
      value.undefined = fmt::format("seed {}: {} is beyond any figure", fact->seed,
                                    number_text(measured.value()));
      value.seeds.clear();
      value.standard_error.reset();
      return value;
    }
    value.seeds[fact->seed] = measured.value();
    if (measured.interval()) {
      value.standard_error =
          std::max(value.standard_error.value_or(0.0), standard_error_of(*measured.interval()));
    }
  }
  return value;
}

/// Of the first training on record: all have the same persons.
PersonsByValue groups_of(const reports::RunRecord& record) {
  using reports::facet_or;
  PersonsByValue groups;
  for (const char* metric : {"question.auc_by_value", "score_gap.by_value"}) {
    if (!groups.empty()) break;
    for (const MeasurementLine& line : record.measurements) {
      if (line.metric != metric || facet_or(line.facets, "persons", "") == "held_out") continue;
      const std::string value = facet_or(line.facets, "value", "");
      if (value.empty()) continue;
      groups[facet_or(line.facets, "attribute", "")].try_emplace(value, line.measurement.n());
    }
  }
  return groups;
}

}  // namespace

std::vector<double> GatedValue::values() const {
  std::vector<double> all;
  for (const auto& [seed, one] : seeds) all.push_back(one);
  return all;
}

std::vector<double> bad_values(const GateFigure& figure, const GatedValue& value) {
  std::vector<double> bad = value.values();
  for (double& one : bad) one = badness(figure, one);
  return bad;
}

std::string GateKey::text() const {
  return attribute.empty() ? fmt::format("{} / {}", row, figure)
                           : fmt::format("{} / {} / {}", row, attribute, figure);
}

GateState gate_state_of(const reports::RunRecord& record) {
  const nlohmann::ordered_json plan = parse_strict_json(record.run.plan, "the record's plan");
  if (!plan.is_object()) {
    throw InputError::unreadable("the record's plan", "no JSON object", "the plan of a run");
  }
  GateState state;
  state.kind = plan.value("tables", nlohmann::ordered_json::object()).contains(kAuditTable)
                   ? "audit"
                   : "bench";
  state.dataset = record.run.dataset;
  state.data_files = record.run.data_files;
  state.graph_hash = record.run.graph_hash;
  if (std::string measured = audit_text(plan, "measured"); !measured.empty()) {
    state.graph_hash = std::move(measured);
  }
  state.measuring = measuring_of(plan);
  state.plan_hash = record.run.plan_hash;
  state.build = record.run.build;
  state.figure_versions = figure_versions_of(state.build);
  state.machine = record.run.machine;
  for (const reports::FindingLine& finding : record.findings) {
    if (state.kind != "audit" || !spoils_figures(finding)) continue;
    state.warnings.try_emplace(finding.check, finding.message);
  }
  state.groups = groups_of(record);
  const reports::FactIndex facts(record);
  // Previews of an audit are no results.
  const auto is_gated = [&](const reports::SystemView& row) {
    return state.kind != "audit" || row.system == kAuditSystem;
  };
  const std::vector<std::string> attributes = reports::attributes_of(record);
  for (const GateFigure& figure : gate_figures()) {
    for (const reports::SystemView& row : facts.systems()) {
      if (!is_gated(row) || reports::mixes_releases(record, row)) continue;
      const std::vector<std::string> one = {""};
      for (const std::string& attribute : figure.fact.of_attribute ? attributes : one) {
        const auto of_row = facts.facts(row, figure.fact, attribute);
        if (of_row.empty()) continue;
        state.values[{std::string(figure.id), row_text(row), attribute}] = gated_value(of_row);
      }
    }
  }
  return state;
}

void require_whole(const reports::RunRecord& record, const std::string& name) {
  using Json = nlohmann::ordered_json;
  const auto refuse = [&](std::string what) {
    throw InputError::unreadable(name, std::move(what), "the record of a finished run",
                                 "kgaudit bench --resume --out FOLDER finishes one");
  };
  if (!record.notices.empty()) refuse(record.notices.front());
  const Json plan = parse_strict_json(record.run.plan, "the record's plan");
  if (plan.contains(Json::json_pointer(fmt::format("/tables/{}", kAuditTable)))) {
    if (record.done.empty()) refuse("an audit that was not finished");
    return;
  }
  std::uint64_t all = 0;
  std::uint64_t missing = 0;
  std::string first;
  const auto listed = [&](const char* key) { return plan.contains(key) ? plan.at(key) : Json(); };
  const Json systems = listed("systems");
  for (const Json& seed : listed("seeds")) {
    for (const Json& system : systems) {
      if (!seed.is_number_unsigned() || !system.is_string()) continue;
      ++all;
      const auto id = system.get<std::string>();
      const auto number = seed.get<std::uint64_t>();
      if (record.is_done(id, number)) continue;
      if (missing++ == 0) first = fmt::format("{}, seed {}", printable(id), number);
    }
  }
  if (missing > 0) {
    refuse(fmt::format("a run that is not finished: {} of {} trainings are missing, such as {}",
                       missing, all, first));
  }
}

std::string audited_files(const reports::RunRecord& record) {
  return audit_text(parse_strict_json(record.run.plan, "the record's plan"), "files");
}

GateState combined_state(std::vector<NamedState> records) {
  KGA_REQUIRE(!records.empty(), "no record");
  GateState all = std::move(records.front().state);
  const bool audits = all.kind == "audit";
  if (audits && records.size() > 1) number_as_first(all);
  for (std::size_t i = 1; i < records.size(); ++i) {
    const std::string& name = records[i].name;
    const GateState& state = records[i].state;
    if (const auto reasons = why_not_comparable(all, state); !reasons.empty()) {
      throw InputError(
          ExitCode::kNotComparable,
          {name, reasons.front(), "records of the same data, measured in one way", ""});
    }
    refuse_same_files(records, i);
    all.warnings.insert(state.warnings.begin(), state.warnings.end());
    for (auto& [key, value] : all.values) {
      const auto more = state.values.find(key);
      const bool measured = more != state.values.end() && !more->second.seeds.empty();
      if (value.undefined.empty() && !measured) {
        value.undefined = fmt::format(
            "{}: {}", name, more == state.values.end() ? "not measured" : more->second.undefined);
      }
      if (!value.undefined.empty()) {
        value.seeds.clear();
        value.standard_error.reset();
        continue;
      }
      value.n = std::min(value.n, more->second.n);
      value.standard_error = std::max(value.standard_error, more->second.standard_error);
      for (const auto& [seed, number] : more->second.seeds) {
        if (value.seeds.emplace(audits ? i : seed, number).second) continue;
        throw InputError::usage(name, fmt::format("seed {} for the second time", seed),
                                "benches of different seeds",
                                "kgaudit bench --seed BASE begins with another seed");
      }
    }
  }
  return all;
}

GateState baseline_of_row(const GateState& record, const std::string& row,
                          const std::string& place) {
  std::set<std::string> rows;
  for (const auto& [key, value] : record.values) rows.insert(key.row);
  if (rows.count(row) == 0) throw InputError::unknown(place, "row", row, rows);
  GateState baseline = record;
  baseline.values.clear();
  for (const auto& [key, value] : record.values) {
    if (key.row == row) continue;
    const auto reference = record.values.find({key.figure, row, key.attribute});
    if (reference != record.values.end()) baseline.values[key] = reference->second;
  }
  return baseline;
}

std::vector<std::string> why_not_comparable(const GateState& baseline, const GateState& candidate) {
  std::vector<std::string> reasons;
  if (baseline.kind != candidate.kind) {
    reasons.push_back(
        fmt::format("the baseline is of {}, this record is of {}", baseline.kind, candidate.kind));
  }
  // An audit without a graph is called by the audited file, so names tell no data apart.
  const bool same_bytes =
      baseline.graph_hash == candidate.graph_hash && baseline.data_files == candidate.data_files;
  const bool audits = baseline.kind == "audit" && candidate.kind == "audit";
  if (audits && !same_bytes) {
    reasons.push_back(fmt::format(
        "the persons, entities or triples that {} was measured on are others than those "
        "of the baseline, {}",
        candidate.dataset, baseline.dataset));
  } else if (baseline.dataset != candidate.dataset && !audits) {
    reasons.push_back(fmt::format("the baseline was measured on {}, this record on {}",
                                  baseline.dataset, candidate.dataset));
  } else if (!same_bytes) {
    reasons.push_back(fmt::format("the data of {} are other bytes than those of the baseline",
                                  candidate.dataset));
  }
  if (baseline.measuring != candidate.measuring) {
    reasons.emplace_back(
        candidate.kind == "audit"
            ? "the audit measures in another way (metrics, evaluation, the file about people or "
              "its options, or how rows are read)"
            : "the plan measures in another way (metrics, evaluation or data parameters differ)");
  }
  for (const auto& [id, version] : baseline.figure_versions) {
    const auto now = candidate.figure_versions.find(id);
    if (now != candidate.figure_versions.end() && now->second != version) {
      reasons.push_back(fmt::format("{} is defined in another way now (version {}, then {})", id,
                                    now->second, version));
    }
  }
  return reasons;
}

bool same_clock(const GateState& baseline, const GateState& candidate) {
  const auto flags = [](const GateState& state) {
    const auto at = state.build.find("flags");
    return at == state.build.end() ? std::string() : at->second;
  };
  return baseline.machine == candidate.machine && flags(baseline) == flags(candidate);
}

}  // namespace kgaudit::run
