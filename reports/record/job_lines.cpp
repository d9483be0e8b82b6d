#include "reports/record/job_lines.hpp"

#include <fmt/format.h>

#include "suite/base/error.hpp"

namespace kgaudit::reports {

void write_job(LineWriter& w, const JobLine& job) {
  w.json().key("plan").raw(canonical_json(job.plan, "plan"));
  w.text("plan_hash", job.plan_hash).text("dataset", job.dataset);
  w.texts("data_files", job.data_files).text("graph_hash", job.graph_hash);
  w.wholes("seeds", job.seeds).text("started", job.started);
}

JobLine read_job(ObjectReader& r) {
  JobLine job;
  job.plan = r.json("plan");
  job.plan_hash = r.text("plan_hash");
  job.dataset = r.text("dataset");
  job.data_files = r.texts("data_files");
  job.graph_hash = r.text("graph_hash");
  job.seeds = r.wholes("seeds");
  job.started = r.text("started");
  return job;
}

std::string difference(const JobLine& on_file, const JobLine& wanted) {
  if (on_file.plan_hash != wanted.plan_hash ||
      on_file.plan != canonical_json(wanted.plan, "plan")) {
    return "plan";
  }
  if (on_file.dataset != wanted.dataset || on_file.data_files != wanted.data_files ||
      on_file.graph_hash != wanted.graph_hash) {
    return "data";
  }
  return on_file.seeds != wanted.seeds ? "list of seeds" : "";
}

void refuse_other_job(const std::filesystem::path& file, const std::string& differs) {
  if (differs.empty()) return;
  throw InputError(ExitCode::kNotComparable,
                   {file.string(), fmt::format("the record there has another {}", differs),
                    "the plan, the data and the options that it began with",
                    "another --out; a record is never continued by a different job"});
}

}  // namespace kgaudit::reports
