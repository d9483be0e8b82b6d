#include "suite/audit/verification.hpp"

#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "suite/audit/record_checks.hpp"
#include "suite/base/error.hpp"
#include "suite/base/thread_pool.hpp"
#include "suite/plan/audit_plan.hpp"
#include "suite/plan/plan_identity.hpp"
#include "suite/plan/plan_resolution.hpp"

namespace kgaudit::run {

using reports::RunRecord;

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
  add(check_kept_embeddings(folder));
  CheckedFacts checked;
  checks.push_back(check_ranking(record, folder, checked));
  checks.push_back(check_probes(record, folder, checked));
  const auto finish = [&] {
    checks.push_back(facts_left(record, checked));
    return std::move(checks);
  };
  std::optional<Plan> plan;
  try {
    plan = plan_on_record(record);
  } catch (const InputError& error) {
    checks.push_back({"plan", Agreement::kNotComparable, error.complaint().got});
    // What is not looked at is said, too.
    for (const char* what : {"tests between systems", kRankMetrics}) {
      checks.push_back({what, Agreement::kSkipped, "the plan on record cannot be used"});
    }
    return finish();
  }
  checks.push_back({"plan", Agreement::kSame, "SHA-256 " + record.run.plan_hash.substr(0, 12)});
  // The rows of an audit are the embedding and previews of it.
  if (!is_audit(*plan)) {
    checks.push_back(check_rows_of_plan(record, *plan));
    checks.push_back(check_epochs(record));
  }
  CheckedData data = check_data(record, *plan, options.mirror, progress);
  add(std::move(data.checks));

  if (data.data && !is_audit(*plan)) {
    checks.push_back(check_data_findings(record, *plan, *data.data));
  }

  // What is computed again is held against the record everywhere. Where it differs and the build is
  // another, nothing can be said of the record.
  const Surroundings surroundings = surroundings_of(record);
  const auto add_computed = [&](Check check) {
    if (check.agreement == Agreement::kDiffer && surroundings.may_change_bits) {
      check.agreement = Agreement::kNotComparable;
    }
    const bool compared =
        check.agreement == Agreement::kSame || check.agreement == Agreement::kNotComparable;
    if (compared && !surroundings.difference.empty())
      check.detail += "; " + surroundings.difference;
    checks.push_back(std::move(check));
  };
  ThreadPool pool(options.threads == 0 ? available_processors() : options.threads);
  pool.heed(progress);
  add_computed(check_tests(record, folder, *plan, pool, checked));
  if (is_audit(*plan)) {
    checks.push_back({kRankMetrics, Agreement::kSkipped,
                      "an audit ranks the triples whose names have a row, which its files say"});
  } else if (!data.data) {
    checks.push_back({kRankMetrics, Agreement::kSkipped, "the data could not be read"});
  } else {
    add_computed(check_rank_metrics(record, folder, *plan, *data.data, pool, checked, progress));
  }
  if (rerun && is_audit(*plan)) {
    checks.push_back({name_of(*rerun), Agreement::kSkipped,
                      "nothing was trained here; kgaudit audit of the same files gives the same "
                      "figures"});
  } else if (const double seconds = rerun ? training_seconds(record, *rerun) : 0.0;
             rerun && options.longest_training && seconds > *options.longest_training) {
    checks.push_back(
        {name_of(*rerun), Agreement::kSkipped,
         fmt::format("it trained for {:.0f} s on record; --rerun {}:{} trains it again", seconds,
                     rerun->system, *rerun->seed)});
  } else if (rerun) {
    for (Check& check :
         check_rerun(record, *plan, *rerun, options.mirror, options.threads, checked, progress)) {
      add_computed(std::move(check));
    }
  } else {
    checks.push_back({"re-run", Agreement::kSkipped, "not asked for"});
  }
  return finish();
}

}  // namespace kgaudit::run
