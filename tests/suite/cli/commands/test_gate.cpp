#include <cstring>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/packed_bytes.hpp"
#include "tests/suite/cli/program_run.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit::tests;
namespace fs = std::filesystem;
using Catch::Matchers::Contains;

TEST_CASE("A gate passes the same run, fails a worse one and knows one of other data",
          "[cli][gate]") {
  const ProgramRun kgaudit;
  const std::string bench =
      "bench --set dataset.planted-people.entities=1000 --dimension 8 --seeds 3 --systems basic "
      "--metrics link_prediction,score_gap --threads 1 ";
  REQUIRE(kgaudit(bench + "--epochs 4 --out good").exit_code == 0);
  REQUIRE(kgaudit(bench + "--epochs 1 --out worse").exit_code == 0);
  REQUIRE(kgaudit(bench + "--epochs 1 --set dataset.planted-people.data_seed=5 --out other")
              .exit_code == 0);

  // The first run without a baseline says what to do, and doing it works.
  const Outcome first = kgaudit("gate check good");
  CHECK(first.exit_code == 4);
  CHECK_THAT(first.err, Contains("kgaudit gate init RUN"));
  const Outcome init = kgaudit("gate init good");
  CHECK(init.exit_code == 0);
  CHECK_THAT(init.out, Contains("kgaudit-baseline.json") && Contains("kgaudit.toml"));
  CHECK(kgaudit("gate init good").exit_code == 2);

  const Outcome same = kgaudit("gate check good");
  CHECK(same.exit_code == 0);
  CHECK_THAT(same.out, Contains("Pass: "));

  const Outcome worse = kgaudit("gate check worse --write junit,markdown,sarif --out ci");
  CHECK(worse.exit_code == 1);
  CHECK_THAT(worse.out,
             Contains("Regression: ") && Contains("basic / MRR") && Contains("kgaudit.toml:"));
  CHECK_THAT(read_file(kgaudit.folder() / "ci/gate.md"), Contains("basic / MRR"));
  CHECK_THAT(read_file(kgaudit.folder() / "ci/gate-junit.xml"), Contains("<failure"));
  const Outcome reported = kgaudit("gate check worse --report-only --json");
  CHECK(reported.exit_code == 0);
  CHECK(nlohmann::json::parse(reported.out)["exit_code"] == 1);
  CHECK_THAT(reported.err, Contains("ends with 0 in place of 1"));
  const Outcome nothing_to_write = kgaudit("gate check worse --out elsewhere");
  CHECK(nothing_to_write.exit_code == 2);
  CHECK_THAT(nothing_to_write.err, Contains("--write"));
  CHECK_FALSE(fs::exists(kgaudit.folder() / "elsewhere"));

  const Outcome other = kgaudit("gate check other");
  CHECK(other.exit_code == 4);
  CHECK_THAT(other.out, Contains("Not comparable"));

  CHECK(kgaudit("gate update worse --reason ' '").exit_code == 2);
  CHECK(kgaudit("gate update worse --reason 'fewer epochs are wanted'").exit_code == 0);
  CHECK(kgaudit("gate check worse").exit_code == 0);
  const Outcome shown = kgaudit("gate show");
  CHECK_THAT(shown.out, Contains("first baseline") && Contains("fewer epochs are wanted"));
  CHECK(kgaudit("gate diff good").exit_code == 0);
  // A limit is shown as one, beside what was measured.
  write_file(kgaudit.folder() / "limit.toml",
             "[gate]\n[[gate.rule]]\nfigure = \"mrr\"\nat_most = 0.01\n");
  const Outcome limit = kgaudit("gate check worse --rules limit.toml");
  CHECK(limit.exit_code == 1);
  CHECK_THAT(limit.out, Contains("limit at_most = 0.01 by") && Contains("at most 0.0100"));
  // Two records without a baseline in between.
  CHECK(kgaudit("gate check worse --against good").exit_code == 1);
}

TEST_CASE("A gate refuses a typing slip, an edited baseline and a missing file", "[cli][gate]") {
  const ProgramRun kgaudit;
  REQUIRE(kgaudit(std::string(kTinyBench) + "--out run").exit_code == 0);
  REQUIRE(kgaudit("gate init run").exit_code == 0);
  const Outcome one_file = kgaudit("gate init run --rules one.toml --baseline ./one.toml");
  CHECK(one_file.exit_code == 2);
  CHECK_FALSE(fs::exists(kgaudit.folder() / "one.toml"));
  const Outcome format = kgaudit("gate check run --write junt");
  CHECK(format.exit_code == 2);
  CHECK_THAT(format.err, Contains("'junit'"));
  const std::string rules = read_file(kgaudit.folder() / "kgaudit.toml");
  write_file(kgaudit.folder() / "kgaudit.toml",
             rules + "\n[[gate.rule]]\nfigure = \"mrr_otherz\"\nmargin = 1\n");
  const Outcome slip = kgaudit("gate check run");
  CHECK(slip.exit_code == 2);
  CHECK_THAT(slip.err, Contains("'mrr_others'"));
  write_file(kgaudit.folder() / "kgaudit.toml", rules);
  write_file(kgaudit.folder() / "kgaudit-baseline.json", "{\"schema\": 1");
  CHECK(kgaudit("gate check run").exit_code == 5);
  CHECK(kgaudit("gate check nowhere").exit_code == 5);
}

namespace {

/// A shell's commands in the folder, with $KGAUDIT as the program; what they print goes through a
/// pipe, so that a limit on files does not cut it off.
std::string printed_by(const fs::path& folder, const std::string& commands) {
  const fs::path log = folder / "printed.txt";
  const std::string line = "cd '" + folder.string() + "' && export KGAUDIT='" +
                           program_file().string() + "' && { " + commands + "; } 2>&1 | cat >'" +
                           log.string() + "'";
  static_cast<void>(std::system(line.c_str()));
  return read_file(log);
}

}  // namespace

TEST_CASE("A link to a baseline that is not there is told by every command in the same way",
          "[cli][gate]") {
  const ProgramRun kgaudit;
  REQUIRE(kgaudit(std::string(kTinyBench) + "--out run").exit_code == 0);
  fs::create_symlink("nowhere.json", kgaudit.folder() / "kgaudit-baseline.json");
  write_file(kgaudit.folder() / "kgaudit.toml",
             "[gate]\n[[gate.rule]]\nfigure = \"mrr\"\nmargin = 1\n");
  for (const char* command :
       {"gate init run", "gate check run", "gate update run --reason new", "gate show"}) {
    CAPTURE(command);
    const Outcome outcome = kgaudit(command);
    CHECK(outcome.exit_code == 5);
    CHECK_THAT(outcome.err, Contains("a link to a file that is not there"));
  }
  fs::remove(kgaudit.folder() / "kgaudit-baseline.json");
  CHECK(kgaudit("gate init run").exit_code == 0);
}

TEST_CASE("What the gate says of a broken baseline works: it is moved away and made anew",
          "[cli][gate]") {
  const ProgramRun kgaudit;
  REQUIRE(kgaudit(std::string(kTinyBench) + "--seeds 2 --out run").exit_code == 0);
  REQUIRE(kgaudit("gate init run").exit_code == 0);
  const fs::path file = kgaudit.folder() / "kgaudit-baseline.json";
  write_file(file, read_file(file).substr(0, 200));
  const Outcome broken = kgaudit("gate check run");
  CHECK(broken.exit_code == 5);
  CHECK_THAT(broken.err, Contains("move it away and make a new one: kgaudit gate init RUN"));
  fs::rename(file, kgaudit.folder() / "away.json");
  CHECK(kgaudit("gate init run").exit_code == 0);
  CHECK(kgaudit("gate check run").exit_code != 5);
}

TEST_CASE("A gate writes its files before it speaks, and compares with one thing at a time",
          "[cli][gate]") {
  const ProgramRun kgaudit;
  REQUIRE(kgaudit(std::string(kTinyBench) + "--seeds 2 --out run").exit_code == 0);
  REQUIRE(kgaudit("gate init run").exit_code == 0);
  // `sh` closes the pipe before the gate says anything.
  write_file(kgaudit.folder() / "call.sh", "\"$@\" | true\n");
  static_cast<void>(kgaudit("gate check run --write json,junit --out said", "sh call.sh"));
  CHECK(fs::exists(kgaudit.folder() / "said" / "gate.json"));
  const Outcome both = kgaudit("gate check run --against run --baseline other.json");
  CHECK(both.exit_code == 2);
  CHECK_THAT(both.err, Contains("--baseline: beside --against"));
}

TEST_CASE("A packed record is read as it is, and none is appended to", "[cli][report]") {
  const ProgramRun kgaudit;
  REQUIRE(kgaudit(std::string(kTinyBench) + "--out run").exit_code == 0);
  const std::string record = read_file(kgaudit.folder() / "run/record.jsonl");
  write_file(kgaudit.folder() / "run.jsonl.gz", gzip_member(record));
  CHECK(kgaudit("report run.jsonl.gz --table").out == kgaudit("report run --table").out);
  CHECK(kgaudit("gate init run.jsonl.gz").exit_code == 0);
  write_file(kgaudit.folder() / "run.jsonl.gz", gzip_member(record).substr(0, 200));
  CHECK(kgaudit("report run.jsonl.gz").exit_code == 5);
  write_file(kgaudit.folder() / "run/record.jsonl", gzip_member(record));
  CHECK(kgaudit(std::string(kTinyBench) + "--out run --resume").exit_code == 5);
  CHECK(read_file(kgaudit.folder() / "run/record.jsonl") == gzip_member(record));
}

TEST_CASE("A gate's outputs leave a file alone that no gate wrote, and replace those of the last",
          "[cli][gate]") {
  const ProgramRun kgaudit;
  REQUIRE(kgaudit(std::string(kTinyBench) + "--out run").exit_code == 0);
  REQUIRE(kgaudit("gate init run").exit_code == 0);
  write_file(kgaudit.folder() / "gate.md", "# My notes\n");
  const Outcome refused = kgaudit("gate check run --write junit,markdown");
  CHECK(refused.exit_code == 2);
  CHECK_THAT(refused.err, Contains("gate.md") && Contains("did not write"));
  CHECK(refused.out.empty());
  CHECK(read_file(kgaudit.folder() / "gate.md") == "# My notes\n");
  CHECK_FALSE(fs::exists(kgaudit.folder() / "gate-junit.xml"));
  const std::string all = "json,markdown,junit,sarif,github,gitlab,openmetrics,badge";
  for (int night = 0; night < 2; ++night) {
    CHECK(kgaudit("gate check run --out ci --write " + all).exit_code == 0);
  }
}

TEST_CASE("A gate says what it wrote only when it is written", "[cli][gate]") {
  const ProgramRun kgaudit;
  REQUIRE(kgaudit(std::string(kTinyBench) + "--out run").exit_code == 0);
  const std::string no_room = "ulimit -f 0; $KGAUDIT gate ";
  const std::string init = printed_by(kgaudit.folder(), no_room + "init run");
  CHECK_THAT(init,
             Contains("cannot be written") && !Contains("commit both") && !Contains("baseline:"));
  CHECK_FALSE(fs::exists(kgaudit.folder() / "kgaudit-baseline.json"));
  // Where there was room for the rules alone, the same command makes the baseline later.
  const std::string elsewhere = "gate init run --rules other.toml --baseline taken/b.json";
  write_file(kgaudit.folder() / "taken", "");
  CHECK(kgaudit(elsewhere).exit_code == 2);
  CHECK(fs::exists(kgaudit.folder() / "other.toml"));
  fs::remove(kgaudit.folder() / "taken");
  CHECK(kgaudit(elsewhere).exit_code == 0);
  CHECK(kgaudit("gate check run --rules other.toml").exit_code == 0);
  REQUIRE(kgaudit("gate init run").exit_code == 0);
  const std::string before = read_file(kgaudit.folder() / "kgaudit-baseline.json");
  const std::string update =
      printed_by(kgaudit.folder(), no_room + "update run --reason 'more room is needed'");
  CHECK_THAT(update, Contains("cannot be written") && !Contains("changes so far"));
  CHECK(read_file(kgaudit.folder() / "kgaudit-baseline.json") == before);
  const std::string check = printed_by(kgaudit.folder(), no_room + "check run --write markdown");
  CHECK_THAT(check, Contains("cannot be written") && !Contains("written: "));
}

TEST_CASE("Every reason of baselines that are updated at the same time is kept", "[cli][gate]") {
  const ProgramRun kgaudit;
  REQUIRE(kgaudit(std::string(kTinyBench) + "--out run").exit_code == 0);
  REQUIRE(kgaudit("gate init run").exit_code == 0);
  const std::string printed = printed_by(
      kgaudit.folder(),
      "for i in 1 2 3 4 5; do $KGAUDIT gate update run --reason \"because $i\" & done; wait");
  const std::string shown = kgaudit("gate show").out;
  for (int i = 1; i <= 5; ++i) {
    INFO(printed);
    CHECK_THAT(shown, Contains("because " + std::to_string(i)));
  }
}

namespace {

/// Rows of 300 persons as numpy writes them. Every second person is a woman; `planted` is how far
/// that moves her along the first coordinate.
std::string nightly_export(float planted) {
  constexpr std::size_t kPersons = 300;
  constexpr std::size_t kWidth = 8;
  std::vector<float> numbers;
  std::uint32_t state = 12345;
  for (std::size_t i = 0; i < kPersons; ++i) {
    for (std::size_t k = 0; k < kWidth; ++k) {
      state = state * 1664525U + 1013904223U;
      const float noise = static_cast<float>(state >> 8U) / static_cast<float>(1U << 24U) - 0.5F;
      numbers.push_back(noise + (k == 0 && i % 2 == 1 ? planted : 0.0F));
    }
  }
  std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (300, 8), }";
  while ((header.size() + 11) % 64 != 0) header += ' ';
  header += '\n';
  std::string bytes("\x93NUMPY\x01\x00", 8);
  bytes += static_cast<char>(header.size() & 0xffU);
  bytes += static_cast<char>(header.size() >> 8U);
  bytes += header;
  return bytes.append(reinterpret_cast<const char*>(numbers.data()),
                      numbers.size() * sizeof(float));
}

}  // namespace

TEST_CASE("A nightly export with gender planted into its rows fails the build and says so",
          "[cli][gate]") {
  const ProgramRun kgaudit;
  std::string names;
  std::string people = "name,gender\n";
  for (int i = 0; i < 300; ++i) {
    const std::string name = "person" + std::to_string(i);
    names += name + "\n";
    people += name + (i % 2 == 1 ? ",female\n" : ",male\n");
  }
  write_file(kgaudit.folder() / "names.txt", names);
  write_file(kgaudit.folder() / "people.csv", people);
  const auto audit = [&](const std::string& night, float planted) {
    fs::create_directories(kgaudit.folder() / night);
    write_file(kgaudit.folder() / night / "rows.npy", nightly_export(planted));
    const Outcome done = kgaudit("audit " + night +
                                 "/rows.npy --entities names.txt --people people.csv "
                                 "--metrics leakage --threads 1 --out runs/" +
                                 night);
    INFO(done.err);
    REQUIRE(done.exit_code == 0);
  };
  audit("monday", 0.0F);
  audit("tuesday", 0.0F);
  audit("wednesday", 1.0F);
  // One night counts once, under whatever name its file is audited.
  audit("copy-of-monday", 0.0F);
  const Outcome twice = kgaudit("gate init runs/monday runs/copy-of-monday");
  CHECK(twice.exit_code == 2);
  CHECK_THAT(twice.err, Contains("runs/copy-of-monday: an audit of the same files as runs/monday"));
  REQUIRE(kgaudit("gate init runs/monday").exit_code == 0);
  CHECK(kgaudit("gate check runs/wednesday runs/wednesday").exit_code == 2);
  // Through the script that the CI systems call, with GitHub's variables.
  const fs::path gate = source_file("ci/integrations/gate");
  const std::string environment = "KGAUDIT=" + program_file().string() + " GITHUB_ACTIONS=true ";
  const auto run_gate = [&](const std::string& night) {
    const std::string command = "cd '" + kgaudit.folder().string() + "' && " + environment +
                                "GITHUB_STEP_SUMMARY=summary.md bash '" + gate.string() +
                                "' runs/" + night + " > log.txt 2>&1";
    const int status = std::system(command.c_str());
    return status / 256;
  };
  CHECK(run_gate("tuesday") == 0);
  CHECK(run_gate("wednesday") == 1);
  CHECK_THAT(read_file(kgaudit.folder() / "log.txt"), Contains("::error file=kgaudit.toml"));
  const std::string comment = read_file(kgaudit.folder() / "kgaudit-gate/gate.md");
  CHECK_THAT(comment, Contains("gender") && Contains("worse by") && Contains("interval"));
  CHECK_THAT(read_file(kgaudit.folder() / "summary.md"), Contains("regression"));
}

TEST_CASE("A plan holds rules of its own, which compare rows that were trained with the same seeds",
          "[cli][gate]") {
  const ProgramRun kgaudit;
  const std::string plan =
      "systems = [\"basic\", \"kl\"]\nseeds = 3\nmetrics = [\"link_prediction\"]\n"
      "[dataset]\nid = \"planted-people\"\n[dataset.planted-people]\nentities = 1000\n"
      "[training]\ndimension = 8\nepochs = 2\n[run]\nthreads = 1\n";
  const std::string rules =
      "[gate]\nbaseline_row = \"basic\"\n[[gate.rule]]\nfigure = \"mrr\"\nrows = [\"kl\"]\n";
  write_file(kgaudit.folder() / "plain.toml", plan);
  write_file(kgaudit.folder() / "plan.toml", plan + rules + "margin = 1\n");
  // A slip in the rules is told before anything is trained.
  write_file(
      kgaudit.folder() / "slip.toml",
      plan + "[gate]\nbaseline_row = \"basix\"\n[[gate.rule]]\nfigure = \"mrr\"\nmargin = 1\n");
  const Outcome slip = kgaudit("bench --plan slip.toml --out slip");
  CHECK(slip.exit_code == 2);
  CHECK_THAT(slip.err, Contains("slip.toml:14") && Contains("'basic'"));
  CHECK_FALSE(fs::exists(kgaudit.folder() / "slip"));

  const Outcome run = kgaudit("bench --plan plan.toml --out run");
  REQUIRE(run.exit_code == 0);
  CHECK_THAT(run.err, Contains("kgaudit gate check") && Contains("--rules plan.toml"));
  const Outcome passed = kgaudit("gate check run --rules plan.toml");
  CHECK(passed.exit_code == 0);
  CHECK_THAT(passed.out, Contains("Pass: "));
  // The rules are no part of the plan that the record holds.
  CHECK(kgaudit("bench --plan plan.toml --dump-plan").out ==
        kgaudit("bench --plan plain.toml --dump-plan").out);

  write_file(kgaudit.folder() / "better.toml", plan + rules + "at_least = 2\n");
  CHECK(kgaudit("gate check run --rules better.toml").exit_code == 1);
  const Outcome no_baseline = kgaudit("gate diff run --rules plan.toml");
  CHECK(no_baseline.exit_code == 2);
  CHECK_THAT(no_baseline.err, Contains("kgaudit gate check RUN --rules plan.toml"));
  // A hook that only reads rules and baseline has nothing to refuse.
  const Outcome shown = kgaudit("gate show --rules plan.toml --json");
  CHECK(shown.exit_code == 0);
  CHECK(nlohmann::json::parse(shown.out)["baseline_row"] == "basic");
  CHECK(kgaudit("gate calibrate run --rules plan.toml --seeds 1 --plant mrr=3% --comparisons 20")
            .exit_code == 0);
}

TEST_CASE("Calibration writes rules whose margins pass unchanged runs, and replaces no file",
          "[cli][gate]") {
  const ProgramRun kgaudit;
  REQUIRE(kgaudit("bench --set dataset.planted-people.entities=1000 --dimension 8 --epochs 3 "
                  "--seeds 4 --systems basic --metrics link_prediction,score_gap --threads 1 "
                  "--out run")
              .exit_code == 0);
  REQUIRE(kgaudit("gate init run").exit_code == 0);
  const std::string calibrate =
      "gate calibrate run --comparisons 40 --write-rules quiet/kgaudit.toml ";
  const Outcome before = kgaudit("gate calibrate run --comparisons 40 --json");
  REQUIRE(before.exit_code == 0);
  const auto counted = nlohmann::json::parse(before.out);
  CHECK(counted["rules_written"] == "");
  // Two seeds a side leave wide intervals: with the rules of `gate init` most is inconclusive.
  CHECK(counted["inconclusive"].get<int>() > 2);
  const Outcome after = kgaudit(calibrate + "--json");
  REQUIRE(after.exit_code == 0);
  const auto quiet = nlohmann::json::parse(after.out);
  CHECK(quiet["inconclusive"].get<int>() + quiet["false_alarms"].get<int>() <= 2);
  CHECK(quiet["rules_written"] == "quiet/kgaudit.toml");
  // The new rules find the baseline of the old ones, and can be used as they are.
  CHECK(kgaudit("gate check run --rules quiet/kgaudit.toml").exit_code == 0);
  const std::string written = read_file(kgaudit.folder() / "quiet/kgaudit.toml");
  const Outcome again = kgaudit(calibrate);
  CHECK(again.exit_code == 2);
  CHECK_THAT(again.err, Contains("--write-rules with another name"));
  CHECK(read_file(kgaudit.folder() / "quiet/kgaudit.toml") == written);
}
