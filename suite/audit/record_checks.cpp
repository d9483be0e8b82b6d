#include "suite/audit/record_checks.hpp"

#include <filesystem>
#include <map>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "metrics/stats/estimates.hpp"
#include "reports/record/fact_names.hpp"
#include "suite/base/error.hpp"
#include "suite/base/hash.hpp"
#include "suite/base/text.hpp"
#include "suite/compare/compared_measures.hpp"
#include "suite/compare/raw_units.hpp"
#include "suite/compare/significance.hpp"
#include "suite/plan/audit_plan.hpp"
#include "suite/plan/dataset_source.hpp"
#include "suite/run/provenance.hpp"
#include "suite/run/selection_data.hpp"

namespace kgaudit::run {

using reports::MeasurementLine;
using reports::RunRecord;

namespace {

namespace fs = std::filesystem;

/// What was complained of, in one line.
Check unreadable(std::string what, const InputError& error) {
  if (error.code() == ExitCode::kUnsafe) throw error;
  const Complaint& why = error.complaint();
  return {std::move(what), Agreement::kUnreadable,
          why.expected.empty()
              ? fmt::format("{}: {}", why.place, why.got)
              : fmt::format("{}: {}; expected: {}", why.place, why.got, why.expected)};
}

Check check_file(std::string what, const std::string& sha256, const fs::path& file) {
  try {
    return compare_hashes(std::move(what), sha256, sha256_of_file(file).hex(), "now");
  } catch (const InputError& error) {
    return unreadable(std::move(what), error);
  }
}

/// The files that the record names, beside or below the path that was audited. Names and tables
/// that were given by options lie elsewhere: they are counted and not checked.
std::vector<Check> check_embedding(const RunRecord& record, const fs::path& audited) {
  const fs::path folder = fs::is_directory(audited) ? audited : audited.parent_path();
  constexpr std::string_view kHash = "SHA-256 ";
  std::vector<Check> checks;
  std::size_t elsewhere = 0;
  for (const reports::FindingLine& finding : record.findings) {
    const std::size_t at = finding.message.find(kHash);
    if (finding.check != "embedding_file" || at == std::string::npos) continue;
    const fs::path file = folder / finding.subject;
    if (file != audited && !fs::exists(file)) {
      ++elsewhere;
      continue;
    }
    checks.push_back(check_file("embedding file " + finding.subject,
                                finding.message.substr(at + kHash.size()), file));
  }
  if (elsewhere > 0) {
    checks.push_back({"embedding files elsewhere", Agreement::kSkipped,
                      fmt::format("{} not beside {}", elsewhere, audited.string())});
  }
  return checks;
}

/// The hashes that the record has of the plan's data set, which an audit of a people file alone
/// lacks.
std::vector<Check> check_dataset(const RunRecord& record, const Plan& plan,
                                 const std::string& people_file, const std::string& mirror,
                                 Progress& progress) {
  datasets::Dataset data;
  try {
    data = prepared_data(load_dataset(plan, mirror, progress), plan.evaluation());
  } catch (const InputError& error) {
    return {unreadable("data " + record.run.dataset, error)};
  }
  std::map<std::string, std::string> files;
  for (const SourceFile& file : data.files) files[file.name] = file.sha256;
  std::vector<Check> checks;
  for (const auto& [name, sha256] : record.run.data_files) {
    const auto found = files.find(name);
    if (found == files.end() && name == people_file) continue;
    checks.push_back(compare_hashes("data file " + name, sha256,
                                    found == files.end() ? "none" : found->second, "now"));
  }
  checks.push_back(
      compare_hashes("graph", record.run.graph_hash, data.graph.digest().hex(), "now"));
  return checks;
}

bool names_dataset(const Parameters& dataset) {
  return !dataset.text("id").empty() || !dataset.text("triples").empty() ||
         !dataset.text("card").empty();
}

}  // namespace

std::vector<Check> check_data(const RunRecord& record, const Plan& plan, const std::string& mirror,
                              Progress& progress) {
  if (!is_audit(plan)) return check_dataset(record, plan, "", mirror, progress);
  const Parameters& audit = plan.section(kAuditTable);
  const fs::path people = audit.text("people_file");
  std::vector<Check> checks;
  if (names_dataset(plan.dataset())) {
    checks = check_dataset(record, plan, people.filename(), mirror, progress);
  }
  if (!people.empty()) {
    checks.push_back(check_file("people file " + people.string(), audit.text("people"), people));
  }
  // Records of an earlier build do not say where the embedding lay.
  if (const fs::path embedding = audit.text("embedding"); !embedding.empty()) {
    for (Check& check : check_embedding(record, embedding)) checks.push_back(std::move(check));
  }
  return checks;
}

std::vector<Check> check_raw_files(const RunRecord& record, const std::filesystem::path& folder) {
  std::vector<Check> checks;
  std::map<std::string, const reports::RawLine*> lines;
  for (const reports::RawLine& line : record.raw) lines[line.file] = &line;
  std::size_t intact = 0;
  for (const auto& [name, line] : lines) {
    try {
      const std::string now = sha256_of_file(raw_path(folder, *line)).hex();
      Check check = compare_hashes("raw file " + name, line->sha256, now, "now");
      if (check.agreement == Agreement::kSame) {
        ++intact;
      } else {
        checks.push_back(std::move(check));
      }
    } catch (const InputError& error) {
      if (error.code() == ExitCode::kUnsafe) throw;
      checks.push_back({"raw file " + name, Agreement::kUnreadable, error.complaint().got});
    }
  }
  checks.push_back(
      {"raw files", Agreement::kSame, fmt::format("SHA-256 of {} of {}", intact, lines.size())});
  return checks;
}

namespace {

using Predictions = metrics::stats::Outcome<std::vector<std::vector<double>>>;

/// What the raw file of a row says, or why it cannot be read.
Predictions predictions_of(RawUnits& units, const reports::SystemView& row, std::uint64_t seed,
                           const UnitColumn& column) {
  try {
    return units.predictions(row, seed, column);
  } catch (const InputError& error) {
    return Undefined{unreadable("", error).detail};
  }
}

}  // namespace

Check check_ranking(const RunRecord& record, const std::filesystem::path& folder) {
  const std::tuple<reports::FactName, UnitColumn::Kind, double> ranking_facts[] = {
      {reports::kFilteredMrr, UnitColumn::Kind::kReciprocalRank, 0.0},
      {reports::kFilteredHitsAt1, UnitColumn::Kind::kHits, 1.0},
      {reports::kFilteredHitsAt10, UnitColumn::Kind::kHits, 10.0}};
  const std::string what = "ranking facts from raw ranks";
  RawUnits units(record, folder);
  std::size_t same = 0;
  for (const auto& [wanted, kind, cut] : ranking_facts) {
    const auto facts = facts_of(record.measurements, [&, &fact = wanted](const auto& line) {
      return line.metric == fact.metric && line.facets == fact.all_facets() &&
             line.measurement.defined();
    });
    for (const auto& [key, fact] : facts) {
      const auto& [system, view, seed, name, facets] = key;
      const Predictions values = predictions_of(units, {system, view}, seed, {kind, cut, "", ""});
      if (!values.defined()) return {what, Agreement::kUnreadable, values.reason()};
      if (values->size() != 1) continue;  // the mean over several views is made from their facts
      const double again = metrics::mean(values->front());
      if (again != fact.value()) {
        return {what, Agreement::kDiffer,
                fmt::format("{}: {} on record, {} again", name_of_fact(key),
                            number_text(fact.value()), number_text(again))};
      }
      ++same;
    }
  }
  return {what, Agreement::kSame, fmt::format("{} facts", same)};
}

Check check_tests(const RunRecord& record, const std::filesystem::path& folder, const Plan& plan,
                  ThreadPool& pool) {
  const std::string what = "tests between systems";
  for (const std::string& system : plan.systems) {
    for (const std::uint64_t seed : plan.seeds) {
      if (record.is_done(system, seed)) continue;
      return {what, Agreement::kSkipped, "the run is not complete, they come at its end"};
    }
  }
  const auto wanted = [](const MeasurementLine& line) { return is_significance(line.metric); };
  try {
    require_raw_files(record, folder);
    const auto again = significance_facts(record, folder, statistics_of(plan.statistics()), pool);
    return compare_facts(what, facts_of(record.measurements, wanted), facts_of(again, wanted));
  } catch (const InputError& error) {
    return unreadable(what, error);
  }
}

std::string other_surroundings(const RunRecord& record) {
  const auto differs = [](const std::map<std::string, std::string>& was, const Fingerprint& is,
                          const std::string& key) {
    const auto a = was.find(key);
    const auto b = is.find(key);
    return (a == was.end() ? "" : a->second) != (b == is.end() ? "" : b->second);
  };
  std::set<std::string> keys;
  const Fingerprint build = build_fingerprint();
  for (const auto& [key, value] : build) keys.insert(key);
  for (const auto& [key, value] : record.run.build) keys.insert(key);
  for (const std::string& key : keys) {
    if (differs(record.run.build, build, key)) return fmt::format("the build has another {}", key);
  }
  if (differs(record.run.machine, machine_fingerprint(), "cpu")) {
    return "the machine has another processor";
  }
  return "";
}

}  // namespace kgaudit::run
