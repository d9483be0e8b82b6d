#include "suite/audit/verification.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include <unistd.h>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "metrics/stats/estimates.hpp"
#include "reports/record/fact_names.hpp"
#include "reports/record/rows.hpp"
#include "suite/base/error.hpp"
#include "suite/base/hash.hpp"
#include "suite/base/text.hpp"
#include "suite/base/thread_pool.hpp"
#include "suite/compare/compared_measures.hpp"
#include "suite/compare/raw_units.hpp"
#include "suite/compare/significance.hpp"
#include "suite/plan/dataset_source.hpp"
#include "suite/plan/plan_identity.hpp"
#include "suite/plan/plan_resolution.hpp"
#include "suite/run/divergence.hpp"
#include "suite/run/provenance.hpp"
#include "suite/run/runner.hpp"

namespace kgaudit::run {
namespace {

using reports::MeasurementLine;
using reports::RunRecord;
using FactKey = std::tuple<std::string, std::string, std::uint64_t, std::string, reports::Facets>;

/// A folder that is gone when the object is.
class ScratchFolder {
 public:
  ScratchFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "kgaudit-verify-XXXXXX");
    if (::mkdtemp(pattern.data()) == nullptr) {
      throw InputError::usage(pattern, "cannot be made", "a writable folder for temporary files",
                              "set TMPDIR");
    }
    path_ = pattern;
  }
  ~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

FactKey key_of(const MeasurementLine& line) {
  return {line.system, line.view, line.seed, line.metric, line.facets};
}

std::string name_of_fact(const FactKey& key) {
  const auto& [system, view, seed, metric, facets] = key;
  return fmt::format("{}{}, seed {}, {} {}", system, view.empty() ? "" : " [" + view + "]", seed,
                     metric, facets);
}

std::string text_of(const Measurement& fact) {
  return fact.defined() ? number_text(fact.value()) : "undefined: " + fact.reason();
}

/// Facts by what they speak of; the later line stands.
template <typename Wanted>
std::map<FactKey, Measurement> facts_of(const std::vector<MeasurementLine>& lines,
                                        const Wanted& wanted) {
  std::map<FactKey, Measurement> facts;
  for (const MeasurementLine& line : lines) {
    if (wanted(line)) facts.insert_or_assign(key_of(line), line.measurement);
  }
  return facts;
}

/// Value, interval, n, unit and direction of every fact, bit by bit.
Check compare_facts(std::string what, const std::map<FactKey, Measurement>& recorded,
                    const std::map<FactKey, Measurement>& again) {
  std::size_t different = 0;
  std::string first;
  const auto differs = [&](const FactKey& key, const std::string& was, const std::string& is) {
    if (++different == 1) {
      first = fmt::format("{}: {} on record, {} again", name_of_fact(key), was, is);
    }
  };
  for (const auto& [key, fact] : recorded) {
    const auto found = again.find(key);
    if (found == again.end()) {
      differs(key, text_of(fact), "not measured");
    } else if (!(found->second == fact)) {
      differs(key, text_of(fact), text_of(found->second));
    }
  }
  for (const auto& [key, fact] : again) {
    if (!recorded.contains(key)) differs(key, "nothing", text_of(fact));
  }
  if (different == 0) {
    return {std::move(what), Agreement::kSame, fmt::format("{} facts", recorded.size())};
  }
  return {std::move(what), Agreement::kDiffer,
          fmt::format("{} of {} facts differ; first: {}", different, recorded.size(), first)};
}

/// What of build and machine decides the bits and is not as on record; empty = comparable.
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

std::vector<Check> check_data(const RunRecord& record, const Plan& plan, const std::string& mirror,
                              Progress& progress) {
  datasets::Dataset data;
  try {
    data = load_dataset(plan, mirror, progress);
  } catch (const InputError& error) {
    return {{"data " + record.run.dataset, Agreement::kUnreadable, error.what()}};
  }
  std::vector<Check> checks;
  std::map<std::string, std::string> files;
  for (const SourceFile& file : data.files) files[file.name] = file.sha256;
  const auto compare = [&](std::string what, const std::string& was, const std::string& is) {
    checks.push_back({std::move(what), was == is ? Agreement::kSame : Agreement::kDiffer,
                      was == is ? "SHA-256 " + was.substr(0, 12)
                                : fmt::format("SHA-256 {} on record, {} now", was.substr(0, 12),
                                              is.substr(0, 12))});
  };
  for (const auto& [name, sha256] : record.run.data_files) {
    const auto found = files.find(name);
    compare("data file " + name, sha256, found == files.end() ? "none" : found->second);
  }
  compare("graph", record.run.graph_hash, data.graph.digest().hex());
  return checks;
}

std::map<std::string, std::string> raw_hashes(const RunRecord& record) {
  std::map<std::string, std::string> hashes;
  for (const reports::RawLine& line : record.raw) hashes[line.file] = line.sha256;
  return hashes;
}

std::vector<Check> check_raw_files(const RunRecord& record, const std::filesystem::path& folder) {
  std::vector<Check> checks;
  std::map<std::string, const reports::RawLine*> lines;
  for (const reports::RawLine& line : record.raw) lines[line.file] = &line;
  std::size_t intact = 0;
  for (const auto& [name, line] : lines) {
    try {
      const std::string now = sha256_of_file(raw_path(folder, *line)).hex();
      if (now == line->sha256) {
        ++intact;
      } else {
        checks.push_back({"raw file " + name, Agreement::kDiffer,
                          fmt::format("SHA-256 {} on record, {} now", line->sha256.substr(0, 12),
                                      now.substr(0, 12))});
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

/// Ranking facts of the whole test set, from the raw ranks. A fact is a mean over both sides of
/// every triple in order, so the raw columns give its very bits.
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
      const auto values = units.predictions({system, view}, seed, {kind, cut, "", ""});
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
  const auto again = significance_facts(record, folder, statistics_of(plan.statistics()), pool);
  return compare_facts(what, facts_of(record.measurements, wanted), facts_of(again, wanted));
}

Rerun chosen_rerun(const RunRecord& record, const Rerun& asked) {
  std::map<std::string, double> seconds;
  std::vector<std::string> systems;
  std::vector<std::uint64_t> seeds;
  for (const reports::DoneLine& done : record.done) {
    if (std::find(seeds.begin(), seeds.end(), done.seed) == seeds.end()) seeds.push_back(done.seed);
  }
  if (seeds.empty()) {
    throw InputError::unreadable("the record", "no finished pair of system and seed",
                                 "a record with finished measurements",
                                 "go on with the run by --resume, or verify with --no-rerun");
  }
  const std::uint64_t seed = asked.seed.value_or(seeds.front());
  for (const reports::DoneLine& done : record.done) {
    if (done.seed == seed) systems.push_back(done.system);
  }
  if (systems.empty()) {
    throw InputError::usage("--rerun", fmt::format("seed {}", seed),
                            fmt::format("one of: {}", fmt::join(seeds, ", ")));
  }
  if (!asked.system.empty()) {
    if (std::find(systems.begin(), systems.end(), asked.system) == systems.end()) {
      throw InputError::none_of("--rerun", fmt::format("system '{}'", printable(asked.system)),
                                asked.system, systems);
    }
    return {asked.system, seed};
  }
  for (const reports::EpochLine& line : record.epochs) {
    if (line.seed == seed) seconds[line.system] += line.seconds;
  }
  // A training that diverged is short, and has no table to compare.
  const auto cost = [&](const std::string& system) {
    return std::pair(divergence_on_record(record, system, seed).has_value(), seconds[system]);
  };
  const auto cheapest =
      std::min_element(systems.begin(), systems.end(),
                       [&](const auto& a, const auto& b) { return cost(a) < cost(b); });
  return {*cheapest, seed};
}

std::vector<Check> check_rerun(const RunRecord& record, const Plan& whole, const Rerun& chosen,
                               const VerifyOptions& options, Progress& progress) {
  const ScratchFolder scratch;
  Plan plan = whole;
  plan.systems = {chosen.system};
  plan.seeds = {*chosen.seed};
  for (PlanSection& section : plan.sections) {
    const auto set = [&](const char* key, const std::string& value) {
      section.values.set(key, std::string_view(value), "verify");
    };
    // Tests between systems need the others; they are made again on their own.
    if (section.path == "statistics") set("reference", "");
    if (section.path == "run") set("threads", std::to_string(options.threads));
    if (section.path == "run") set("checkpoint_every", "0");
  }
  RunOptions run_options;
  run_options.directory = scratch.path() / "run";
  run_options.mirror = options.mirror;
  Runner runner(std::move(plan), std::move(run_options), progress);
  runner.run();
  const RunRecord again = reports::read_record(runner.directory().record());

  const std::string what = fmt::format("re-run of {}, seed {}", chosen.system, *chosen.seed);
  const auto ours = [&](const auto& line) {
    return line.system == chosen.system && line.seed == *chosen.seed;
  };
  std::vector<Check> checks;
  const auto table = [&](const RunRecord& of) {
    std::string digest = "none";
    for (const auto& line : of.table_hashes) {
      if (ours(line)) digest = line.digest;
    }
    return digest;
  };
  const std::string was = table(record);
  const std::string is = table(again);
  checks.push_back({what + ": trained table", was == is ? Agreement::kSame : Agreement::kDiffer,
                    was == is ? (was == "none" ? was : "SHA-256 " + was.substr(0, 12))
                              : fmt::format("SHA-256 {} on record, {} again", was.substr(0, 12),
                                            is.substr(0, 12))});
  const auto wanted = [&](const MeasurementLine& line) {
    return ours(line) && !reports::of_training(line.metric) && !is_significance(line.metric);
  };
  checks.push_back(compare_facts(what + ": facts", facts_of(record.measurements, wanted),
                                 facts_of(again.measurements, wanted)));
  const auto recorded_raw = raw_hashes(record);
  Check raw{what + ": raw columns", Agreement::kSame, ""};
  for (const auto& [file, sha256] : raw_hashes(again)) {
    const auto found = recorded_raw.find(file);
    if (found != recorded_raw.end() && found->second == sha256) continue;
    raw.agreement = Agreement::kDiffer;
    raw.detail = file;
  }
  checks.push_back(std::move(raw));
  return checks;
}

}  // namespace

Plan plan_on_record(const RunRecord& record) {
  const auto mismatch = [&](const std::string& got) {
    const auto version = record.run.build.find("version");
    return InputError(
        ExitCode::kNotComparable,
        {"the plan on record", got, "a plan that this version reads as it was meant",
         "verify with the version that made the record: " +
             (version == record.run.build.end() ? std::string("unknown") : version->second)});
  };
  std::optional<Plan> plan;
  try {
    plan = plan_from_json(record.run.plan, "the plan on record");
  } catch (const InputError& error) {
    throw mismatch(error.what());
  }
  if (plan_hash(*plan).hex() != record.run.plan_hash) throw mismatch("another hash");
  return *std::move(plan);
}

std::vector<Check> verify_record(const std::filesystem::path& record_file,
                                 const VerifyOptions& options, Progress& progress) {
  const RunRecord record = reports::read_record(record_file);
  for (const std::string& notice : record.notices) progress.warn(notice);
  const std::filesystem::path folder = record_file.parent_path();
  std::optional<Rerun> rerun;
  if (options.rerun) rerun = chosen_rerun(record, *options.rerun);

  std::vector<Check> checks = check_raw_files(record, folder);
  const auto add = [&checks](std::vector<Check> more) {
    std::move(more.begin(), more.end(), std::back_inserter(checks));
  };
  checks.push_back(check_ranking(record, folder));
  std::optional<Plan> plan;
  try {
    plan = plan_on_record(record);
  } catch (const InputError& error) {
    checks.push_back({"plan", Agreement::kNotComparable, error.complaint().got});
    return checks;
  }
  checks.push_back({"plan", Agreement::kSame, "SHA-256 " + record.run.plan_hash.substr(0, 12)});
  add(check_data(record, *plan, options.mirror, progress));

  if (const std::string other = other_surroundings(record); !other.empty()) {
    // Hashes compare anywhere; what has to be computed again does not.
    checks.push_back({"tests between systems", Agreement::kNotComparable, other});
    if (rerun) {
      checks.push_back({fmt::format("re-run of {}, seed {}", rerun->system, *rerun->seed),
                        Agreement::kNotComparable, other});
    }
    return checks;
  }
  ThreadPool pool(options.threads == 0 ? available_processors() : options.threads);
  checks.push_back(check_tests(record, folder, *plan, pool));
  if (rerun) {
    add(check_rerun(record, *plan, *rerun, options, progress));
  } else {
    checks.push_back({"re-run", Agreement::kSkipped, "not asked for"});
  }
  return checks;
}

ExitCode verdict_of(const std::vector<Check>& checks) {
  Agreement worst = Agreement::kSame;
  for (const Check& check : checks) worst = std::max(worst, check.agreement);
  switch (worst) {
    case Agreement::kDiffer:
      return ExitCode::kRegression;
    case Agreement::kUnreadable:
      return ExitCode::kUnreadable;
    case Agreement::kNotComparable:
      return ExitCode::kNotComparable;
    case Agreement::kSkipped:
    case Agreement::kSame:
      break;
  }
  return ExitCode::kPass;
}

}  // namespace kgaudit::run
