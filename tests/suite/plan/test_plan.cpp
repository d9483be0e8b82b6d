#include "suite/plan/plan.hpp"

#include "models/training/system.hpp"
#include "suite/base/error.hpp"
#include "suite/plan/presets.hpp"
#include "tests/test_support.hpp"

namespace kgaudit::run {
namespace {

using Catch::Matchers::Contains;

Plan with(std::vector<Assignment> assignments, std::optional<std::string> file = std::nullopt) {
  return resolve_plan({std::move(file), "my.toml", std::move(assignments)});
}

/// The message of the InputError that `make` throws; fails if it throws none.
template <typename Make>
std::string complaint_of(Make make) {
  try {
    static_cast<void>(make());
  } catch (const InputError& error) {
    CHECK(error.code() == ExitCode::kUsage);
    return error.what();
  }
  FAIL("nothing was thrown");
  return "";
}

TEST_CASE("A printed plan reads back as the same plan", "[run][plan]") {
  for (const Preset& preset : presets()) {
    const Plan plan = with({{"preset", std::string(preset.name), "--preset"},
                            {"seeds", "7,3", "--seeds"},
                            {"systems", "kl+attr,basic", "--systems"},
                            {"training.learning_rate", "0.1234567890123", "--set"}});
    INFO(print(plan));
    const Plan again = parse_plan(print(plan));
    CHECK(again == plan);
    CHECK(print(again) == print(plan));
    CHECK(plan_hash(again) == plan_hash(plan));
  }
}

TEST_CASE("A text with quotes and control characters survives printing", "[run][plan]") {
  const Plan plan = with({{"run.out", "a \"b\"\\c\td", "--out"}});
  CHECK(parse_plan(print(plan)).execution().text("out") == "a \"b\"\\c\td");
}

TEST_CASE("The default plan is the planted graph with the systems of the paper", "[run][plan]") {
  const Plan plan = with({});
  CHECK(plan.preset == "planted-people");
  CHECK(plan.dataset().text("id") == "planted-people");
  CHECK(plan.dataset_options() != nullptr);
  CHECK(plan.systems == std::vector<std::string>{"basic", "bose", "kl", "kl+attr"});
}

TEST_CASE("Later ingredients win: preset, then file, then command line", "[run][plan]") {
  const std::string file = "[training]\nepochs = 11\ndimension = 12\n";
  const Plan plan = with({{"training.dimension", "13", "--dimension"}}, file);
  CHECK(plan.training().integer("epochs") == 11);
  CHECK(plan.training().integer("dimension") == 13);
}

TEST_CASE("The preset follows the dataset unless one is named", "[run][plan]") {
  CHECK(with({{"dataset.id", "fb13", "--dataset"}}).preset == "fb13");
  CHECK(with({}, "[dataset]\nid = \"codex-s\"\n").preset == "codex-s");
  CHECK(with({{"dataset.triples", "some/folder", "--triples"}}).preset == "default");
  CHECK(with({{"dataset.id", "fb13", "--dataset"}, {"preset", "default", "--preset"}}).preset ==
        "default");
}

TEST_CASE("A graph of the user's takes the place of the roster's", "[run][plan]") {
  const Plan plan = with({{"dataset.triples", "some/folder/", "--triples"}});
  CHECK(plan.dataset().text("id").empty());
  CHECK(plan.dataset_options() == nullptr);
}

TEST_CASE("A dataset named on the command line takes the place of the file's own graph",
          "[run][plan]") {
  const Plan plan = with({{"dataset.id", "fb13", "--dataset"}}, "[dataset]\ntriples = 'mine'\n");
  CHECK(plan.dataset().text("id") == "fb13");
  CHECK(plan.dataset().text("triples").empty());
  CHECK(plan.preset == "fb13");
}

TEST_CASE("Seeds are a number, a list, or a number from a first seed", "[run][plan]") {
  using Seeds = std::vector<std::uint64_t>;
  CHECK(with({{"seeds", "2", "--seeds"}}).seeds == Seeds{0, 1});
  CHECK(with({{"seeds", "[4]", "--seeds"}}).seeds == Seeds{4});
  CHECK(with({{"seeds", "9, 2", "--seeds"}}).seeds == Seeds{9, 2});
  CHECK(with({{"seeds", "2", "--seeds"}, {"seed", "10", "--seed"}}).seeds == Seeds{10, 11});
  CHECK(with({}, "seeds = [3, 1]\n").seeds == Seeds{3, 1});
  CHECK(with({}, "seeds = 2\nseed = 5\n").seeds == Seeds{5, 6});
}

TEST_CASE("Nonsense about seeds is refused", "[run][plan]") {
  for (const char* text : {"0", "-1", "x", "1,1", "", "[]", "1.5", "1001"}) {
    INFO(text);
    CHECK_THROWS_AS(with({{"seeds", text, "--seeds"}}), InputError);
  }
}

TEST_CASE("A plan holds the tables of what it lists and no others", "[run][plan]") {
  const Plan plan = with({{"systems", "basic", "--systems"}}, "[system.kl]\n");
  for (const PlanSection& section : plan.sections) CHECK(section.path != "system.kl");
  CHECK_THROWS_AS(plan.system("kl"), BrokenInvariant);
}

TEST_CASE("Threads and output folder change neither the plan's hash nor its record",
          "[run][plan]") {
  const Plan plan = with({});
  const Plan elsewhere = with({{"run.threads", "3", "--threads"}, {"run.out", "there", "--out"}});
  CHECK_FALSE(plan == elsewhere);
  CHECK(plan_hash(plan) == plan_hash(elsewhere));
  CHECK(to_json(plan) == to_json(elsewhere));
  CHECK_FALSE(plan_hash(plan) == plan_hash(with({{"training.epochs", "3", "--epochs"}})));
}

TEST_CASE("A mistake in a plan file is named with file, line and column", "[run][plan]") {
  CHECK_THAT(complaint_of([] { return with({}, "[training]\nepochs = 0\n"); }),
             Contains("my.toml:2:1") && Contains("epochs") && Contains("out of range"));
  CHECK_THAT(complaint_of([] { return with({}, "[training]\nepocs = 3\n"); }),
             Contains("my.toml:2:1") && Contains("did you mean 'epochs'?"));
  CHECK_THAT(complaint_of([] { return with({}, "[trainin]\nepochs = 3\n"); }),
             Contains("my.toml:1") && Contains("did you mean 'training'?"));
  CHECK_THAT(complaint_of([] { return with({}, "sytems = ['basic']\n"); }),
             Contains("my.toml:1:1") && Contains("did you mean 'systems'?"));
  CHECK_THAT(complaint_of([] { return with({}, "systems = ['basik']\n"); }),
             Contains("my.toml:1:1") && Contains("did you mean 'basic'?"));
  CHECK_THAT(complaint_of([] { return with({}, "systems = ['kl', 'kl']\n"); }),
             Contains("listed twice"));
  CHECK_THAT(complaint_of([] { return with({}, "x = \n"); }), Contains("my.toml:1:"));
  // toml++ stops at a NUL byte: what follows would be left out without a word.
  CHECK_THAT(complaint_of(
                 [] { return with({}, std::string("seeds = 2\n\0[training]\nepochs = 3\n", 33)); }),
             Contains("my.toml:2: a NUL byte"));
  CHECK_THAT(complaint_of([] { return with({}, "a" + std::string(200, '.') + "b = 1\n"); }),
             Contains("my.toml:1"));
  CHECK_THAT(complaint_of([] { return with({}, "[training]\nepochs = [1]\n"); }),
             Contains("my.toml:2:"));
  CHECK_THAT(complaint_of([] { return with({}, "[training]\nepochs = \"many\"\n"); }),
             Contains("not a whole number"));
}

TEST_CASE("A mistake on the command line is named with the option", "[run][plan]") {
  CHECK_THAT(complaint_of([] {
               return with({{"training.dim", "3", "--set"}});
             }),
             Contains("--set") && Contains("unknown parameter 'dim'"));
  CHECK_THAT(complaint_of([] {
               return with({{"trainig.dimension", "3", "--set"}});
             }),
             Contains("did you mean 'training'?"));
  CHECK_THAT(complaint_of([] {
               return with({{"training.dimension", "x", "--dimension"}});
             }),
             Contains("--dimension") && Contains("not a whole number"));
  CHECK_THAT(complaint_of([] {
               return with({{"systems", "basic,kl", "--systems"},
                            {"statistics.reference", "bose:a", "--set"}});
             }),
             Contains("statistics.reference") && Contains("one of: basic, kl"));
  CHECK_THAT(complaint_of([] {
               return with({{"preset", "fb31", "--preset"}});
             }),
             Contains("did you mean 'fb13'?"));
}

TEST_CASE("Every preset is a valid plan that says what it is for", "[run][presets]") {
  REQUIRE(presets().size() >= 2);
  for (const Preset& preset : presets()) {
    INFO(preset.name);
    CHECK_FALSE(preset_description(preset).empty());
    CHECK(with({{"preset", std::string(preset.name), "--preset"}}).preset == preset.name);
  }
  CHECK(preset_for_dataset("no-such-dataset").name == "default");
}

TEST_CASE("Every key of a plan has a meaning and a default inside its range", "[run][plan]") {
  for (const PlanSection& section : all_plan_sections()) {
    CHECK_FALSE(section.meaning.empty());
    for (const ParameterSpec& row : section.values.table()) {
      INFO(section.path << "." << row.name);
      CHECK_FALSE(row.meaning.empty());
      Parameters fresh(section.values.table());
      CHECK_NOTHROW(fresh.set(row.name, row.default_value, "test"));
    }
  }
}

}  // namespace
}  // namespace kgaudit::run
