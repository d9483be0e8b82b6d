#include <algorithm>
#include <filesystem>
#include <limits>
#include <memory>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "reports/record/run_record.hpp"
#include "reports/tables/table.hpp"
#include "suite/base/error.hpp"
#include "suite/base/files/atomic_file.hpp"
#include "suite/base/text.hpp"
#include "suite/cli/command.hpp"
#include "suite/cli/record_file.hpp"
#include "suite/cli/time_now.hpp"
#include "suite/gate/gate_baseline.hpp"
#include "suite/gate/gate_calibration.hpp"
#include "suite/gate/gate_report.hpp"
#include "suite/run/provenance.hpp"

namespace kgaudit::cli::commands_roster {
namespace {

namespace fs = std::filesystem;
using reports::Table;

struct GateOptions {
  std::vector<std::string> records;
  std::string against;
  std::string rules = "kgaudit.toml";
  std::string baseline;  ///< empty: what the rules name
  std::string reason;
  std::vector<std::string> write;
  std::string out;  ///< empty: the current folder
  bool strict = false;
  bool report_only = false;
  std::size_t comparisons = 400;
  std::size_t seed = 0;
  std::size_t seeds_a_side = 0;    ///< 0: half of the record's
  std::size_t baseline_seeds = 0;  ///< 0: as many as the other side's
  std::vector<std::string> planted;
  std::string new_rules;  ///< file of rules with measured margins; empty: none
  CommandAction chosen;
};

std::string program_text() {
  const run::Fingerprint build = run::build_fingerprint();
  const auto version = build.find("version");
  return "kgaudit " +
         (version == build.end() ? std::string("of unknown version") : version->second);
}

/// A signal that comes while a record is read ends the command before it writes or says anything.
run::NamedState named_state(const Session& session, const std::string& name) {
  const reports::RunRecord record = reports::read_record(record_file(name));
  run::require_whole(record, name);
  run::NamedState state{name, run::gate_state_of(record), run::audited_files(record)};
  if (session.progress.stop_requested()) throw Interrupted();
  return state;
}

run::GateState state_of(const Session& session, const std::vector<std::string>& records) {
  std::vector<run::NamedState> states;
  for (const std::string& record : records) states.push_back(named_state(session, record));
  return run::combined_state(std::move(states));
}

std::string names_of(const std::vector<std::string>& records) {
  return fmt::format("{}", fmt::join(records, " "));
}

/// The path of the baseline: as typed, else the one of the rules, from their folder.
fs::path baseline_path(const GateOptions& options, const run::GateRules& rules) {
  if (!options.baseline.empty()) return options.baseline;
  if (!rules.baseline_row.empty()) {
    throw InputError::usage(
        rules.baseline_row_place, "rules that compare rows of one record",
        "rules with a baseline file",
        fmt::format("kgaudit gate check RUN --rules {} needs no such file", options.rules));
  }
  return fs::path(options.rules).parent_path() / rules.baseline;
}

/// A link to nothing is there for `init` and not there for `check`: each would send the user to the
/// other.
void refuse_dangling_link(const fs::path& file) {
  if (fs::exists(file) || !fs::is_symlink(file)) return;
  throw InputError(ExitCode::kUnreadable,
                   {file.string(), "a link to a file that is not there", "a baseline",
                    "remove the link, or put the file back that it names"});
}

run::GateBaseline existing_baseline(const fs::path& file) {
  refuse_dangling_link(file);
  if (fs::exists(file)) return run::read_baseline(file);
  throw InputError(ExitCode::kNotComparable,
                   {file.string(), "no baseline yet", "a baseline to compare with",
                    "kgaudit gate init RUN makes one from a record that is good enough"});
}

run::GateRules existing_rules(const std::string& file) {
  if (fs::exists(file)) return run::read_gate_rules(file);
  throw InputError(ExitCode::kNotComparable, {file, "no rules yet", "a file of rules",
                                              "kgaudit gate init RUN writes rules and a baseline"});
}

run::BaselineChange change_of(const run::GateState& state, std::string reason) {
  return {time_now(), std::move(reason), state.plan_hash, program_text()};
}

std::size_t count_measured(const run::GateState& state) {
  return static_cast<std::size_t>(
      std::count_if(state.values.begin(), state.values.end(),
                    [](const auto& entry) { return !entry.second.seeds.empty(); }));
}

/// The state of the records that a baseline is made of.
run::GateState reference_state(const Session& session, const std::vector<std::string>& records) {
  run::GateState state = state_of(session, records);
  if (count_measured(state) > 0) return state;
  throw InputError(ExitCode::kNothingMeasured,
                   {names_of(records), "a record without any figure that can be gated",
                    "a finished bench or audit", ""});
}

reports::Cell mean_cell(const run::GatedValue& value) {
  if (value.seeds.empty()) return reports::UndefinedCell{value.undefined};
  return reports::NumberCell{.summary = reports::summarise(value.values())};
}

/// New rules name the baseline as seen from their own folder, so that `check` finds it.
std::string baseline_seen_from(const fs::path& rules, const fs::path& baseline) {
  const auto absolute = [](const fs::path& path) { return fs::absolute(path).lexically_normal(); };
  return absolute(baseline).lexically_proximate(absolute(rules).parent_path()).string();
}

ExitCode init(Session& session, const GateOptions& options) {
  const run::GateState state = reference_state(session, options.records);
  const bool with_rules = !fs::exists(options.rules);
  run::GateRules rules =
      with_rules ? run::sensible_rules(state) : run::read_gate_rules(options.rules);
  const fs::path baseline = baseline_path(options, rules);
  if (fs::absolute(baseline).lexically_normal() == fs::absolute(options.rules).lexically_normal()) {
    throw InputError::usage("--baseline", "the file of the rules", "two files",
                            "--baseline kgaudit-baseline.json");
  }
  const fs::path beside = fs::path(options.rules).parent_path();
  if (with_rules) rules.baseline = baseline_seen_from(options.rules, baseline);
  for (const fs::path& folder : {beside, baseline.parent_path()}) {
    // Writing says what is wrong with a folder that cannot be made.
    std::error_code ignored;
    if (!folder.empty()) fs::create_directories(folder, ignored);
  }
  const auto refuse = [](const fs::path& file, std::string_view what) {
    throw InputError::usage(file.string(), fmt::format("{} there already", what), "a new baseline",
                            "kgaudit gate update RUN --reason TEXT changes it");
  };
  constexpr std::string_view kBaseline = "a baseline that is";
  refuse_dangling_link(baseline);
  if (fs::exists(baseline)) refuse(baseline, kBaseline);
  const run::GateBaseline made{state, {change_of(state, "first baseline")}};
  // Rules first: where the disk takes one file alone, the same command makes the other one later.
  // Of two that begin at the same time the later one finds a file there.
  if (with_rules &&
      !write_new_atomically(options.rules, run::gate_rules_text(rules), kOutputComplaint)) {
    refuse(options.rules, "rules that are");
  }
  if (!write_new_atomically(baseline, run::baseline_text(made), kOutputComplaint)) {
    refuse(baseline, kBaseline);
  }
  session.console.show(fmt::format(
      "baseline: {} ({} figures of {})\nrules:    {}{}\n", baseline.string(), count_measured(state),
      printable(state.dataset, 200), options.rules, with_rules ? "" : " (was there already)"));
  session.console.note(fmt::format(
      "commit both; then, after each run: kgaudit gate check RUN --rules {}", options.rules));
  const nlohmann::ordered_json json = {{"baseline", baseline.string()},
                                       {"rules", options.rules},
                                       {"rules_written", with_rules},
                                       {"figures", count_measured(state)}};
  session.console.show_json(json);
  return ExitCode::kPass;
}

ExitCode update(Session& session, const GateOptions& options) {
  if (options.reason.find_first_not_of(" \t\r\n") == std::string::npos) {
    throw InputError::usage("--reason", "no reason", "why the baseline may change",
                            R"(--reason "new training data of May")");
  }
  const run::GateRules rules = existing_rules(options.rules);
  const fs::path file = baseline_path(options, rules);
  // A broken baseline is told before the record is read, which may take long.
  static_cast<void>(existing_baseline(file));
  run::GateState state = reference_state(session, options.records);
  const run::BaselineLock lock(file);
  run::GateBaseline baseline = existing_baseline(file);
  baseline.history.push_back(change_of(state, options.reason));
  baseline.state = std::move(state);
  write_atomically(file, run::baseline_text(baseline), kOutputComplaint);
  session.console.show(
      fmt::format("baseline: {} ({} changes so far)\n", file.string(), baseline.history.size()));
  const nlohmann::ordered_json json = {{"baseline", file.string()},
                                       {"changes", baseline.history.size()}};
  session.console.show_json(json);
  return ExitCode::kPass;
}

Table groups_table(const run::PersonsByValue& groups) {
  Table table;
  table.title = "Persons that bias was measured on, by value";
  table.columns = {reports::text_column("attribute", "attribute"),
                   reports::text_column("value", "value"),
                   reports::count_column("persons", "persons")};
  for (const auto& [attribute, values] : groups) {
    for (const auto& [value, persons] : values) {
      table.rows.push_back(
          {{reports::TextCell{attribute}, reports::TextCell{value}, reports::count_cell(persons)}});
    }
  }
  return table;
}

ExitCode show(Session& session, const GateOptions& options) {
  const run::GateRules rules = existing_rules(options.rules);
  if (!rules.baseline_row.empty() && options.baseline.empty()) {
    session.console.show(fmt::format(
        "no baseline file: the other rows of a record are held against its row {} ({})\n",
        printable(rules.baseline_row, 200), rules.baseline_row_place));
    const nlohmann::ordered_json json = {{"baseline_row", rules.baseline_row},
                                         {"rules", options.rules}};
    session.console.show_json(json);
    return ExitCode::kPass;
  }
  const run::GateBaseline baseline = existing_baseline(baseline_path(options, rules));
  Table table;
  table.title = "Baseline";
  table.caption = fmt::format("{} of {}", baseline.state.kind, baseline.state.dataset);
  table.columns = {reports::text_column("figure", "figure"),
                   {.key = "value", .header = "value"},
                   reports::text_column("unit", "unit")};
  for (const auto& [key, value] : baseline.state.values) {
    table.rows.push_back(
        {{reports::TextCell{key.text()}, mean_cell(value), reports::TextCell{value.unit}}});
  }
  const Console& console = session.console;
  console.show(reports::render_terminal(table, {console.width(), console.colour()}));
  if (!baseline.state.groups.empty()) {
    console.show("\n" + reports::render_terminal(groups_table(baseline.state.groups),
                                                 {console.width(), console.colour()}));
  }
  for (const run::BaselineChange& change : baseline.history) {
    console.show(fmt::format("{}  {}  ({})\n", change.when, printable(change.reason, 400),
                             printable(change.program)));
  }
  console.show_json(nlohmann::ordered_json::parse(run::baseline_text(baseline)));
  return ExitCode::kPass;
}

Table findings_table(const run::GateResult& result) {
  Table table;
  table.title = "Questions of the gate, worst first";
  const auto number = [](const char* key, const char* header) {
    return reports::Column{.key = key, .header = header, .decimals = 4};
  };
  table.columns = {
      reports::text_column("figure", "figure"), reports::text_column("verdict", "verdict"),
      number("baseline", "baseline"),           number("candidate", "now"),
      number("worse_by", "worse by"),           number("margin", "margin")};
  const auto cell = [](const std::optional<double>& value) -> reports::Cell {
    if (value) return reports::number_cell(*value);
    return reports::TextCell{""};
  };
  const auto reference = [&](const run::GateFinding& f) -> reports::Cell {
    if (f.question == run::GateFinding::Question::kChange || !f.baseline) return cell(f.baseline);
    return reports::TextCell{fmt::format("{} {:.4f}", run::side_of_limit(f), *f.baseline)};
  };
  for (const run::GateFinding& f : result.findings) {
    table.rows.push_back(
        {{reports::TextCell{f.key.text()}, reports::TextCell{std::string(run::to_text(f.verdict))},
          reference(f), cell(f.candidate), cell(f.worse_by), cell(f.margin)}});
  }
  table.notes.emplace_back(
      "worse by: in the figure's unit, negative where it is better; intervals: --json or --write");
  return table;
}

void show_findings(const Console& console, const run::GateReport& report) {
  constexpr std::size_t kMostSentences = 10;
  std::size_t shown = 0;
  console.show(run::gate_headline(report) + "\n");
  for (const run::GateFinding& finding : report.result.findings) {
    if (finding.verdict == run::GateVerdict::kPass) break;
    if (shown++ == kMostSentences) {
      console.show("  and more, see the table\n");
      break;
    }
    const std::string text =
        fmt::format("{}: {}: {} [{}]", run::to_text(finding.verdict), run::figure_in_words(finding),
                    finding.words, finding.place);
    console.show("  " + wrapped(printable(text, 1000), 4, console.width(), 2) + "\n");
  }
  if (report.result.findings.empty()) return;
  console.show("\n" + reports::render_terminal(findings_table(report.result),
                                               {console.width(), console.colour()}));
}

/// What an earlier gate wrote is replaced; of others' files nothing is.
void refuse_foreign_files(const GateOptions& options) {
  for (const std::string& id : options.write) {
    const run::GateOutput& output = run::find_gate_output(id);
    const fs::path file = fs::path(options.out) / output.file_name;
    if (run::may_be_replaced(output, file)) continue;
    throw InputError::usage(file.string(), "something that kgaudit gate did not write",
                            "no such file, or one of an earlier kgaudit gate check",
                            "--out with another folder, or move that file away");
  }
}

void write_outputs(const Console& console, const run::GateReport& report,
                   const GateOptions& options) {
  std::vector<const run::GateOutput*> chosen;
  for (const std::string& id : options.write) chosen.push_back(&run::find_gate_output(id));
  for (const run::GateOutput* output : chosen) {
    const fs::path file = fs::path(options.out) / output->file_name;
    std::error_code failed;
    if (!options.out.empty())
      fs::create_directories(options.out, failed);  // what fails is told by the write
    write_atomically(file, output->render(report), kOutputComplaint);
    console.note(fmt::format("written: {}", file.string()));
  }
}

ExitCode check(Session& session, const GateOptions& options) {
  if (!options.out.empty() && options.write.empty()) {
    throw InputError::usage("--out", "a folder, but nothing to write",
                            "--write with the forms that are wanted", "--write markdown,junit");
  }
  refuse_foreign_files(options);
  const run::GateRules rules = existing_rules(options.rules);
  run::GateReport report;
  const run::GateState now = state_of(session, options.records);
  run::GateState before;
  if (!options.against.empty() && !options.baseline.empty()) {
    throw InputError::usage("--baseline", "beside --against", "one thing to compare with",
                            "take one of the two out");
  }
  if (!options.against.empty()) {
    before = named_state(session, options.against).state;
    report.baseline = options.against;
  } else if (!rules.baseline_row.empty() && options.baseline.empty()) {
    before = run::baseline_of_row(now, rules.baseline_row, rules.baseline_row_place);
    report.baseline = fmt::format("row {} of the same record", rules.baseline_row);
  } else {
    const fs::path file = baseline_path(options, rules);
    before = existing_baseline(file).state;
    report.baseline = file.string();
  }
  report.result = run::check_gate(rules, before, now);
  report.strict = options.strict;
  report.report_only = options.report_only;
  report.code = run::gate_code(report.result, options.strict);
  report.alpha = rules.alpha;
  report.dataset = now.dataset;
  report.candidate = names_of(options.records);
  report.rules = options.rules;
  report.program = program_text();
  // Before anything is shown: whoever reads that may close the pipe.
  write_outputs(session.console, report, options);
  show_findings(session.console, report);
  if (before.plan_hash != now.plan_hash && report.result.reasons.empty()) {
    session.console.note(
        "the plan of this record is another one than the baseline's; what is measured, "
        "and how, is the same");
  }
  const bool one_a_side = std::ranges::any_of(report.result.findings, [](const auto& finding) {
    return finding.candidate_seeds == 1 && finding.baseline_seeds == 1;
  });
  if (one_a_side) {
    session.console.note(
        "one embedding a side: intervals are over persons and triples. Two trainings of the same "
        "program differ by more, so several seeds a side are surer");
  }
  session.console.show_json(
      nlohmann::ordered_json::parse(run::find_gate_output("json").render(report)));
  if (!options.report_only) return report.code;
  const std::string only = run::report_only_in_words(report);
  if (!only.empty()) session.console.note(only);
  return ExitCode::kPass;
}

ExitCode diff(Session& session, const GateOptions& options) {
  const run::GateRules rules = existing_rules(options.rules);
  const run::GateState before = existing_baseline(baseline_path(options, rules)).state;
  const run::GateState now = state_of(session, options.records);
  const Console& console = session.console;
  for (const std::string& reason : run::why_not_comparable(before, now)) {
    console.show(fmt::format("not comparable: {}\n", printable(reason, 400)));
  }
  const auto mean_of = [](const run::GateState& state, const run::GateKey& key) -> reports::Cell {
    const auto at = state.values.find(key);
    if (at == state.values.end()) return reports::TextCell{""};
    return mean_cell(at->second);
  };
  Table table;
  table.title = "Baseline and record";
  table.columns = {reports::text_column("figure", "figure"),
                   {.key = "baseline", .header = "baseline", .decimals = 4},
                   {.key = "candidate", .header = "now", .decimals = 4}};
  std::vector<run::GateKey> keys;
  for (const auto& [key, value] : before.values) keys.push_back(key);
  for (const auto& [key, value] : now.values) {
    if (before.values.count(key) == 0) keys.push_back(key);
  }
  for (const run::GateKey& key : keys) {
    table.rows.push_back(
        {{reports::TextCell{key.text()}, mean_of(before, key), mean_of(now, key)}});
  }
  console.show(reports::render_terminal(table, {console.width(), console.colour()}));
  console.show_json(nlohmann::ordered_json::parse(reports::render_json(table)));
  return ExitCode::kPass;
}

Table planted_table(const run::GateCalibration& done) {
  Table table;
  table.title = "Planted changes";
  const auto number = [](const char* key, const char* header, int decimals) {
    return reports::Column{.key = key, .header = header, .decimals = decimals};
  };
  table.columns = {reports::text_column("figure", "figure"),
                   number("amount", "worse by", 4),
                   number("margin", "margin", 4),
                   number("caught", "caught %", 1),
                   number("low", "from %", 1),
                   number("high", "to %", 1),
                   number("passed", "passed %", 1)};
  for (const run::GateCalibration::Planted& one : done.planted) {
    const double share = 100.0 / static_cast<double>(done.comparisons);
    if (one.impossible()) {
      const std::string why = fmt::format("it cannot get worse by more than {:.4f}", one.room);
      std::vector<reports::Cell> cells = {reports::TextCell{one.key.text()},
                                          reports::number_cell(one.amount)};
      cells.resize(table.columns.size(), reports::UndefinedCell{why});
      table.rows.push_back({std::move(cells)});
      continue;
    }
    table.rows.push_back({{reports::TextCell{one.key.text()}, reports::number_cell(one.amount),
                           reports::number_cell(one.margin),
                           reports::number_cell(share * static_cast<double>(one.caught)),
                           reports::number_cell(100.0 * one.caught_rate.low),
                           reports::number_cell(100.0 * one.caught_rate.high),
                           reports::number_cell(share * static_cast<double>(one.passed))}});
  }
  table.notes.emplace_back("from, to: 95 % interval of the share that was caught");
  return table;
}

/// How far the intervals of a calibration can be trusted.
std::string deals_in_words(const run::GateCalibration& done) {
  const std::string what =
      fmt::format("All comparisons are deals of the same {} seeds", done.seeds);
  constexpr double kMostShown = 1e6;
  const std::string ways = done.different_deals > kMostShown
                               ? "more than a million different ones"
                               : fmt::format("{:.0f} different ones", done.different_deals);
  return fmt::format(
      "{}; there are {}{}. Intervals are about these seeds: trainings with others may do "
      "otherwise, the more so the fewer seeds there are.",
      what, ways,
      done.different_deals < static_cast<double>(done.comparisons)
          ? ", and intervals count no more than these"
          : "");
}

/// Gives the rules the margins that pass what has not changed, and writes them to a new file.
void write_measured_rules(run::GateRules& rules, const run::GateState& state,
                          run::CalibrationOptions calibration, const GateOptions& options,
                          Progress& progress) {
  const fs::path file = options.new_rules;
  if (rules.baseline_row.empty()) {
    rules.baseline = baseline_seen_from(file, baseline_path(options, rules));
  }
  calibration.plant_changes = false;
  calibration.planted.clear();
  const run::GateCalibration done = run::calibrate_gate(rules, state, calibration, progress);
  rules = run::with_measured_margins(std::move(rules), done);
  std::error_code ignored;  // writing says what is wrong with a folder that cannot be made
  if (file.has_parent_path()) fs::create_directories(file.parent_path(), ignored);
  if (write_new_atomically(file, run::gate_rules_text(rules), kOutputComplaint)) return;
  throw InputError::usage(file.string(), "a file that is there already", "a new file",
                          "--write-rules with another name, or move that file away");
}

ExitCode calibrate(Session& session, const GateOptions& options) {
  const run::GateState state = state_of(session, options.records);
  run::GateRules rules =
      fs::exists(options.rules) ? run::read_gate_rules(options.rules) : run::sensible_rules(state);
  run::CalibrationOptions calibration;
  calibration.comparisons = options.comparisons;
  calibration.seed = options.seed;
  if (options.seeds_a_side > 0) calibration.seeds_a_side = options.seeds_a_side;
  if (options.baseline_seeds > 0) calibration.baseline_seeds = options.baseline_seeds;
  for (const std::string& text : options.planted) {
    calibration.planted.push_back(run::parse_planted_change(text, "--plant"));
  }
  if (!options.new_rules.empty()) {
    write_measured_rules(rules, state, calibration, options, session.progress);
  }
  const run::GateCalibration done =
      run::calibrate_gate(rules, state, calibration, session.progress);
  const Console& console = session.console;
  console.show(fmt::format(
      "{} comparisons of the record with itself, {} against {} seeds: {} false alarms ({:.1f} %, "
      "95 % interval {:.1f} to {:.1f} %), {} inconclusive.\n",
      done.comparisons, done.seeds_a_side, done.baseline_seeds, done.false_alarms,
      100.0 * static_cast<double>(done.false_alarms) / static_cast<double>(done.comparisons),
      100.0 * done.false_alarm_rate.low, 100.0 * done.false_alarm_rate.high, done.inconclusive));
  console.show(deals_in_words(done) + "\n\n");
  Table table;
  table.title = "The smallest change that is caught in 95 % of comparisons";
  table.columns = {reports::text_column("figure", "figure"),
                   {.key = "margin", .header = "margin", .decimals = 4},
                   {.key = "unchanged_within", .header = "unchanged within", .decimals = 4},
                   {.key = "caught", .header = "caught", .decimals = 4},
                   {.key = "undecided", .header = "undecided without a change", .decimals = 0}};
  for (const run::GateCalibration::Line& line : done.lines) {
    table.rows.push_back(
        {{reports::TextCell{line.key.text()}, reports::number_cell(line.margin),
          reports::number_cell(line.unchanged_within, "no margin decides about it"),
          reports::number_cell(line.caught, line.not_caught),
          reports::count_cell(line.undecided)}});
  }
  table.notes.emplace_back(
      "unchanged within: with all margins above these, 95 % of comparisons pass whole");
  const Table planted = planted_table(done);
  if (!planted.rows.empty()) {
    console.show(reports::render_terminal(planted, {console.width(), console.colour()}) + "\n");
  }
  console.show(reports::render_terminal(table, {console.width(), console.colour()}));
  if (!options.new_rules.empty()) {
    console.show(fmt::format("\nrules with these margins: {}\n", options.new_rules));
  }
  const nlohmann::ordered_json json = {
      {"comparisons", done.comparisons},
      {"seeds", done.seeds_a_side},
      {"baseline_seeds", done.baseline_seeds},
      {"seeds_on_record", done.seeds},
      {"false_alarms", done.false_alarms},
      {"inconclusive", done.inconclusive},
      {"false_alarm_rate",
       {{"low", done.false_alarm_rate.low}, {"high", done.false_alarm_rate.high}}},
      {"rules_written", options.new_rules},
      {"planted", nlohmann::ordered_json::parse(reports::render_json(planted))},
      {"table", nlohmann::ordered_json::parse(reports::render_json(table))}};
  console.show_json(json);
  return ExitCode::kPass;
}

ExitCode figures(Session& session) {
  Table table;
  table.title = "Figures that a rule can name";
  table.columns = {reports::text_column("id", "figure"),
                   reports::text_column("words", "what it is"),
                   reports::text_column("better", "better")};
  for (const run::GateFigure& figure : run::gate_figures()) {
    table.rows.push_back(
        {{reports::TextCell{std::string(figure.id)}, reports::TextCell{std::string(figure.words)},
          reports::TextCell{run::better_in_words(figure)}}});
  }
  const Console& console = session.console;
  console.show(reports::render_terminal(table, {console.width(), console.colour()}));
  console.show_json(nlohmann::ordered_json::parse(reports::render_json(table)));
  return ExitCode::kPass;
}

std::string outputs_help() {
  std::vector<std::string> files;
  for (const run::GateOutput* output : run::gate_outputs()) {
    files.push_back(fmt::format("{} ({})", output->id, output->description));
  }
  return fmt::format("Files for CI systems, separated by commas: {}; default: none",
                     fmt::join(files, ", "));
}

CommandAction attach_gate(CommandLine line) {
  auto o = std::make_shared<GateOptions>();
  // `o` outlives the callbacks; a raw pointer in them keeps the options from owning themselves.
  GateOptions* const options = o.get();
  line.require_command();
  const auto add = [options, &line](const char* name, const char* summary,
                                    ExitCode (*action)(Session&, const GateOptions&)) {
    CommandLine below = line.add_command(name, summary);
    below.when_typed([options, action] {
      options->chosen = [options, action](Session& session) { return action(session, *options); };
    });
    return below;
  };
  const auto add_record = [options](CommandLine below) {
    below.add_words({.name = "records",
                     .help = "Run folder of a bench or an audit, or its record.jsonl; several "
                             "audits count as the seeds of one",
                     .type = "RUN",
                     .required = true},
                    options->records, Words::kMany);
  };
  const auto add_files = [options](CommandLine below) {
    below.add_text(
        {.name = "--rules", .help = "File of rules (default: kgaudit.toml)", .type = "FILE"},
        options->rules);
    below.add_text({.name = "--baseline",
                    .help = "Baseline (default: the one that the rules name)",
                    .type = "FILE"},
                   options->baseline);
  };

  CommandLine below =
      add("init", "Make a baseline and rules from a record that is good enough", init);
  add_record(below);
  add_files(below);
  below = add("check", "Hold a record against the baseline by the rules", check);
  add_record(below);
  add_files(below);
  below.add_text({.name = "--against",
                  .help = "Another record in place of the baseline (default: none)",
                  .type = "RUN"},
                 options->against);
  below.add_flag(
      {.name = "--strict",
       .help = "An inconclusive result ends with 1, as a regression does (default: off, 3)"},
      options->strict);
  below.add_flag({.name = "--report-only",
                  .help = "End with 0 whatever the result, and say so (default: off)"},
                 options->report_only);
  below.add_words({.name = "--write", .help = outputs_help(), .type = "FORMATS"}, options->write,
                  Words::kCommas);
  below.add_text(
      {.name = "--out", .help = "Folder for these files (default: the current one)", .type = "DIR"},
      options->out);
  below = add("update", "Make a record the new baseline, with a reason", update);
  add_record(below);
  add_files(below);
  below.add_text({.name = "--reason",
                  .help = "Why the baseline may change; kept in the file (required)",
                  .type = "TEXT",
                  .required = true},
                 options->reason);
  below = add("show", "Show the baseline and its history", show);
  add_files(below);
  below = add("diff", "Show baseline and record side by side, without a verdict", diff);
  add_record(below);
  add_files(below);
  below =
      add("calibrate", "How often would the gate cry wolf, and what would it catch?", calibrate);
  add_record(below);
  add_files(below);
  below.add_count({.name = "--comparisons",
                   .help = "How often the seeds are dealt to two sides (integer in [20, 10000]; "
                           "default: 400)",
                   .type = "N"},
                  options->comparisons, {.least = 20, .most = 10'000});
  below.add_count({.name = "--seed", .help = "Seed of the deals (default: 0)", .type = "N"},
                  options->seed, {.least = 0, .most = std::numeric_limits<std::int64_t>::max()});
  below.add_count(
      {.name = "--seeds",
       .help = "Seeds of the candidate; with 1 on both sides the intervals over persons "
               "and triples decide (integer in [1, 100000]; default: half of the "
               "record's)",
       .type = "N"},
      options->seeds_a_side, {.least = 1, .most = 100'000});
  below.add_count({.name = "--baseline-seeds",
                   .help = "Seeds of the baseline (integer in [1, 100000]; default: as many as the "
                           "candidate's)",
                   .type = "N"},
                  options->baseline_seeds, {.least = 1, .most = 100'000});
  below.add_words({.name = "--plant",
                   .help = "Changes for the worse to plant, separated by commas, such as "
                           "mrr_others=3%,score_gap/gender=20%: how often is each caught? "
                           "(default: none)",
                   .type = "CHANGES"},
                  options->planted, Words::kCommas);
  below.add_text({.name = "--write-rules",
                  .help = "Write the rules to a new file, with margins raised until 95 % of "
                          "unchanged comparisons pass whole, and calibrate with these "
                          "(default: none)",
                  .type = "FILE"},
                 options->new_rules);
  CommandLine listed = line.add_command("figures", "List the figures that a rule can name");
  listed.when_typed(
      [options] { options->chosen = [](Session& session) { return figures(session); }; });
  return [o](Session& session) { return o->chosen(session); };
}

}  // namespace

extern const CommandEntry gate;
constinit const CommandEntry gate = {
    .id = "gate",
    .summary = "Fail a build when quality falls or bias rises",
    .attach = &attach_gate,
};

}  // namespace kgaudit::cli::commands_roster
