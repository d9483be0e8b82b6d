#include "suite/run/run_directory.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "suite/base/error.hpp"
#include "suite/base/files/atomic_file.hpp"
#include "suite/base/files/byte_source.hpp"
#include "suite/plan/dataset_source.hpp"
#include "suite/plan/plan_identity.hpp"
#include "suite/plan/plan_resolution.hpp"
#include "suite/plan/plan_text.hpp"

namespace kgaudit::run {
namespace {

namespace fs = std::filesystem;

/// Where runs go that were given no --out.
constexpr const char* kDefaultParent = "kgaudit-runs";

fs::path plan_in(const fs::path& root) { return root / "plan.toml"; }

/// "bose-s-gender-seed1": a part of a file's name.
std::string view_name(std::string_view system, std::string_view view, std::uint64_t seed) {
  std::string name = fmt::format("{}{}{}-seed{}", system, view.empty() ? "" : "-", view, seed);
  std::replace(name.begin(), name.end(), ':', '-');
  return name;
}

/// "training.dimension (64 there, 200 now)", at most three of them.
std::string differences(const Plan& there, const Plan& now) {
  std::vector<std::string> found;
  if (there.systems != now.systems) found.emplace_back("systems");
  if (there.seeds != now.seeds) found.emplace_back("seeds");
  if (there.metrics != now.metrics) found.emplace_back("metrics");
  for (const PlanSection& section : now.sections) {
    const auto match = std::find_if(there.sections.begin(), there.sections.end(),
                                    [&](const PlanSection& s) { return s.path == section.path; });
    if (match == there.sections.end() || section.path == "run") continue;
    for (const auto& [name, value] : section.values.entries()) {
      const ParameterValue& other = match->values.value(name);
      if (other == value) continue;
      found.push_back(fmt::format("{}.{} ({} there, {} now)", section.path, name, value_text(other),
                                  value_text(value)));
    }
  }
  constexpr std::size_t kMost = 3;
  const std::size_t more = found.size() - std::min(found.size(), kMost);
  found.resize(found.size() - more);
  return fmt::format("{}{}", fmt::join(found, ", "), more > 0 ? ", ..." : "");
}

/// Whether something has this name. Throws InputError (usage) where the system cannot say.
bool is_there(const fs::path& path) {
  std::error_code failure;
  const fs::file_status status = fs::symlink_status(path, failure);
  if (status.type() == fs::file_type::not_found) return false;
  if (failure) {
    throw InputError::usage(path.string(), failure.message(), "a folder that can be used",
                            "--out DIR");
  }
  return true;
}

bool is_empty_folder(const fs::directory_entry& entry) {
  std::error_code failure;
  return entry.is_directory(failure) && !entry.is_symlink(failure) &&
         fs::is_empty(entry.path(), failure) && !failure;
}

/// What a start of the same plan left that was stopped before its record was opened.
bool is_left_by_a_start(const fs::directory_entry& entry, const Plan& plan) {
  const std::string name = entry.path().filename().string();
  if (name == "raw" || name == "checkpoints") return is_empty_folder(entry);
  if (name.starts_with("plan.toml.") && name.ends_with(".part")) return true;
  std::error_code failure;
  if (name != "plan.toml" || !entry.is_regular_file(failure) || entry.is_symlink(failure))
    return false;
  const std::string text = read_whole_file(entry.path(), kLargestPlan, "the plan of a run");
  // A plan that somebody wrote by hand does not begin with the words of a printed one.
  const std::string printed = print(plan);
  if (!text.starts_with(printed.substr(0, printed.find('\n') + 1))) return false;
  try {
    return plan_hash(parse_plan(text, entry.path().string())) == plan_hash(plan);
  } catch (const InputError&) {
    return false;
  }
}

void refuse_other_plan(const fs::path& root, const Plan& plan) {
  const Plan there = parse_plan(read_whole_file(plan_in(root), kLargestPlan, "the plan of a run"),
                                plan_in(root).string());
  if (plan_hash(there) == plan_hash(plan)) return;
  throw InputError(ExitCode::kNotComparable,
                   {root.string(), "it holds a run of another plan: " + differences(there, plan),
                    "the same plan as when the run began",
                    fmt::format("--plan {} --resume, or another --out", plan_in(root).string())});
}

}  // namespace

RunDirectory::RunDirectory(fs::path root, const Plan& plan, Start start) : root_(std::move(root)) {
  const bool taken = holds_run(root_);
  if (taken && start != Start::kResume) {
    throw InputError::usage(
        root_.string(), "a run is already there", "a folder without a run",
        start == Start::kOnce ? "another --out" : "--resume to go on with it, or another --out");
  }
  if (taken) {
    refuse_other_plan(root_, plan);
  } else if (start != Start::kResume || !is_there(record())) {
    refuse_foreign_folder(root_, [&plan](const fs::directory_entry& entry) {
      return is_left_by_a_start(entry, plan);
    });
  }
  std::error_code error;
  for (const char* below : {"raw", "checkpoints"}) fs::create_directories(root_ / below, error);
  if (error) {
    throw InputError::usage(root_.string(), error.message(), "a folder that can be made",
                            "--out DIR");
  }
  if (!taken) write_atomically(plan_in(root_), print(plan), kOutputComplaint);
}

void RunDirectory::abandon() const {
  std::error_code ignored;
  if (fs::exists(record(), ignored)) return;
  fs::remove(plan_in(root_), ignored);
  // Only what is empty goes.
  for (const char* below : {"raw", "checkpoints", ""}) fs::remove(root_ / below, ignored);
  const fs::path parent = root_.parent_path();
  if (parent == kDefaultParent) fs::remove(parent, ignored);
}

void RunDirectory::discard() const {
  std::error_code ignored;
  fs::remove(record(), ignored);
  for (const fs::directory_entry& raw : fs::directory_iterator(root_ / "raw", ignored)) {
    fs::remove(raw.path(), ignored);
  }
  abandon();
}

std::string RunDirectory::raw_name(std::string_view system, std::string_view view,
                                   std::uint64_t seed) {
  return fmt::format("raw/{}.kgaraw", view_name(system, view, seed));
}

fs::path RunDirectory::embedding(std::string_view system, std::string_view view,
                                 std::uint64_t seed) const {
  return embeddings_in(root_) / view_name(system, view, seed);
}

fs::path RunDirectory::embeddings_in(const fs::path& root) { return root / "embeddings"; }

fs::path RunDirectory::checkpoint(std::string_view system, std::uint64_t seed) const {
  return root_ / "checkpoints" / fmt::format("{}-seed{}.last", system, seed);
}

fs::path RunDirectory::best_checkpoint(std::string_view system, std::uint64_t seed) const {
  return root_ / "checkpoints" / fmt::format("{}-seed{}.best", system, seed);
}

void RunDirectory::forget_checkpoints(std::string_view system, std::uint64_t seed) const {
  std::error_code ignored;  // a file that stays only costs space
  fs::remove(checkpoint(system, seed), ignored);
  fs::remove(best_checkpoint(system, seed), ignored);
}

fs::path RunDirectory::record_in(const fs::path& root) { return root / "record.jsonl"; }

bool RunDirectory::holds_run(const fs::path& root) {
  return is_there(plan_in(root)) && is_there(record_in(root));
}

void refuse_foreign_folder(const fs::path& folder,
                           const std::function<bool(const fs::directory_entry&)>& is_ours) {
  std::error_code failure;
  if (!is_there(folder) || !fs::is_directory(folder, failure)) return;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, failure)) {
    if (is_ours(entry)) continue;
    throw InputError::usage(
        folder.string(),
        fmt::format("'{}' is there already", printable(entry.path().filename().string())),
        "a new or empty folder, so that nothing of yours is overwritten", "another --out");
  }
}

fs::path job_directory(const Plan& plan, const JobOptions& options, std::string_view job,
                       const std::string& named_after) {
  if (!options.directory.empty()) return options.directory;
  if (const std::string& out = plan.execution().text("out"); !out.empty()) return out;
  const auto named = [&](const std::string& graph) {
    return fmt::format("{}/{}-{}{}{}", kDefaultParent, graph, job, job.empty() ? "" : "-",
                       plan_hash(plan).hex().substr(0, 8));
  };
  const auto taken = [&](const fs::path& folder) {
    return job.empty() ? RunDirectory::holds_run(folder) : is_there(folder);
  };
  std::string base = named(named_after.empty() ? graph_name(plan) : named_after);
  const std::string earlier = named(named_after.empty() ? graph_name_by_path(plan) : named_after);
  if (options.resume && !taken(base) && taken(earlier)) base = earlier;
  fs::path last = base;
  for (int number = 2; taken(last); ++number) {
    const fs::path next = fmt::format("{}-{}", base, number);
    if (options.resume && !taken(next)) break;
    last = next;
  }
  return last;
}

}  // namespace kgaudit::run
