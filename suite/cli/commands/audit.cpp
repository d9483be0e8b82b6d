#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "metrics/metric.hpp"
#include "models/debiasing/erasing/post_hoc.hpp"
#include "models/embedding/foreign/export_manifest.hpp"
#include "suite/audit/embedding_audit.hpp"
#include "suite/base/error.hpp"
#include "suite/base/text.hpp"
#include "suite/cli/command.hpp"
#include "suite/cli/graph_preparation.hpp"
#include "suite/cli/person_options.hpp"
#include "suite/cli/plan_options.hpp"
#include "suite/cli/reading_options.hpp"
#include "suite/cli/run_result.hpp"
#include "suite/cli/time_now.hpp"
#include "suite/plan/plan_resolution.hpp"

namespace kgaudit::cli::commands_roster {
namespace {

struct AuditOptions {
  explicit AuditOptions(CommandLine line)
      : reading(line),
        persons(line),
        plan(line, {"--whitelist", "--systems", "--seeds", "--seed", "--epochs", "--dimension"},
             "all but proxies") {}

  ReadingOptions reading;
  PersonOptions persons;
  PlanOptions plan;
  std::string mirror;
  bool proxies = false;
  std::optional<std::uint64_t> min_group;
  std::vector<std::string> whatif;
  bool rows_only = false;
  bool accept_names = false;
  std::optional<std::uint64_t> check_triples;
};

constexpr std::string_view kProxies = "proxies";

std::size_t group_size_from(std::uint64_t typed) {
  constexpr std::uint64_t kMost = 1000000;  // of the parameters min_group
  if (typed >= 2 && typed <= kMost) return typed;
  throw InputError::usage("--min-group", fmt::format("{}", typed),
                          fmt::format("persons, in [2, {}]", kMost));
}

/// The systems that --whatif names, in the place of the plan's.
std::vector<run::Assignment> previews_of(const AuditOptions& options) {
  if (options.whatif.empty()) return {};
  for (const std::string& id : options.whatif) {
    static_cast<void>(models::find_post_hoc_system(id, "--whatif"));
  }
  return {{"systems", fmt::format("{}", fmt::join(options.whatif, ",")), "--whatif"}};
}

/// The plan of the run that the rows come from, with what the options change.
run::Plan plan_of_run(const AuditOptions& options, const models::RunOrigin& origin) {
  return options.plan.resolve_over(
      run::plan_from_json(origin.plan, options.reading.path() + ": the plan of the run"),
      previews_of(options));
}

/// The plan with the systems that are tried and the measures that are asked for.
run::Plan plan_from(const AuditOptions& options) {
  std::vector<run::Assignment> last = previews_of(options);
  std::vector<std::string> measures;
  // Of a people file alone they are its other columns; of a graph, one classifier a relation.
  const bool proxies = options.proxies || !options.plan.names_graph();
  for (const metrics::MetricEntry* entry : metrics::all_measures()) {
    if (proxies || entry->id != kProxies) measures.emplace_back(entry->id);
  }
  run::Plan plan = options.plan.resolve(last, measures);
  if (!options.proxies || std::ranges::find(plan.metrics, kProxies) != plan.metrics.end()) {
    return plan;
  }
  last.push_back(
      {"metrics", fmt::format("{},{}", fmt::join(plan.metrics, ","), kProxies), "--proxies"});
  return options.plan.resolve(last, measures);
}

run::AuditRequest request_from(const AuditOptions& options, bool with_dataset) {
  run::AuditRequest request;
  request.embedding = options.reading.path();
  request.reading = options.reading.options();
  request.persons = options.persons.sources(with_dataset, "audit");
  request.accept_names = options.accept_names;
  if (options.check_triples) request.checked_triples = *options.check_triples;
  request.rows_only = options.rows_only;
  if (options.min_group) request.min_group = group_size_from(*options.min_group);
  request.previews = options.whatif;
  return request;
}

bool measures_bias(const run::Plan& plan) {
  return std::ranges::any_of(plan.metrics, [](const std::string& metric) {
    return metric == "question" || metric == "leakage" || metric == "score_gap";
  });
}

std::string opening_of(const run::EmbeddingAudit& audit, std::size_t width) {
  std::string text;
  const auto add = [&](const std::string& sentence) { text += wrapped(sentence, 0, width) + "\n"; };
  for (const std::string& sentence : audit.matched) add(sentence);
  if (audit.check) add("Self-check: " + audit.check->in_words() + ".");
  for (const std::string& sentence : audit.not_measured) add("Not measured: " + sentence + ".");
  return text + "\n";
}

ExitCode audit(Session& session, const AuditOptions& options) {
  // Rows of a run of ours bring its plan along: the data, the measures and who was hidden.
  const std::optional<models::RunOrigin> origin = models::origin_of(options.reading.path());
  const bool of_run = origin && !options.persons.names_people();
  const run::AuditRequest request = request_from(options, options.plan.names_graph() || of_run);
  const run::Plan plan = of_run ? plan_of_run(options, *origin) : plan_from(options);
  if (options.plan.names_graph()) {
    const std::string advice = advice_for_card(plan);
    if (!advice.empty()) session.console.note(advice);
  }
  if (of_run && !measures_bias(plan)) {
    session.console.note(
        fmt::format("the plan of the run that the files name measures no bias ({}): --metrics "
                    "chooses other measures",
                    fmt::join(plan.metrics, ", ")));
  }
  run::JobOptions job;
  job.mirror = options.mirror;
  job.started = time_now();
  const run::EmbeddingAudit done = run::audit_embedding(plan, request, job, session.progress);
  return show_result(session, done.directory, opening_of(done, session.console.width()));
}

CommandAction attach_audit(CommandLine line) {
  auto options = std::make_shared<AuditOptions>(line);
  add_mirror_option(line, options->mirror);
  line.add_flag({.name = "--proxies",
                 .help = "Also measure which other facts give an attribute back once it is hidden "
                         "(default: only where a people file is all there is)"},
                options->proxies);
  line.add_count({.name = "--min-group",
                  .help = "Smallest group of persons that is measured; smaller ones are listed "
                          "(integer in [2, 1000000]; default: each measure's own, mostly 10)",
                  .type = "N"},
                 options->min_group);
  line.add_words({.name = "--whatif",
                  .help = fmt::format("Post-hoc systems to try on the rows: their figures are a "
                                      "preview, nothing is written (any of: {}; default: none)",
                                      models::post_hoc_ids()),
                  .type = "IDS"},
                 options->whatif, Words::kCommas);
  line.add_flag({.name = "--rows-only",
                 .help = "Leave relations aside and measure what rows alone tell, e.g. of a model "
                         "with a row for each entity whose score none here gives (default: "
                         "relations are asked)"},
                options->rows_only);
  line.add_flag({.name = "--accept-names",
                 .help = "Audit also where known triples rank no better than chance (default: such "
                         "names and rows are refused)"},
                options->accept_names);
  line.add_count({.name = "--check-triples",
                  .help = "Train triples that tell readings of the files apart (integer of at "
                          "least 1; default: 500)",
                  .type = "N"},
                 options->check_triples);
  return [options](Session& session) { return audit(session, *options); };
}

}  // namespace

extern const CommandEntry audit;
constinit const CommandEntry audit = {
    .id = "audit",
    .summary = "Measure the bias of embeddings that another tool trained",
    .attach = &attach_audit,
    .when_stopped = "nothing of it is kept",
};

}  // namespace kgaudit::cli::commands_roster
