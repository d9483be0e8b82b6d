#include "suite/search/tuner.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <fstream>
#include <system_error>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "models/training/system.hpp"
#include "reports/tables/short_table.hpp"
#include "suite/base/error.hpp"
#include "suite/base/files/atomic_file.hpp"
#include "suite/base/files/byte_source.hpp"
#include "suite/base/text.hpp"
#include "suite/plan/dataset_source.hpp"
#include "suite/plan/plan_identity.hpp"
#include "suite/plan/plan_text.hpp"

namespace kgaudit::run {
namespace {

using reports::number_cell;
using reports::number_column;
using reports::text_column;

using Json = nlohmann::ordered_json;

constexpr int kSearchSchema = 1;
constexpr const char* kGender = "gender";

std::string reference_id() { return std::string(models::systems().front()->id); }

constexpr std::uint64_t kLargestSearch = std::uint64_t{1} << 30U;

double wanted_reduction(const Parameters& tuning, std::string_view attribute) {
  return tuning.real(attribute == kGender ? "gap_reduction_gender" : "gap_reduction");
}

SearchScore score_of(const TuningTrial& trial) { return {trial.violation, trial.mrr}; }

Json values_json(const std::vector<std::pair<std::string, double>>& values) {
  Json json = Json::object();
  for (const auto& [name, value] : values) json[name] = value;
  return json;
}

std::string values_text(const std::vector<std::pair<std::string, double>>& values) {
  std::vector<std::string> words;
  for (const auto& [name, value] : values) {
    words.push_back(fmt::format("{} {}", name, number_text(value)));
  }
  return fmt::format("{}", fmt::join(words, ", "));
}

/// Parameters keep the type of their row: an integer row takes no real.
ParameterValue typed(const Parameters& parameters, const std::string& name, double value) {
  if (std::holds_alternative<std::int64_t>(parameters.value(name))) {
    return static_cast<std::int64_t>(value);
  }
  return value;
}

double number_of(const ParameterValue& value) {
  const auto* whole = std::get_if<std::int64_t>(&value);
  return whole != nullptr ? static_cast<double>(*whole) : std::get<double>(value);
}

std::vector<std::string> attribute_ids(const Headline& headline) {
  std::vector<std::string> ids;
  for (const Headline::Attribute& attribute : headline.attributes) ids.push_back(attribute.id);
  return ids;
}

/// The record's complete lines; what a crash tore off the last one is left out.
std::vector<std::string> complete_lines(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = text.find('\n', begin);
    if (end == std::string::npos) break;
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

}  // namespace

std::span<const ParameterSpec> tuning_parameters() {
  static const std::array rows = {
      ParameterSpec::integer("budget", 16, 1, 100000, "trials",
                             "Sets of weights that each system with weights may try"),
      ParameterSpec::integer("trial_seeds", 1, 1, 1000, "seeds",
                             "Trainings of each trial, with the first of the plan's seeds; their "
                             "mean is judged"),
      ParameterSpec::real("budget_seconds", 0.0, 0.0, 1e9, "s",
                          "Begin no further trial of a system after so long; 0 = no limit, and "
                          "only then two searches have the same trials"),
      ParameterSpec::real("gap_reduction", 0.7, 0.0, 1.0, "share of Basic's",
                          "Least fall of |dS| demanded of every attribute but gender"),
      ParameterSpec::real("gap_reduction_gender", 0.9, 0.0, 1.0, "share of Basic's",
                          "Least fall of |dS| demanded of gender"),
      ParameterSpec::real("probe_margin", 0.02, 0.0, 1.0, "accuracy",
                          "Most that the MLP probe of gender may beat the majority by"),
      ParameterSpec::integer("search_seed", 0, 0, 2147483647, "",
                             "Seed of the search itself, not of the trainings"),
  };
  return rows;
}

std::string objective_text(const Parameters& tuning) {
  return fmt::format(
      "highest validation MRR without sensitive relations among weights with |dS| of gender at "
      "least {:.3g} % and of every other attribute at least {:.3g} % below Basic's of the same "
      "seeds, and an MLP probe of gender at most {:.3g} points above the majority; weights that "
      "miss a demand are ordered by the sum of what they miss",
      100.0 * tuning.real("gap_reduction_gender"), 100.0 * tuning.real("gap_reduction"),
      100.0 * tuning.real("probe_margin"));
}

Verdict judge(const Headline& system, const Headline& basic, const Parameters& tuning) {
  Verdict verdict;
  verdict.score.quality = system.mrr;
  const auto miss = [&](double violation, std::string words) {
    verdict.score.violation += violation;
    verdict.misses.push_back(std::move(words));
  };
  if (!system.mrr) verdict.misses.emplace_back("MRR undefined");
  for (const Headline::Attribute& reference : basic.attributes) {
    const Headline::Attribute* own = system.find(reference.id);
    if (reference.gap && *reference.gap > 0.0) {
      const double wanted = wanted_reduction(tuning, reference.id);
      if (own == nullptr || !own->gap) {
        miss(1.0, fmt::format("|dS| of {} undefined", reference.id));
      } else {
        const double reduction = 1.0 - *own->gap / *reference.gap;
        verdict.reductions[reference.id] = reduction;
        if (reduction < wanted) {
          miss(wanted - reduction, fmt::format("|dS| of {} {:+.1f} %, not {:+.1f} %", reference.id,
                                               0.0 - 100.0 * reduction, -100.0 * wanted));
        }
      }
    }
    if (reference.id != kGender || !reference.excess) continue;
    const double margin = tuning.real("probe_margin");
    if (own == nullptr || !own->excess) {
      miss(1.0, "probe of gender undefined");
    } else if (*own->excess > margin) {
      miss(*own->excess - margin, fmt::format("probe of gender {:+.1f} points, not {:+.1f}",
                                              100.0 * *own->excess, 100.0 * margin));
    }
  }
  return verdict;
}

std::string to_json_line(const TuningTrial& trial) {
  Json json = {{"kind", "trial"},
               {"system", trial.system},
               {"trial", trial.number},
               {"values", values_json(trial.values)},
               {"mrr", trial.mrr ? Json(*trial.mrr) : Json(nullptr)},
               {"violation", trial.violation},
               {"misses", trial.misses},
               {"reductions", trial.reductions},
               {"probe_excess", trial.excess},
               {"seconds", trial.seconds},
               {"folder", trial.folder},
               {"plan_hash", trial.plan_hash}};
  return json.dump();
}

TuningTrial parse_trial(std::string_view line, std::string_view place) {
  try {
    const Json json = Json::parse(line);
    TuningTrial trial;
    if (json.at("kind") != "trial") throw std::invalid_argument("no trial");
    trial.system = json.at("system").get<std::string>();
    trial.number = json.at("trial").get<std::uint64_t>();
    for (const auto& [name, value] : json.at("values").items()) {
      trial.values.emplace_back(name, value.get<double>());
    }
    if (!json.at("mrr").is_null()) trial.mrr = json.at("mrr").get<double>();
    trial.violation = json.at("violation").get<double>();
    trial.misses = json.at("misses").get<std::vector<std::string>>();
    trial.reductions = json.at("reductions").get<std::map<std::string, double>>();
    trial.excess = json.at("probe_excess").get<std::map<std::string, double>>();
    trial.seconds = json.at("seconds").get<double>();
    trial.folder = json.at("folder").get<std::string>();
    trial.plan_hash = json.at("plan_hash").get<std::string>();
    return trial;
  } catch (const std::exception& error) {
    throw InputError::unreadable(std::string(place), printable(error.what(), 200),
                                 "a trial as `kgaudit tune` records it");
  }
}

Tuner::Tuner(Plan plan, Parameters tuning, TuningOptions options, Progress& progress)
    : plan_(std::move(plan)),
      tuning_(std::move(tuning)),
      options_(std::move(options)),
      progress_(progress),
      runs_(options_, progress),
      systems_({reference_id()}) {
  for (const std::string& system : plan_.systems) {
    if (system != reference_id()) systems_.push_back(system);
  }
  if (const std::size_t wanted = tuning_.count("trial_seeds"); wanted > plan_.seeds.size()) {
    throw InputError::usage(
        "--trial-seeds", fmt::format("{} for a plan with {} of them", wanted, plan_.seeds.size()),
        "at most as many as the plan has",
        fmt::format("--seeds {}, or fewer --trial-seeds", wanted));
  }
  open_record();
}

void Tuner::open_record() {
  Json header = {{"kind", "search"},
                 {"schema", kSearchSchema},
                 {"plan_hash", plan_hash(plan_).hex()},
                 {"seeds", trial_plan(systems_.front()).seeds},
                 {"tuning", Json::object()},
                 {"objective", objective_text(tuning_)}};
  for (const auto& [name, value] : tuning_.entries()) {
    std::visit([&, &key = name](const auto& v) { header["tuning"][key] = v; }, value);
  }
  const std::filesystem::path file = record();
  if (!std::filesystem::exists(file)) {
    std::error_code error;
    std::filesystem::create_directories(options_.directory, error);
    header["started"] = options_.started;
    header["plan"] = Json::parse(to_json(plan_));
    write_atomically(file, header.dump() + "\n", kOutputComplaint);
    return;
  }
  if (!options_.resume) {
    throw InputError::usage(options_.directory.string(), "a search is already there",
                            "a folder without a search",
                            "--resume to go on with it, or another --out");
  }
  const std::vector<std::string> lines =
      complete_lines(read_whole_file(file, kLargestSearch, "a search that `kgaudit tune` began"));
  Json there = lines.empty() ? Json() : Json::parse(lines.front(), nullptr, false);
  if (!there.is_object()) {
    throw InputError::unreadable(file.string() + ":1", "no search", "the first line of a search");
  }
  for (const auto& [key, value] : header.items()) {
    if (there.value(key, Json()) == value) continue;
    throw InputError(ExitCode::kNotComparable,
                     {file.string(), fmt::format("it is a search with another {}", key),
                      "the plan and the options that the search began with", "another --out"});
  }
  std::uintmax_t kept = lines.front().size() + 1;
  for (std::size_t i = 1; i < lines.size(); ++i) {
    trials_.push_back(parse_trial(lines[i], fmt::format("{}:{}", file.string(), i + 1)));
    kept += lines[i].size() + 1;
  }
  std::filesystem::resize_file(file, kept);
}

void Tuner::append(const std::string& line) const {
  std::ofstream out(record(), std::ios::binary | std::ios::app);
  out << line << '\n';
  out.flush();
  if (!out) {
    throw InputError::usage(record().string(), "cannot be written", "a file this user may write");
  }
}

std::vector<const TuningTrial*> Tuner::trials_of(std::string_view system) const {
  std::vector<const TuningTrial*> found;
  for (const TuningTrial& trial : trials_) {
    if (trial.system == system) found.push_back(&trial);
  }
  return found;
}

const TuningTrial* Tuner::best_of(std::string_view system) const {
  const TuningTrial* best = nullptr;
  for (const TuningTrial* trial : trials_of(system)) {
    if (best == nullptr || better(score_of(*trial), score_of(*best))) best = trial;
  }
  return best;
}

Plan Tuner::trial_plan(const std::string& system) const {
  Plan plan = part_of(plan_, {system}, {"link_prediction", "score_gap", "leakage"});
  plan.seeds.resize(tuning_.count("trial_seeds"));
  set_value(plan, "evaluation", "set", std::string("valid"));
  set_value(plan, "evaluation", "persons", std::string("selection"));
  // Nothing that a verdict does not read.
  set_value(plan, "metric.link_prediction", "per_relation", false);
  set_value(plan, "metric.leakage", "permutations", std::int64_t{0});
  set_value(plan, "metric.leakage", "held_out", false);
  set_value(plan, "run", "out", std::string());
  return plan;
}

void Tuner::try_point(const std::string& system, std::span<const SearchAxis> axes,
                      const SearchPoint& point) {
  const auto begun = std::chrono::steady_clock::now();
  TuningTrial trial;
  trial.system = system;
  trial.number = trials_of(system).size() + 1;
  trial.folder = fmt::format("trials/{}-{:03}", system, trial.number);
  Plan plan = trial_plan(system);
  for (std::size_t i = 0; i < axes.size(); ++i) {
    trial.values.emplace_back(axes[i].parameter, point[i]);
    set_value(plan, "system." + system, axes[i].parameter,
              typed(plan.system(system), axes[i].parameter, point[i]));
  }
  trial.plan_hash = plan_hash(plan).hex();
  const reports::RunRecord record =
      runs_.run(plan, options_.directory / trial.folder, trials_before_ + trial.number - 1,
                fmt::format("{} trial {}", system, trial.number));
  const Headline headline = headline_of(record, system);
  if (system == systems_.front()) basic_ = headline;
  const Verdict verdict = judge(headline, *basic_, tuning_);
  trial.mrr = verdict.score.quality;
  trial.violation = verdict.score.violation;
  trial.misses = verdict.misses;
  trial.reductions = verdict.reductions;
  for (const Headline::Attribute& attribute : headline.attributes) {
    if (attribute.excess) trial.excess[attribute.id] = *attribute.excess;
  }
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begun;
  trial.seconds = taken.count();
  append(to_json_line(trial));
  trials_.push_back(std::move(trial));
  write_results();
  ++trials_of_this_process_;
  if (options_.stop_after_trials && trials_of_this_process_ >= *options_.stop_after_trials) {
    throw Interrupted();
  }
}

void Tuner::search_system(const std::string& system) {
  const auto axes = search_axes(models::find_system(system), attribute_ids(*basic_));
  const std::size_t budget = axes.empty() ? 1 : tuning_.count("budget");
  const double seconds = tuning_.real("budget_seconds");
  SearchPoint start;
  const Plan plan = trial_plan(system);
  for (const SearchAxis& axis : axes) {
    start.push_back(number_of(plan.system(system).value(axis.parameter)));
  }
  while (true) {
    const std::vector<const TuningTrial*> so_far = trials_of(system);
    double spent = 0.0;
    std::vector<SearchTrial> history;
    for (const TuningTrial* trial : so_far) {
      spent += trial->seconds;
      SearchTrial one{{}, score_of(*trial)};
      for (const auto& [name, value] : trial->values) one.point.push_back(value);
      if (one.point.size() != axes.size()) {
        throw InputError::unreadable(
            fmt::format("{}: trial {} of {}", record().string(), trial->number, system),
            fmt::format("{} values", one.point.size()), fmt::format("{} values", axes.size()));
      }
      history.push_back(std::move(one));
    }
    if (history.size() >= budget || (seconds > 0.0 && !history.empty() && spent >= seconds)) break;
    try_point(system, axes,
              propose(axes, start, history, budget,
                      static_cast<std::uint64_t>(tuning_.integer("search_seed")), system));
  }
  trials_before_ += budget;
}

void Tuner::run() {
  std::uint64_t steps = 1;
  for (std::size_t i = 1; i < systems_.size(); ++i) {
    steps += models::find_system(systems_[i]).tunable.empty() ? 1 : tuning_.count("budget");
  }
  const Stage stage(progress_, "tuning", steps);
  const std::string& reference = systems_.front();
  if (trials_of(reference).empty()) {
    try_point(reference, {}, {});
  } else {
    basic_ =
        headline_of(reports::read_record(options_.directory / trials_of(reference).front()->folder /
                                         "record.jsonl"),
                    reference);
  }
  trials_before_ = 1;
  for (std::size_t i = 1; i < systems_.size(); ++i) search_system(systems_[i]);
  write_results();
}

Plan Tuner::tuned() const {
  Plan tuned = plan_;
  for (const std::string& system : plan_.systems) {
    const TuningTrial* best = best_of(system);
    if (best == nullptr) continue;
    for (const auto& [name, value] : best->values) {
      set_value(tuned, "system." + system, name, typed(tuned.system(system), name, value));
    }
  }
  return tuned;
}

void Tuner::write_results() const {
  write_atomically(tuned_plan(), print(tuned()), kOutputComplaint);
  std::string text = fmt::format("# Found by `kgaudit tune` on {} for the {}.\n", graph_name(plan_),
                                 objective_text(tuning_));
  for (const std::string& system : plan_.systems) {
    const TuningTrial* best = best_of(system);
    if (best == nullptr || best->values.empty()) continue;
    text += fmt::format(
        "\n# Trial {} of {}; {}\n[system.\"{}\"]\n", best->number, trials_of(system).size(),
        best->misses.empty() ? "meets all demands"
                             : fmt::format("misses: {}", fmt::join(best->misses, "; ")),
        system);
    for (const auto& [name, value] : best->values) {
      text += fmt::format("{} = {}\n", name, value_text(typed(plan_.system(system), name, value)));
    }
  }
  write_atomically(weights(), text, kOutputComplaint);
}

reports::Table tuning_table(std::span<const TuningTrial> trials, const Parameters& tuning) {
  reports::Table table;
  table.title = "Weights found on validation data";
  table.caption = objective_text(tuning);
  std::vector<std::string> systems;
  std::vector<std::string> attributes;
  bool probed = false;
  for (const TuningTrial& trial : trials) {
    if (std::find(systems.begin(), systems.end(), trial.system) == systems.end()) {
      systems.push_back(trial.system);
    }
    for (const auto& [attribute, reduction] : trial.reductions) {
      if (std::find(attributes.begin(), attributes.end(), attribute) == attributes.end()) {
        attributes.push_back(attribute);
      }
    }
    probed = probed || trial.excess.contains(kGender);
  }
  table.columns = {text_column("system", "system"), number_column("trials", "trials", 0),
                   number_column("feasible", "feasible", 0),
                   number_column("mrr", "valid MRR", 4, "", Direction::kHigher)};
  for (const std::string& attribute : attributes) {
    table.columns.push_back(number_column("gap_change." + attribute, attribute, 1, "%"));
    table.columns.back().group = "|ΔS| against Basic, %";
  }
  if (probed) {
    table.columns.push_back(number_column("probe_excess.gender", "gender", 1, "points"));
    table.columns.back().group = "MLP probe, points";
  }
  table.columns.push_back(text_column("values", "best values"));
  table.columns.push_back(text_column("misses", "misses"));

  const auto from = [&](const std::map<std::string, double>& facts, const std::string& key,
                        double scale) -> reports::Cell {
    const auto found = facts.find(key);
    if (found == facts.end()) return reports::TextCell{};
    return number_cell(0.0 + scale * found->second);
  };
  for (const std::string& system : systems) {
    const TuningTrial* best = nullptr;
    std::size_t count = 0;
    std::size_t feasible = 0;
    for (const TuningTrial& trial : trials) {
      if (trial.system != system) continue;
      ++count;
      if (score_of(trial).feasible()) ++feasible;
      if (best == nullptr || better(score_of(trial), score_of(*best))) best = &trial;
    }
    reports::Row row;
    row.reference = system == reference_id();
    row.cells = {reports::TextCell{system}, number_cell(static_cast<double>(count)),
                 number_cell(static_cast<double>(feasible)), number_cell(best->mrr, "no MRR")};
    for (const std::string& attribute : attributes) {
      row.cells.push_back(from(best->reductions, attribute, -100.0));
    }
    if (probed) row.cells.push_back(from(best->excess, kGender, 100.0));
    row.cells.emplace_back(reports::TextCell{values_text(best->values)});
    row.cells.emplace_back(reports::TextCell{
        row.reference ? "(reference)" : fmt::format("{}", fmt::join(best->misses, "; "))});
    table.rows.push_back(std::move(row));
  }
  reports::mark_best(table);
  table.notes.emplace_back(
      "Chosen on validation triples and on the selection half of the persons, with few seeds: "
      "figures to report come from `kgaudit bench --plan`, on test triples; with --set "
      "evaluation.persons=others on persons that no choice saw.");
  return table;
}

}  // namespace kgaudit::run
