#include "suite/cli/sweep.hpp"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "reports/figures/figure.hpp"
#include "reports/figures/sweep_figures.hpp"
#include "reports/tables/sweep_table.hpp"
#include "suite/base/files/atomic_file.hpp"
#include "suite/cli/report_files.hpp"
#include "suite/run/run_directory.hpp"
#include "suite/search/sweep.hpp"

namespace kgaudit::cli {

ExitCode sweep(Session& session, const run::Plan& plan, const SweepRequest& request) {
  const Console& console = session.console;
  const std::vector<run::SweepStep> steps = run::sweep_steps(plan, request.words);
  run::JobOptions job = request.job;
  job.directory = run::job_directory(plan, job, "sweep");
  const std::filesystem::path& folder = job.directory;
  console.note(fmt::format("sweep directory: {}", folder.string()));
  const reports::SweepRecord record = run::run_sweep(plan, steps, job, session.progress);

  const reports::Table table = reports::sweep_table(record);
  write_atomically(folder / "sweep.md", reports::render_markdown(table), kOutputComplaint);
  write_atomically(folder / "sweep.csv", reports::render_csv(table), kOutputComplaint);
  write_atomically(folder / "sweep.json", reports::render_json(table), kOutputComplaint);
  make_folder(folder / "figures");
  for (const reports::Figure& figure : reports::sweep_figures(record)) {
    const reports::Drawing drawing = reports::draw(figure, folder / "figures");
    if (!drawing.not_drawn.empty()) {
      console.note(fmt::format("{}: {}", figure.name, drawing.not_drawn));
    }
  }
  console.show(reports::render_terminal(table, {console.width(), console.colour()}));
  console.show(fmt::format("\nsweep:   {}\nfigures: {}\nrecord:  {}\n",
                           (folder / "sweep.md").string(), (folder / "figures").string(),
                           run::sweep_record_in(folder).string()));
  const nlohmann::ordered_json json = {
      {"directory", folder.string()},
      {"table", nlohmann::ordered_json::parse(reports::render_json(table))}};
  console.show_json(json);
  const bool measured = std::any_of(record.points.begin(), record.points.end(),
                                    [](const auto& point) { return point.mrr.has_value(); });
  if (measured) return ExitCode::kPass;
  console.error(fmt::format(
      "nothing was measured: no point of the sweep has an MRR; {} has the reason of each (failure)",
      run::sweep_record_in(folder).string()));
  return ExitCode::kNothingMeasured;
}

}  // namespace kgaudit::cli
