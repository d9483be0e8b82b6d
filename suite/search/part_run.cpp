#include "suite/search/part_run.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "suite/base/error.hpp"
#include "suite/base/text.hpp"
#include "suite/plan/plan_parameters.hpp"
#include "suite/run/run_directory.hpp"
#include "suite/run/run_line.hpp"
#include "suite/run/runner.hpp"

namespace kgaudit::run {
namespace {

/// Shows a part's stages as notes of the whole job's one stage.
class PartProgress : public Progress {
 public:
  PartProgress(Progress& whole, std::set<std::string, std::less<>>& warned, std::uint64_t done,
               const std::string& label)
      : whole_(whole), warned_(warned), done_(done), label_(label) {
    watch(&stop_);
    pass_stop_on();
  }

  void begin(std::string_view stage, std::uint64_t total) override {
    stage_ = stage;
    total_ = total;
    show(stage_);
  }
  void advance(std::uint64_t done, std::string_view note) override {
    const std::string of = total_ == 0 ? "" : fmt::format(" of {}", with_thousands(total_));
    show(fmt::format("{} {}{}{}{}", stage_, with_thousands(done), of, note.empty() ? "" : ", ",
                     note));
  }
  void end() override { pass_stop_on(); }
  void warn(std::string_view message) override {
    // Every part would say the same, with another figure in it.
    const std::string_view said = message.substr(0, message.find_first_of("0123456789"));
    if (warned_.emplace(said).second) whole_.warn(message);
  }

 private:
  void show(const std::string& state) {
    whole_.advance(done_, fmt::format("{}: {}", label_, state));
    pass_stop_on();
  }
  void pass_stop_on() {
    if (whole_.stop_requested()) stop_ = true;
  }

  Progress& whole_;
  std::set<std::string, std::less<>>& warned_;
  std::uint64_t done_;
  std::string label_;
  std::string stage_;
  std::uint64_t total_ = 0;
  std::atomic<bool> stop_ = false;
};

bool lists(const std::vector<std::string>& ids, std::string_view path, std::string_view family) {
  return path.starts_with(family) &&
         std::find(ids.begin(), ids.end(), path.substr(family.size())) != ids.end();
}

}  // namespace

reports::RunRecord PartRuns::run(const Plan& plan, const std::filesystem::path& folder,
                                 std::uint64_t done, const std::string& label) {
  PartProgress progress(whole_, warned_, done, label);
  if (progress.stop_requested()) throw Interrupted();
  // A choice is made by the systems' own rows.
  RunOptions options{job_, std::nullopt, epochs_, false};
  options.directory = folder;
  options.resume = std::filesystem::exists(RunDirectory::record_in(folder));
  Runner runner(plan, std::move(options), progress);
  runner.run();
  return reports::read_record(runner.directory().record());
}

Plan part_of(const Plan& plan, const std::vector<std::string>& systems,
             const std::vector<std::string>& metrics) {
  Plan part = plan;
  part.systems = systems;
  part.metrics = metrics;
  part.sections.clear();
  // The order of a parsed plan, for the order of its tables is part of a plan's identity.
  for (PlanSection& section : all_plan_sections()) {
    const auto own = std::find_if(plan.sections.begin(), plan.sections.end(),
                                  [&](const PlanSection& s) { return s.path == section.path; });
    if (own != plan.sections.end()) section.values = own->values;
    const std::string_view path = section.path;
    const bool chosen = path.starts_with("system.")   ? lists(systems, path, "system.")
                        : path.starts_with("metric.") ? lists(metrics, path, "metric.")
                                                      : own != plan.sections.end();
    if (chosen) part.sections.push_back(std::move(section));
  }
  return part;
}

void set_value(Plan& plan, std::string_view section, std::string_view name,
               const ParameterValue& value) {
  const auto found = std::find_if(plan.sections.begin(), plan.sections.end(),
                                  [&](const PlanSection& s) { return s.path == section; });
  KGA_REQUIRE(found != plan.sections.end(), "the plan has no section {}", section);
  found->values.set(name, value, section);
}

void make_job_directory(const JobOptions& options) {
  std::error_code error;
  std::filesystem::create_directories(options.directory, error);
  if (error) {
    throw InputError::usage(options.directory.string(), error.message(),
                            "a folder that can be made", "--out DIR");
  }
}

reports::RecordFile::Start record_start(const JobOptions& options) {
  return options.resume ? reports::RecordFile::Start::kResume : reports::RecordFile::Start::kFresh;
}

reports::JobLine job_line(const Plan& plan, const datasets::Dataset& data,
                          const JobOptions& options) {
  reports::RunLine run = run_line(plan, data, {}, options.started);
  return {.plan = std::move(run.plan),
          .plan_hash = std::move(run.plan_hash),
          .dataset = std::move(run.dataset),
          .data_files = std::move(run.data_files),
          .graph_hash = std::move(run.graph_hash),
          .seeds = plan.seeds,
          .started = std::move(run.started)};
}

}  // namespace kgaudit::run
