#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "datasets/people_dataset.hpp"
#include "metrics/metric.hpp"
#include "models/debiasing/erasing/post_hoc.hpp"
#include "models/embedding/foreign/export_manifest.hpp"
#include "suite/audit/embedding_audit.hpp"
#include "suite/base/error.hpp"
#include "suite/base/text.hpp"
#include "suite/cli/command.hpp"
#include "suite/cli/graph_preparation.hpp"
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
        plan(line, {"--whitelist", "--systems", "--seeds", "--seed", "--epochs", "--dimension"},
             "all but proxies") {}

  ReadingOptions reading;
  PlanOptions plan;
  std::string mirror;
  std::string people;
  std::string name_column;
  std::string bins;
  std::vector<std::string> intersections;
  bool proxies = false;
  std::optional<std::uint64_t> min_group;
  std::vector<std::string> whatif;
  bool rows_only = false;
  bool strict = false;
  std::string least_match;
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

double share_from(const std::string& text) {
  const auto share = parse_double(text);
  if (share && *share >= 0.0 && *share <= 1.0) return *share;
  throw InputError::usage("--least-match", fmt::format("'{}'", printable(text)),
                          "a share in [0, 1]");
}

/// "gender,nationality" -> "gender x nationality", several with commas between them.
std::string intersections_of(const std::vector<std::string>& lists) {
  std::string all;
  for (std::string list : lists) {
    for (std::size_t at = 0; (at = list.find(',', at)) != std::string::npos; at += 3) {
      list.replace(at, 1, " x ");
    }
    all += (all.empty() ? "" : ",") + list;
  }
  return all;
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

run::AuditRequest request_from(const AuditOptions& options) {
  run::AuditRequest request;
  request.embedding = options.reading.path();
  request.reading = options.reading.options();
  request.align.strict = options.strict;
  if (!options.least_match.empty()) request.align.least_match = share_from(options.least_match);
  request.accept_names = options.accept_names;
  if (options.check_triples) request.checked_triples = *options.check_triples;
  request.with_dataset = options.plan.names_graph();
  request.rows_only = options.rows_only;
  request.people = options.people;
  if (options.min_group) request.min_group = group_size_from(*options.min_group);
  request.previews = options.whatif;
  request.people_parameters = Parameters(datasets::people_parameters());
  const std::string intersections = intersections_of(options.intersections);
  const auto set = [&](const char* name, const std::string& value, const char* option) {
    if (!value.empty()) request.people_parameters.set(name, std::string_view(value), option);
  };
  set("name_column", options.name_column, "--name-column");
  set("bins", options.bins, "--bins");
  set("intersections", intersections, "--intersect");
  if (options.strict) request.people_parameters.set("strict", ParameterValue(true), "--strict");
  return request;
}

void require_persons(const AuditOptions& options, bool of_run) {
  if (of_run || !options.people.empty() || options.plan.names_graph()) return;
  throw InputError::usage("audit", "nothing that says who the persons are",
                          "--dataset, --triples, --card or --people", "kgaudit list datasets");
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
  const bool of_run = origin && options.people.empty();
  require_persons(options, of_run);
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
  run::AuditRequest request = request_from(options);
  request.with_dataset = request.with_dataset || of_run;
  const run::EmbeddingAudit done = run::audit_embedding(plan, request, job, session.progress);
  return show_result(session, done.directory, opening_of(done, session.console.width()));
}

CommandAction attach_audit(CommandLine line) {
  auto options = std::make_shared<AuditOptions>(line);
  add_mirror_option(line, options->mirror);
  line.add_text(
      {.name = "--people",
       .help = "CSV file about people: a column 'name', every other column an attribute. "
               "Alone it serves rows without triples; with a dataset its columns add "
               "attributes, or take the place of those with the same name (default: none)",
       .type = "FILE"},
      options->people);
  line.add_text({.name = "--name-column",
                 .help = "Column of that file with the persons' names (default: name)",
                 .type = "COLUMN"},
                options->name_column);
  line.add_text({.name = "--bins",
                 .help = "Where columns of numbers are cut: COLUMN=EDGE,EDGE;... (default: as "
                         "they are)",
                 .type = "BINS"},
                options->bins);
  line.add_words({.name = "--intersect",
                  .help = "Attributes to combine into a further one, with commas between them, "
                          "e.g. gender,nationality; may be repeated (default: none)",
                  .type = "LIST"},
                 options->intersections, Words::kOneEach);
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
                         "whose score none here gives (default: relations are asked)"},
                options->rows_only);
  line.add_flag({.name = "--strict",
                 .help = "Refuse files in which an entity, relation or person has no row (default: "
                         "they are left out and counted)"},
                options->strict);
  line.add_text({.name = "--least-match",
                 .help = "Share of the graph's entities and relations that must have a row (number "
                         "in [0, 1]; default: 0.5)",
                 .type = "SHARE"},
                options->least_match);
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
