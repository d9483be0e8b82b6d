#include "suite/audit/rerun.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <map>
#include <string_view>
#include <system_error>
#include <utility>

#include <unistd.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "reports/record/release.hpp"
#include "reports/record/rows.hpp"
#include "suite/base/error.hpp"
#include "suite/compare/compared_measures.hpp"
#include "suite/run/divergence.hpp"
#include "suite/run/runner.hpp"
#include "suite/run/training.hpp"

namespace kgaudit::run {
namespace {

using reports::MeasurementLine;
using reports::RunRecord;

/// A folder that is gone when the object is.
class ScratchFolder {
 public:
  ScratchFolder() {
    std::error_code failure;
    const std::filesystem::path place = std::filesystem::temp_directory_path(failure);
    std::string pattern = place / "kgaudit-verify-XXXXXX";
    if (failure || ::mkdtemp(pattern.data()) == nullptr) {
      throw InputError::usage(failure ? "TMPDIR" : pattern,
                              failure ? fmt::format("names no folder ({})", failure.message())
                                      : fmt::format("cannot be made ({})", std::strerror(errno)),
                              "a writable folder for temporary files",
                              "set TMPDIR to one, or verify with --no-rerun");
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

std::map<std::string, std::string> raw_hashes(const RunRecord& record) {
  std::map<std::string, std::string> hashes;
  for (const reports::RawLine& line : record.raw) hashes[line.file] = line.sha256;
  return hashes;
}

/// The system with the fewest seconds of training. One that diverged was short, but has no table to
/// compare, so it comes last.
std::string cheapest(const RunRecord& record, const std::vector<std::string>& systems,
                     std::uint64_t seed) {
  std::map<std::string, std::pair<bool, double>> costs;
  for (const std::string& system : systems) {
    costs[system] = {divergence_on_record(record, system, seed).has_value(),
                     training_seconds(record, {system, seed})};
  }
  return *std::ranges::min_element(systems, {}, [&](const auto& id) { return costs.at(id); });
}

/// The plan of the pair alone.
Plan plan_of(const Rerun& chosen, Plan plan, std::size_t threads) {
  plan.systems = {chosen.system};
  plan.seeds = {*chosen.seed};
  for (PlanSection& section : plan.sections) {
    const auto set = [&](const char* key, const std::string& value) {
      section.values.set(key, std::string_view(value), "verify");
    };
    // Tests between systems need the others; they are made again on their own.
    if (section.path == "statistics") set("reference", "");
    if (section.path == "run") set("threads", std::to_string(threads));
    if (section.path == "run") set("checkpoint_every", "0");
  }
  return plan;
}

/// The hash of the trained table; "none" where there is none, as of a training that diverged.
std::string table_hash(const RunRecord& record, const Rerun& of) {
  std::string digest = "none";
  for (const reports::TableHashLine& line : record.table_hashes) {
    if (line.system == of.system && line.seed == *of.seed) digest = line.digest;
  }
  return digest;
}

Check compare_tables(std::string what, const RunRecord& record, const RunRecord& again,
                     const Rerun& of) {
  Check check =
      compare_hashes(std::move(what), table_hash(record, of), table_hash(again, of), "again");
  const auto diverged = divergence_on_record(again, of.system, *of.seed);
  if (diverged && check.agreement == Agreement::kSame) {
    check.detail = *diverged + ", on record too: there is no table";
  }
  return check;
}

Facts facts_of_pair(const RunRecord& record, const Rerun& of) {
  return facts_of(record.measurements, [&](const MeasurementLine& line) {
    return line.system == of.system && line.seed == *of.seed &&
           !reports::of_training(line.metric) && !is_significance(line.metric);
  });
}

/// Losses and their parts, epoch by epoch and bit by bit.
Check compare_losses(std::string what, const RunRecord& record, const RunRecord& again,
                     const Rerun& of) {
  using Losses =
      std::map<std::uint64_t, std::pair<std::optional<double>, std::map<std::string, double>>>;
  const auto losses_of = [&](const RunRecord& run) {
    const std::string trained = reports::trained_by(run, of.system);
    Losses losses;
    for (const reports::EpochLine& line : run.epochs) {
      if (line.system != trained || line.seed != *of.seed) continue;
      losses[line.epoch] = {line.loss, line.terms};
      // One system alone is not validated.
      losses[line.epoch].second.erase(std::string(kValidationTerm));
    }
    return losses;
  };
  const Losses recorded = losses_of(record);
  const Losses now = losses_of(again);
  // A training that was stopped early has epochs behind the one that it was measured at.
  for (const auto& [epoch, loss] : now) {
    const auto found = recorded.find(epoch);
    if (found != recorded.end() && found->second == loss) continue;
    return {std::move(what), Agreement::kDiffer, fmt::format("epoch {}", epoch)};
  }
  return {std::move(what), Agreement::kSame, fmt::format("{} epochs", now.size())};
}

Check compare_raw(std::string what, const RunRecord& record, const RunRecord& again) {
  const auto recorded = raw_hashes(record);
  Check check{std::move(what), Agreement::kSame, ""};
  for (const auto& [file, sha256] : raw_hashes(again)) {
    const auto found = recorded.find(file);
    if (found != recorded.end() && found->second == sha256) continue;
    check.agreement = Agreement::kDiffer;
    check.detail = file;
  }
  return check;
}

}  // namespace

Rerun chosen_rerun(const RunRecord& record, const Rerun& asked) {
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
  return {cheapest(record, systems, seed), seed};
}

double training_seconds(const RunRecord& record, const Rerun& chosen) {
  const std::string trained = reports::trained_by(record, chosen.system);
  double seconds = 0.0;
  for (const reports::EpochLine& line : record.epochs) {
    if (line.system == trained && line.seed == *chosen.seed) seconds += line.seconds;
  }
  return seconds;
}

std::string name_of(const Rerun& chosen) {
  return fmt::format("re-run of {}, seed {}", chosen.system, *chosen.seed);
}

std::vector<Check> check_rerun(const RunRecord& record, const Plan& plan, const Rerun& chosen,
                               const std::string& mirror, std::size_t threads,
                               CheckedFacts& checked, Progress& progress) {
  const ScratchFolder scratch;
  RunOptions options;
  options.directory = scratch.path() / "run";
  options.mirror = mirror;
  // The system that decided is not there.
  options.measured_epochs = measured_epochs(record, chosen.system);
  // A record from before these rows has none.
  options.releases = reports::has_releases(record, chosen.system);
  Runner runner(plan_of(chosen, plan, threads), std::move(options), progress);
  runner.run();
  const RunRecord again = reports::read_record(runner.directory().record());

  const std::string what = name_of(chosen);
  return {compare_tables(what + ": trained table", record, again, chosen),
          compare_facts(what + ": facts", facts_of_pair(record, chosen),
                        facts_of_pair(again, chosen), checked),
          compare_losses(what + ": losses", record, again, chosen),
          compare_raw(what + ": raw columns", record, again)};
}

}  // namespace kgaudit::run
