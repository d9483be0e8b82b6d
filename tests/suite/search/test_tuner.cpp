#include "suite/search/tuner.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "reports/record/run_record.hpp"
#include "reports/tables/tuning_table.hpp"
#include "suite/base/error.hpp"
#include "suite/base/text.hpp"
#include "suite/plan/dataset_source.hpp"
#include "suite/plan/plan_identity.hpp"
#include "suite/plan/plan_resolution.hpp"
#include "suite/run/selection_data.hpp"
#include "suite/search/objective.hpp"
#include "tests/test_support.hpp"

namespace kgaudit::run {
namespace {

Plan small_tuning_plan() {
  return resolve_plan({std::nullopt,
                       "plan",
                       {{"dataset.planted-people.entities", "1000", "test"},
                        {"training.dimension", "4", "test"},
                        {"training.epochs", "1", "test"},
                        {"seeds", "2", "test"},
                        {"systems", "kl,bose,no-sensitive", "test"},
                        {"metrics", "link_prediction", "test"},
                        {"run.threads", "1", "test"}}});
}

Parameters tuning_with(const std::string& budget, const std::string& shared_budget = "1") {
  Parameters tuning(tuning_parameters());
  tuning.set("budget", std::string_view(budget), "test");
  tuning.set("shared_budget", std::string_view(shared_budget), "test");
  return tuning;
}

TuningOptions in(const std::filesystem::path& folder, bool resume = false,
                 std::optional<std::uint64_t> stop_after = std::nullopt) {
  return {{folder, resume, "", false, "now"}, stop_after};
}

/// What may not depend on interruptions or the hour.
std::vector<reports::TrialLine> timeless(std::vector<reports::TrialLine> trials) {
  for (reports::TrialLine& trial : trials) trial.seconds = 0.0;
  return trials;
}

datasets::Dataset tiny_data() {
  Progress silent;
  return load_dataset(small_tuning_plan(), "", silent);
}

TEST_CASE("Selection data knows nothing of the test triples", "[run][tune]") {
  const datasets::Dataset whole = tiny_data();
  const datasets::Dataset data = without_test_triples(whole);
  const auto same = [](auto a, auto b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
  };
  CHECK(same(data.graph.train(), whole.graph.train()));
  CHECK(same(data.graph.valid(), whole.graph.valid()));
  CHECK(same(data.graph.test(), whole.graph.valid()));
  REQUIRE(data.attributes.sensitive().size() == whole.attributes.sensitive().size());
  // A value stated in the test list alone is unknown now.
  std::uint64_t forgotten = 0;
  for (std::size_t j = 0; j < data.attributes.sensitive().size(); ++j) {
    const datasets::PersonAttribute& before = whole.attributes.sensitive()[j];
    const datasets::PersonAttribute& after = data.attributes.sensitive()[j];
    CHECK(same(before.train_persons(), after.train_persons()));
    for (const EntityId person : whole.attributes.persons()) {
      forgotten += before.all_values(person).size() - after.all_values(person).size();
    }
  }
  CHECK(forgotten > 0);
}

TEST_CASE("The selection half and the others share no person and leave none out", "[run][tune]") {
  const datasets::Dataset data = tiny_data();
  CHECK_FALSE(asked_of_some(data, "all"));
  const auto half = asked_of_some(data, "selection");
  const auto rest = asked_of_some(data, "others");
  REQUIRE(half);
  REQUIRE(rest);
  for (std::size_t j = 0; j < data.attributes.sensitive().size(); ++j) {
    const auto all = data.attributes.sensitive()[j].train_persons();
    const auto a = half->attributes.sensitive()[j].train_persons();
    const auto b = rest->attributes.sensitive()[j].train_persons();
    CHECK(a.size() > all.size() / 3);
    CHECK(b.size() > all.size() / 3);
    std::vector<EntityId> joined(a.begin(), a.end());
    joined.insert(joined.end(), b.begin(), b.end());
    std::sort(joined.begin(), joined.end());
    CHECK(std::equal(joined.begin(), joined.end(), all.begin(), all.end()));
    // Candidates are still the commonest values of all persons.
    const auto counts = data.attributes.sensitive()[j].train_counts();
    const auto counts_now = half->attributes.sensitive()[j].train_counts();
    CHECK(std::equal(counts.begin(), counts.end(), counts_now.begin(), counts_now.end()));
  }
  CHECK(half->attributes.persons().size() == data.attributes.persons().size());
}

TEST_CASE("Every system with weights gets the same number of trials, each with its own record",
          "[run][tune]") {
  struct Warned final : Progress {
    std::vector<std::string> messages;
    void warn(std::string_view message) override { messages.emplace_back(message); }
  };
  const tests::TemporaryDirectory folder;
  Warned progress;
  const Plan plan = small_tuning_plan();
  Tuner tuner(plan, tuning_with("3"), in(folder.path() / "search"), progress);
  tuner.run();
  for (const std::string& message : progress.messages) {
    CHECK_THAT(message, !Catch::Matchers::Contains("nothing to resume"));
  }
  std::map<std::string, int> spent;
  for (const reports::TrialLine& trial : tuner.search().trials) {
    ++spent[trial.system];
    const Plan there = parse_plan(
        tests::read_file(folder.path() / "search" / trial.folder / "plan.toml"), "plan.toml");
    CHECK(there.evaluation().text("set") == "valid");
    CHECK(there.evaluation().text("persons") == "selection");
    CHECK(there.seeds == std::vector<std::uint64_t>{0});
    CHECK(plan_hash(there).hex() == trial.plan_hash);
    for (const auto& [name, value] : trial.values) {
      CHECK(value_text(there.system(trial.system).value(name)) ==
            value_text(ParameterValue(value)));
    }
    for (const auto& [name, word] : trial.words) {
      CHECK(there.system(trial.system).text(name) == word);
    }
    CHECK(trial.words.size() == (trial.system == "kl" ? 3U : trial.system == "bose" ? 2U : 0U));
  }
  CHECK(spent ==
        std::map<std::string, int>{{"basic", 1}, {"kl", 3}, {"bose", 3}, {"no-sensitive", 1}});

  // The plan that was found is a plan file, and differs from the one it began with in weights only.
  const Plan tuned = parse_plan(tests::read_file(tuner.tuned_plan()), "tuned.toml");
  CHECK(tuned == tuner.tuned());
  CHECK(tuned.systems == plan.systems);
  CHECK(tuned.seeds == plan.seeds);
  CHECK(tuned.evaluation().entries() == plan.evaluation().entries());
  for (const reports::TrialLine& trial : tuner.search().trials) {
    if (trial.system != "bose") continue;
    REQUIRE(trial.values.size() == 3);
    const bool best =
        std::ranges::all_of(trial.values,
                            [&](const auto& value) {
                              return tuned.system("bose").real(value.first) == value.second;
                            }) &&
        tuned.system("bose").text("compose") == trial.words[0].second;
    for (const reports::TrialLine& other : tuner.search().trials) {
      if (best && other.system == "bose") {
        CHECK_FALSE(better(other.result(), trial.result()));
      }
    }
  }
  // The weights alone are a plan's tables too, words in quotes.
  CHECK(parse_plan(tests::read_file(tuner.weights()), "weights.toml").preset == "planted-people");
  CHECK_THAT(reports::render_markdown(reports::tuning_table(tuner.search())),
             Catch::Matchers::Contains("gamma") && Catch::Matchers::Contains("valid MRR"));
}

TEST_CASE("All systems are searched with the negatives that Basic ranks best with", "[run][tune]") {
  const tests::TemporaryDirectory folder;
  Progress silent;
  Plan plan = small_tuning_plan();
  plan.systems = {"kl", "no-sensitive"};
  const Parameters tuning = tuning_with("2", "3");
  Tuner tuner(plan, tuning, in(folder.path() / "search"), silent);
  tuner.run();
  const auto shared = tuner.search().trials_of("basic");
  REQUIRE(shared.size() == 3);
  const reports::TrialLine* best = shared.front();
  for (const reports::TrialLine* trial : shared) {
    CHECK(trial->violation == 0.0);
    REQUIRE(trial->mrr);
    if (*trial->mrr > *best->mrr) best = trial;
  }
  CHECK(shared[0]->values[0].second ==
        static_cast<double>(plan.training().integer("uniform_negatives")));
  CHECK(shared[1]->values != shared[0]->values);
  const auto is_trained_with_the_best = [&](const Plan& there) {
    return static_cast<double>(there.training().integer("uniform_negatives")) ==
               best->values[0].second &&
           there.training().flag("in_batch_negatives") == (best->words[0].second == "true");
  };
  for (const char* system : {"kl", "no-sensitive"}) {
    for (const reports::TrialLine* trial : tuner.search().trials_of(system)) {
      INFO(trial->folder);
      CHECK(is_trained_with_the_best(parse_plan(
          tests::read_file(folder.path() / "search" / trial->folder / "plan.toml"), "plan.toml")));
    }
  }
  CHECK(is_trained_with_the_best(tuner.tuned()));
  CHECK_THAT(tests::read_file(tuner.weights()), Catch::Matchers::Contains("[training]\n"));
  CHECK(is_trained_with_the_best(parse_plan(tests::read_file(tuner.weights()), "weights.toml")));

  // What the others are compared with is the best trial's run, not the first one's or the last's.
  const auto part = folder.path() / "part";
  CHECK_THROWS_AS(Tuner(plan, tuning, {{part, false, "", false, "now"}, 4}, silent).run(),
                  Interrupted);
  Tuner resumed(plan, tuning, in(part, true), silent);
  resumed.run();
  CHECK(timeless(resumed.search().trials) == timeless(tuner.search().trials));
}

TEST_CASE("A trial of several seeds is judged by its means", "[run][tune]") {
  const tests::TemporaryDirectory folder;
  Progress silent;
  Plan plan = small_tuning_plan();
  plan.systems = {"basic", "kl"};
  plan.seeds = {4, 5, 6};
  Parameters tuning = tuning_with("1");
  tuning.set("trial_seeds", std::string_view("2"), "test");
  Tuner tuner(plan, tuning, in(folder.path() / "search"), silent);
  tuner.run();
  REQUIRE(tuner.search().trials.size() == 2);
  for (const reports::TrialLine& trial : tuner.search().trials) {
    const reports::RunRecord record =
        reports::read_record(folder.path() / "search" / trial.folder / "record.jsonl");
    std::set<std::uint64_t> seeds;
    for (const reports::MeasurementLine& line : record.measurements) seeds.insert(line.seed);
    CHECK(seeds == std::set<std::uint64_t>{4, 5});
    double sum = 0.0;
    for (const reports::MeasurementLine& line : record.measurements) {
      const auto is = [&](const char* facet, const char* value) {
        const auto found = line.facets.find(facet);
        return found != line.facets.end() && found->second == value;
      };
      if (line.system == trial.system && line.metric == "link_prediction.mrr" &&
          is("set", "without_sensitive") && is("filter", "filtered") && is("side", "both") &&
          is("ties", "realistic")) {
        sum += line.measurement.value();
      }
    }
    REQUIRE(trial.mrr);
    CHECK(*trial.mrr == Approx(sum / 2).epsilon(1e-12));
  }
  CHECK(tuner.tuned().seeds == plan.seeds);

  tuning.set("trial_seeds", std::string_view("4"), "test");
  CHECK_THROWS_WITH(Tuner(plan, tuning, in(folder.path() / "more"), silent),
                    Catch::Matchers::Contains("4 for a plan with 3 of them") &&
                        Catch::Matchers::Contains("--seeds 4"));
  CHECK_FALSE(std::filesystem::exists(folder.path() / "more"));
}

TEST_CASE("An interrupted search goes on to the trials of a whole one", "[run][tune]") {
  const tests::TemporaryDirectory folder;
  Progress silent;
  const Plan plan = small_tuning_plan();
  const Parameters tuning = tuning_with("4");
  Tuner whole(plan, tuning, in(folder.path() / "whole"), silent);
  whole.run();
  const auto part = folder.path() / "part";
  CHECK_THROWS_AS(Tuner(plan, tuning, in(part, false, 3), silent).run(), Interrupted);
  // A crash may tear the last line: that trial is read back from its own record.
  const std::string text = tests::read_file(part / "search.jsonl");
  tests::write_file(part / "search.jsonl", text.substr(0, text.size() - 5));
  CHECK_THROWS_AS(Tuner(plan, tuning, in(part), silent), InputError);
  CHECK_THROWS_AS(Tuner(plan, tuning_with("5"), in(part, true), silent), InputError);
  Tuner resumed(plan, tuning, in(part, true), silent);
  CHECK(resumed.search().trials.size() == 2);
  resumed.run();
  CHECK(timeless(resumed.search().trials) == timeless(whole.search().trials));
  CHECK(tests::read_file(resumed.tuned_plan()) == tests::read_file(whole.tuned_plan()));
}

TEST_CASE("A search goes on with no trial that says something else than its run", "[run][tune]") {
  const tests::TemporaryDirectory folder;
  Progress silent;
  const Plan plan = small_tuning_plan();
  const auto search = folder / "search";
  Tuner(plan, tuning_with("1"), in(search), silent).run();
  const std::string text = tests::read_file(search / "search.jsonl");
  const std::size_t at = text.rfind("\"mrr\":0.");
  REQUIRE(at != std::string::npos);
  std::string edited = text;
  edited.replace(at + 8, 1, "9");
  tests::write_file(search / "search.jsonl", edited);
  CHECK_THROWS_WITH(Tuner(plan, tuning_with("1"), in(search, true), silent).run(),
                    Catch::Matchers::Contains("search.jsonl: trial 1 of ") &&
                        Catch::Matchers::Contains("record.jsonl gives"));
  tests::write_file(search / "search.jsonl", text);
  CHECK_NOTHROW(Tuner(plan, tuning_with("1"), in(search, true), silent).run());
}

TEST_CASE("A search that goes on with nothing begins in a folder that holds nothing else",
          "[run][tune]") {
  const tests::TemporaryDirectory folder;
  tests::write_file(folder / "weights.toml", "precious");
  Progress silent;
  CHECK_THROWS_WITH(Tuner(small_tuning_plan(), tuning_with("1"), in(folder.path(), true), silent),
                    Catch::Matchers::Contains("'weights.toml' is there already"));
  CHECK(tests::read_file(folder / "weights.toml") == "precious");
  CHECK_FALSE(std::filesystem::exists(folder / "search.jsonl"));
}

TEST_CASE("A limit in seconds ends every system's search alike, never before its first trial",
          "[run][tune]") {
  const tests::TemporaryDirectory folder;
  Progress silent;
  Parameters tuning = tuning_with("4");
  tuning.set("budget_seconds", std::string_view("1e-9"), "test");
  Tuner tuner(small_tuning_plan(), tuning, in(folder.path() / "search"), silent);
  tuner.run();
  CHECK(tuner.search().trials.size() == 4);  // basic, kl, bose, no-sensitive
}

TEST_CASE("A search record with an edited trial is refused with its place", "[run][tune]") {
  const tests::TemporaryDirectory folder;
  Progress silent;
  const Parameters tuning = tuning_with("2");
  const auto search = folder.path() / "search";
  CHECK_THROWS_AS(Tuner(small_tuning_plan(), tuning, in(search, false, 2), silent).run(),
                  Interrupted);
  const std::string text = tests::read_file(search / "search.jsonl");
  const auto cut = text.rfind("\"weight_gender\"");
  REQUIRE(cut != std::string::npos);
  tests::write_file(search / "search.jsonl",
                    text.substr(0, cut) + text.substr(text.find("\"weight_", cut + 1)));
  CHECK_THROWS_WITH(Tuner(small_tuning_plan(), tuning, in(search, true), silent).run(),
                    Catch::Matchers::Contains("trial 1 of kl"));
  tests::write_file(search / "search.jsonl", text.substr(0, text.find('\n') + 1) + "nonsense\n");
  CHECK_THROWS_WITH(Tuner(small_tuning_plan(), tuning, in(search, true), silent),
                    Catch::Matchers::Contains("search.jsonl:2"));
}

TEST_CASE("A search is on record with its data, and goes on with the same data alone",
          "[run][tune]") {
  const tests::TemporaryDirectory folder;
  Progress silent;
  const Parameters tuning = tuning_with("2");
  const auto search = folder.path() / "search";
  CHECK_THROWS_AS(Tuner(small_tuning_plan(), tuning, in(search, false, 2), silent).run(),
                  Interrupted);
  const datasets::Dataset data = tiny_data();
  const reports::SearchRecord record = reports::read_search(search / "search.jsonl");
  CHECK(record.search.job.dataset == data.id);
  CHECK(record.search.job.graph_hash == data.graph.digest().hex());
  CHECK(record.search.job.data_files.size() == data.files.size());
  CHECK(record.search.job.plan_hash == plan_hash(small_tuning_plan()).hex());

  std::string text = tests::read_file(search / "search.jsonl");
  text.replace(text.find(record.search.job.graph_hash), 4, "beef");
  tests::write_file(search / "search.jsonl", text);
  try {
    const Tuner other(small_tuning_plan(), tuning, in(search, true), silent);
    FAIL("other data were accepted");
  } catch (const InputError& error) {
    CHECK(error.code() == ExitCode::kNotComparable);
    CHECK_THAT(error.what(), Catch::Matchers::Contains("another data"));
  }
}

TEST_CASE("Two processes do not write one search", "[run][tune]") {
  const tests::TemporaryDirectory folder;
  Progress silent;
  const Tuner first(small_tuning_plan(), tuning_with("2"), in(folder.path() / "search"), silent);
  CHECK_THROWS_WITH(
      Tuner(small_tuning_plan(), tuning_with("2"), in(folder.path() / "search", true), silent),
      Catch::Matchers::Contains("another process"));
}

/// Neutral's plain steps are far too large for the weight of gender that the plan begins with;
/// within the range of the search they are small.
Plan diverging_plan() {
  return resolve_plan({std::nullopt,
                       "plan",
                       {{"dataset.planted-people.entities", "1000", "test"},
                        {"training.dimension", "8", "test"},
                        {"training.epochs", "4", "test"},
                        {"training.optimizer", "sgd", "test"},
                        {"training.learning_rate", "0.01", "test"},
                        {"training.initial_scale", "0.1", "test"},
                        {"seeds", "1", "test"},
                        {"systems", "basic,neutral,no-sensitive", "test"},
                        {"system.neutral.update", "sgd", "test"},
                        {"system.neutral.learning_rate", "1", "test"},
                        {"system.neutral.weight_gender", "1e6", "test"},
                        {"metrics", "link_prediction", "test"},
                        {"run.threads", "1", "test"}}});
}

TEST_CASE("A trial that diverges is on record as failed, and the search goes on and resumes",
          "[run][tune][divergence]") {
  const tests::TemporaryDirectory folder;
  Progress silent;
  const Parameters tuning = tuning_with("3");
  const Plan plan = diverging_plan();
  Tuner whole(plan, tuning, in(folder / "whole"), silent);
  whole.run();
  const auto trials = whole.search().trials_of("neutral");
  REQUIRE(trials.size() == 3);
  CHECK_THAT(trials[0]->failure, Catch::Matchers::StartsWith("diverged at epoch "));
  CHECK_FALSE(trials[0]->mrr);
  CHECK(trials[0]->violation > 0.0);
  for (const std::size_t later : {1U, 2U}) {
    CHECK(trials[later]->failure.empty());
    CHECK(trials[later]->mrr);
  }
  CHECK(whole.search().trials_of("no-sensitive").front()->mrr);
  // The values that diverged are not what the search found.
  CHECK(whole.search().best_of("neutral")->number > 1);
  CHECK(whole.tuned().system("neutral").real("weight_gender") < 1e6);
  CHECK_THAT(reports::render_markdown(reports::tuning_table(whole.search())),
             Catch::Matchers::Contains("1 of 3 trials of neutral failed: diverged at epoch") &&
                 Catch::Matchers::Contains("(trial 1)."));

  // Interrupted right after the failure, and in the middle of the line that tells of it.
  const auto part = folder / "part";
  CHECK_THROWS_AS(Tuner(plan, tuning, in(part, false, 2), silent).run(), Interrupted);
  const std::string text = tests::read_file(part / "search.jsonl");
  CHECK_THAT(text, Catch::Matchers::Contains("diverged"));
  tests::write_file(part / "search.jsonl", text.substr(0, text.size() - 5));
  Tuner resumed(plan, tuning, in(part, true), silent);
  resumed.run();
  CHECK(timeless(resumed.search().trials) == timeless(whole.search().trials));
}

TEST_CASE("Where every trial of a system diverges, the plan keeps its own values",
          "[run][tune][divergence]") {
  const tests::TemporaryDirectory folder;
  Progress silent;
  Tuner tuner(diverging_plan(), tuning_with("1"), in(folder / "search"), silent);
  tuner.run();
  const reports::TrialLine* best = tuner.search().best_of("neutral");
  REQUIRE(best != nullptr);
  CHECK_FALSE(best->result().feasible());
  CHECK(tuner.tuned().system("neutral").real("weight_gender") == 1e6);
  CHECK_THAT(tests::read_file(tuner.weights()), !Catch::Matchers::Contains("neutral"));
  CHECK_THAT(reports::render_markdown(reports::tuning_table(tuner.search())),
             Catch::Matchers::Contains("failed: diverged at epoch"));
}

/// Whether a preset has the best trial's values, and one for every parameter that was searched.
void check_preset(const std::string& preset, const reports::SearchRecord& search,
                  const std::string& system) {
  INFO(preset << ", " << system);
  const Plan plan = resolve_plan(
      {std::nullopt, "plan", {{"preset", preset, "test"}, {"systems", system, "test"}}});
  const reports::TrialLine* best = search.best_of(system);
  REQUIRE(best != nullptr);
  CHECK_FALSE(best->values.empty());
  for (const auto& [parameter, value] : best->values) {
    INFO(parameter);
    CHECK(parse_double(value_text(plan.system(system).value(parameter))) == value);
  }
  for (const auto& [parameter, word] : best->words) {
    INFO(parameter);
    CHECK(plan.system(system).text(parameter) == word);
  }
}

reports::SearchRecord committed_search(const std::string& name) {
  return reports::read_search(tests::source_file("suite/plan/presets/searches/" + name + ".jsonl"));
}

TEST_CASE("The preset of FB13 holds the best weights of Bose that are on record", "[run][tune]") {
  check_preset("fb13", committed_search("fb13"), "bose");
}

TEST_CASE("The presets of FB15k-237 and FB15K hold what the same search found for every row",
          "[run][tune]") {
  const std::map<std::string, std::string> searches = {{"bose", "bose"},
                                                       {"kl", "kl"},
                                                       {"kl+attr", "kl-attr"},
                                                       {"neutral", "neutral"},
                                                       {"neutral+attr", "neutral-attr"}};
  for (const auto& [system, name] : searches) {
    const reports::SearchRecord search = committed_search("fb15k-237-dot-" + name);
    INFO(system);
    CHECK(search.best_of(system)->result().feasible());
    for (const char* preset : {"fb15k-237-dot", "fb15k-searched"})
      check_preset(preset, search, system);
  }
  // Of the others some meet the demands with no weights.
  const reports::SearchRecord others = committed_search("fb15k-237-dot-others");
  for (const char* system : {"inlp", "hard-debias", "rebalance", "fan", "gradient-reversal"}) {
    check_preset("fb15k-237-dot", others, system);
  }
}

}  // namespace
}  // namespace kgaudit::run
