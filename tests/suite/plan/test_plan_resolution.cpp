#include "suite/plan/plan_resolution.hpp"

#include "suite/base/error.hpp"
#include "suite/plan/plan_identity.hpp"
#include "suite/plan/plan_text.hpp"
#include "tests/suite/plan/resolved.hpp"
#include "tests/test_support.hpp"

namespace kgaudit::run {
namespace {

using Catch::Matchers::Contains;
using tests::with;

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

TEST_CASE("The default plan is the planted graph with a control, the systems of the paper and ours",
          "[run][plan]") {
  const Plan plan = with({});
  CHECK(plan.preset == "planted-people");
  CHECK(plan.dataset().text("id") == "planted-people");
  CHECK(plan.dataset_options() != nullptr);
  CHECK(plan.systems == std::vector<std::string>{"basic", "no-sensitive", "bose", "kl", "kl+attr",
                                                 "neutral", "neutral+attr"});
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

TEST_CASE("A list of seeds and a first seed on one command line are refused", "[run][plan]") {
  for (const bool list_first : {true, false}) {
    const Assignment list = {"seeds", "3,5", "--seeds"};
    const Assignment first = {"seed", "9", "--seed"};
    CHECK_THAT(complaint_of([&] {
                 return list_first ? with({list, first}) : with({first, list});
               }),
               Contains("--seed: beside a list of seeds"));
  }
  // The list of a plan file can be moved.
  CHECK(with({{"seed", "9", "--seed"}}, "seeds = [3, 5]\n").seeds ==
        std::vector<std::uint64_t>{9, 10});
}

TEST_CASE("Nonsense about seeds is refused", "[run][plan]") {
  for (const char* text : {"0", "-1", "x", "1,1", "", "[]", "1.5", "1001", "3,", ",", "1,,2"}) {
    INFO(text);
    CHECK_THROWS_AS(with({{"seeds", text, "--seeds"}}), InputError);
  }
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
  // A key typed without its table: all tables that have it.
  CHECK_THAT(complaint_of([] {
               return with({{"dimension", "10", "--set"}});
             }),
             Contains("'dimension' without its table") && Contains("try: training.dimension"));
  CHECK_THAT(complaint_of([] {
               return with({{"reduction", "sum", "--set"}});
             }),
             Contains("system.kl.reduction or system.kl+attr.reduction"));
  CHECK_THAT(complaint_of([] {
               return with({{"preset", "fb31", "--preset"}});
             }),
             Contains("did you mean 'fb13'?"));
}

TEST_CASE("A plan comes back from the JSON of its record", "[run][plan]") {
  const Plan plan = with({{"systems", "kl+attr,bose", "test"},
                          {"seeds", "[7]", "test"},
                          {"statistics.reference", "bose:a", "test"},
                          {"system.kl+attr.weight_gender", "2.5", "test"},
                          {"training.learning_rate", "0.1234567890123", "test"}});
  const Plan again = plan_from_json(to_json(plan), "the record");
  CHECK(again == plan);
  CHECK(plan_hash(again) == plan_hash(plan));
}

TEST_CASE("JSON that is no plan of this version is refused at its place", "[run][plan]") {
  const std::string json = to_json(with({}));
  const auto edited = [&](const std::string& from, const std::string& to) {
    std::string text = json;
    REQUIRE(text.find(from) != std::string::npos);
    return text.replace(text.find(from), from.size(), to);
  };
  for (const std::string& text :
       {std::string("{}"), std::string("[]"), edited("\"systems\":[", "\"systems\":[\"best\","),
        edited("\"seeds\":[", "\"seeds\":[-1,"), edited("\"epochs\":", "\"epocs\":"),
        edited("\"training\":", "\"trainin\":"), edited("\"loss\":\"", "\"loss\":[1],\"x\":\""),
        edited("\"preset\":\"", "\"preset\":1,\"x\":\"")}) {
    INFO(text.substr(0, 200));
    CHECK_THROWS_WITH(plan_from_json(text, "the record"), Catch::StartsWith("the record"));
  }
}

}  // namespace
}  // namespace kgaudit::run
