#include <memory>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "datasets/people_dataset.hpp"
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
        plan(line, {"--whitelist", "--systems", "--seeds", "--seed", "--epochs", "--dimension"}) {}

  ReadingOptions reading;
  PlanOptions plan;
  std::string mirror;
  std::string people;
  std::string name_column;
  std::string bins;
  std::string intersections;
  bool strict = false;
  std::string least_match;
  bool accept_names = false;
  std::optional<std::uint64_t> check_triples;
};

double share_from(const std::string& text) {
  const auto share = parse_double(text);
  if (share && *share >= 0.0 && *share <= 1.0) return *share;
  throw InputError::usage("--least-match", fmt::format("'{}'", printable(text)),
                          "a share in [0, 1]");
}

run::AuditRequest request_from(const AuditOptions& options) {
  run::AuditRequest request;
  request.embedding = options.reading.path();
  request.reading = options.reading.options();
  request.align.strict = options.strict;
  if (!options.least_match.empty()) request.align.least_match = share_from(options.least_match);
  request.accept_names = options.accept_names;
  if (options.check_triples) request.checked_triples = *options.check_triples;
  request.people = options.people;
  request.people_parameters = Parameters(datasets::people_parameters());
  const auto set = [&](const char* name, const std::string& value, const char* option) {
    if (!value.empty()) request.people_parameters.set(name, std::string_view(value), option);
  };
  set("name_column", options.name_column, "--name-column");
  set("bins", options.bins, "--bins");
  set("intersections", options.intersections, "--intersections");
  if (options.strict) request.people_parameters.set("strict", ParameterValue(true), "--strict");
  return request;
}

void require_persons(const AuditOptions& options, bool of_run) {
  const bool people = !options.people.empty();
  if (people != options.plan.names_graph() || (of_run && !people)) return;
  throw InputError::usage(
      people ? "--people" : "audit",
      people ? "a file about people and a data set" : "nothing that says who the persons are",
      "one of --dataset, --triples, --card and --people", people ? "" : "kgaudit list datasets");
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
  require_persons(options, origin.has_value());
  const run::Plan plan = origin && options.people.empty()
                             ? options.plan.resolve_over(run::plan_from_json(
                                   origin->plan, options.reading.path() + ": the plan of the run"))
                             : options.plan.resolve();
  if (const std::string advice = advice_for_card(plan); !advice.empty()) {
    session.console.note(advice);
  }
  run::JobOptions job;
  job.mirror = options.mirror;
  job.started = time_now();
  const run::EmbeddingAudit done =
      run::audit_embedding(plan, request_from(options), job, session.progress);
  return show_result(session, done.directory, opening_of(done, session.console.width()));
}

CommandAction attach_audit(CommandLine line) {
  auto options = std::make_shared<AuditOptions>(line);
  add_mirror_option(line, options->mirror);
  line.add_text({.name = "--people",
                 .help = "CSV file about people in place of a dataset, for rows without triples: a "
                         "column 'name', every other column an attribute (default: none)",
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
  line.add_text({.name = "--intersections",
                 .help = "Columns to combine into further attributes, written 'gender x "
                         "nationality', with commas between several (default: none)",
                 .type = "LIST"},
                options->intersections);
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
};

}  // namespace kgaudit::cli::commands_roster
