#include <algorithm>
#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <sys/stat.h>
#include <nlohmann/json.hpp>

#include "suite/base/hash.hpp"
#include "suite/base/sanitizers.hpp"
#include "tests/suite/cli/program_run.hpp"

/// Slips of a user and odd files: none is an internal error, none waits for ever, and what the
/// message says to try works.
namespace kgaudit::tests {
namespace {

namespace fs = std::filesystem;
using Catch::Matchers::Contains;
using Json = nlohmann::json;

TEST_CASE("Paths that the system refuses are named, with the code of their use", "[cli][errors]") {
  const ProgramRun kgaudit;
  fs::create_symlink("loop", kgaudit.folder() / "loop");
  const std::string long_name(300, 'a');
  const std::pair<std::string, int> calls[] = {
      {"report " + long_name, 5},
      {"verify " + long_name, 5},
      {"bench --plan " + long_name, 5},
      {"datasets show ./" + long_name, 5},
      {std::string(kTinyBench) + "--out " + long_name, 2},
      {"tune --budget 1 --out " + long_name, 2},
      {"report loop", 5},
      {"verify loop", 5},
      {"bench --plan loop", 5},
      {std::string(kTinyBench) + "--out loop", 2},
  };
  for (const auto& [arguments, code] : calls) {
    INFO(arguments.substr(0, 60));
    const Outcome outcome = kgaudit(arguments);
    CHECK(outcome.exit_code == code);
    CHECK_THAT(outcome.err, Contains("expected:"));
  }
}

TEST_CASE("An argument that is not UTF-8 is refused before anything is made", "[cli][errors]") {
  const ProgramRun kgaudit;
  for (const char* arguments : {"bench --json --out $'o\\xff'", "report $'o\\xff'",
                                "bench --triples $'bad\\xff'", "--set a=$'\\xff'"}) {
    INFO(arguments);
    write_file(kgaudit.folder() / "call.sh", "exec \"$@\" " + std::string(arguments) + "\n");
    const Outcome outcome = kgaudit("", "bash call.sh");
    CHECK_THAT(outcome.err, Contains("\\xff' is not UTF-8") && Contains("try:"));
    CHECK(outcome.exit_code == 2);
  }
}

TEST_CASE("Verify says what to do when there is no folder for temporary files", "[cli][verify]") {
  const ProgramRun kgaudit;
  REQUIRE(kgaudit(std::string(kTinyBench) + "--out run").exit_code == 0);
  const Outcome outcome = kgaudit("verify run", "TMPDIR=/nonexistent");
  CHECK(outcome.exit_code == 2);
  CHECK_THAT(outcome.err, Contains("TMPDIR") && Contains("--no-rerun"));
  CHECK(kgaudit("verify run --no-rerun", "TMPDIR=/nonexistent").exit_code == 0);
}

TEST_CASE("Threads that the system does not give are an error of the command line",
          "[cli][errors]") {
  if (kSanitized) KGA_SKIP("sanitizers need the memory that this test takes away");
  const ProgramRun kgaudit;
  write_file(kgaudit.folder() / "call.sh", "ulimit -v 500000; exec \"$@\"\n");
  const Outcome outcome =
      kgaudit(std::string(kTinyBench) + "--threads 300 --out run", "sh call.sh");
  CHECK(outcome.exit_code == 2);
  CHECK_THAT(outcome.err, Contains("of 300 could be made") && Contains("try: --threads"));
}

TEST_CASE("A system that cannot work on the graph leaves no folder, and a card is proposed",
          "[cli][errors]") {
  const ProgramRun kgaudit;
  fs::create_directories(kgaudit.folder() / "town");
  std::string triples;
  for (int i = 0; i < 40; ++i) {
    triples += fmt::format("p{}\tgender\t{}\np{}\tprofession\tjob{}\n", i,
                           i % 2 == 0 ? "male" : "female", i, i % 3);
  }
  for (const char* split : {"train.txt", "valid.txt", "test.txt"}) {
    write_file(kgaudit.folder() / "town" / split, triples);
  }
  const Outcome unlabelled = kgaudit("bench --triples town --systems basic,kl --epochs 1");
  CHECK(unlabelled.exit_code == 2);
  CHECK_THAT(unlabelled.err,
             Contains("by name and shape a card could have: gender (gender, 40 persons, 2 values), "
                      "profession (profession, 40 persons, 3 values)") &&
                 Contains("kgaudit datasets propose town --out town/card.toml") &&
                 Contains("system kl") && Contains("no sensitive relation"));
  CHECK_FALSE(fs::exists(kgaudit.folder() / "kgaudit-runs"));
  REQUIRE(kgaudit("datasets propose town --out town/card.toml").exit_code == 0);
  const std::string odd = "bench --triples town --systems basic --epochs 1 --dimension 33 ";
  const Outcome uneven = kgaudit(odd + "--set training.score=rotate --out run");
  CHECK(uneven.exit_code == 2);
  CHECK_THAT(uneven.err, Contains("33 does not fit the score rotate"));
  CHECK_FALSE(fs::exists(kgaudit.folder() / "run"));
  const Outcome shown = kgaudit("datasets show ./town");
  CHECK_THAT(shown.out, Contains("40 persons, 2 values"));
  CHECK_THAT(shown.err, !Contains("no card says"));
}

TEST_CASE("A limit of file sizes is told like a full disk, and nothing half is left",
          "[cli][errors]") {
  const ProgramRun kgaudit;
  REQUIRE(kgaudit(std::string(kTinyBench) + "--out run").exit_code == 0);
  write_file(kgaudit.folder() / "call.sh", "ulimit -f 4; exec \"$@\"\n");
  for (const std::string& arguments :
       {std::string(kTinyBench) + "--out other", std::string("report run --out all --no-figures"),
        std::string("datasets make --set entities=1000 --out made")}) {
    INFO(arguments);
    const Outcome outcome = kgaudit(arguments, "sh call.sh");
    CHECK((outcome.exit_code == 2 || outcome.exit_code == 5));
    CHECK_THAT(outcome.err, Contains("File too large"));
  }
  CHECK_FALSE(fs::exists(kgaudit.folder() / "made"));
}

TEST_CASE("What a run would overwrite is refused, and an option without a value too",
          "[cli][errors]") {
  const ProgramRun kgaudit;
  write_file(kgaudit.folder() / "report.md", "precious");
  const Outcome taken = kgaudit(std::string(kTinyBench) + "--out .");
  CHECK(taken.exit_code == 2);
  CHECK_THAT(taken.err, Contains("is there already") && Contains("new or empty folder"));
  CHECK(read_file(kgaudit.folder() / "report.md") == "precious");
  for (const char* arguments :
       {"bench --epochs '' --dump-plan", "bench --plan ''", "bench --dataset ''", "report ''",
        "bench --stop-after-epochs 0", "tune --budget ''", "datasets show ''",
        "bench --seed 9223372036854775807 --seeds 2 --dump-plan",
        "bench --set statistics.alpha=0.5 --dump-plan"}) {
    INFO(arguments);
    const Outcome outcome = kgaudit(arguments);
    CHECK(outcome.exit_code == 2);
    CHECK_FALSE(outcome.err.empty());
  }
  CHECK(kgaudit("bench --seed 9223372036854775806 --seeds 2 --dump-plan").exit_code == 0);
}

TEST_CASE("Pipes and devices in place of files are refused at once", "[cli][errors]") {
  const ProgramRun kgaudit;
  REQUIRE(::mkfifo((kgaudit.folder() / "pipe").c_str(), 0600) == 0);
  for (const char* arguments :
       {"bench --plan pipe --dump-plan", "bench --plan /dev/zero --dump-plan", "report pipe",
        "report /dev/zero", "verify pipe", "datasets split pipe --out x",
        "datasets split /dev/zero --out x", "inspect pipe"}) {
    INFO(arguments);
    CHECK(kgaudit(arguments, "timeout 20").exit_code == 5);
  }
}

TEST_CASE("A broken checkpoint is got over as its message says", "[cli][bench]") {
  const ProgramRun kgaudit;
  const std::string bench = std::string(kTinyBench) + "--set run.checkpoint_every=1 --out run ";
  REQUIRE(kgaudit(bench + "--stop-after-epochs 2").exit_code == 130);
  const fs::path checkpoint = kgaudit.folder() / "run/checkpoints/basic-seed0.last";
  write_file(checkpoint, read_file(checkpoint).substr(0, 100));
  const Outcome broken = kgaudit(bench + "--resume");
  CHECK(broken.exit_code == 5);
  CHECK_THAT(broken.err,
             Contains("try: delete the folder run/checkpoints and go on with --resume"));
  fs::remove_all(kgaudit.folder() / "run/checkpoints");
  CHECK(kgaudit(bench + "--resume").exit_code == 0);
}

TEST_CASE("A run is not resumed with raw files that are not its own", "[cli][bench]") {
  const ProgramRun kgaudit;
  const std::string bench = std::string(kTinyBench) + "--seeds 2 --out run ";
  REQUIRE(kgaudit(bench).exit_code == 0);
  const std::string record = read_file(kgaudit.folder() / "run/record.jsonl");
  const fs::path one = kgaudit.folder() / "run/raw/kl-seed0.kgaraw";
  const fs::path two = kgaudit.folder() / "run/raw/kl-seed1.kgaraw";
  const std::string bytes = read_file(one);
  write_file(one, read_file(two));
  const Outcome other = kgaudit(bench + "--resume");
  CHECK(other.exit_code == 5);
  CHECK_THAT(other.err, Contains("kl-seed0.kgaraw") && Contains("as the record says"));
  CHECK(kgaudit("report run --reference kl").exit_code == 5);
  fs::remove(one);
  const Outcome gone = kgaudit(bench + "--resume");
  CHECK(gone.exit_code == 5);
  CHECK_THAT(gone.err, Contains("no such file") && Contains("put it back"));
  CHECK(kgaudit("verify run --no-rerun").exit_code == 5);
  CHECK(read_file(kgaudit.folder() / "run/record.jsonl") == record);
  write_file(one, bytes);
  CHECK(kgaudit(bench + "--resume").exit_code == 0);
}

TEST_CASE("Odd but valid records make a report", "[cli][report]") {
  const ProgramRun kgaudit;
  REQUIRE(kgaudit(std::string(kTinyBench) + "--seeds 2 --out run").exit_code == 0);
  std::istringstream lines(read_file(kgaudit.folder() / "run/record.jsonl"));
  std::string large;
  std::string bare;
  for (std::string line; std::getline(lines, line);) {
    Json json = Json::parse(line);
    const bool measured = json["kind"] == "measurement" && json.contains("value");
    if (measured && json["metric"] == "link_prediction.mrr") {
      json["value"] = json["seed"] == 0 ? 1e308 : -1e308;
      json.erase("interval");
    }
    large += json.dump() + "\n";
    if (measured && json["metric"] == "score_gap.score_quantile") json["facets"] = Json::object();
    bare += json.dump() + "\n";
  }
  for (const std::string& bytes : {large, bare}) {
    write_file(kgaudit.folder() / "odd.jsonl", bytes);
    for (const char* arguments :
         {"report odd.jsonl --format json", "report odd.jsonl --format html",
          "report odd.jsonl --spread interval"}) {
      INFO(arguments);
      CHECK(kgaudit(arguments).exit_code == 0);
    }
    CHECK(kgaudit("report odd.jsonl --out odd").exit_code == 0);
  }
}

TEST_CASE("A record without a measured value is code 7 and says so", "[cli][report]") {
  const ProgramRun kgaudit;
  REQUIRE(kgaudit(std::string(kTinyBench) + "--out run --stop-after-epochs 1").exit_code == 130);
  const Outcome outcome = kgaudit("report run");
  CHECK(outcome.exit_code == 7);
  CHECK_THAT(outcome.err, Contains("nothing was measured") && Contains("--resume"));
}

TEST_CASE("A gnuplot that does not answer is left alone", "[cli][report]") {
  const ProgramRun kgaudit;
  REQUIRE(kgaudit(std::string(kTinyBench) + "--out run").exit_code == 0);
  fs::create_directory(kgaudit.folder() / "bin");
  write_file(kgaudit.folder() / "bin/gnuplot", "#!/bin/sh\nexec sleep 600\n");
  fs::permissions(kgaudit.folder() / "bin/gnuplot", fs::perms::owner_all);
  const Outcome outcome = kgaudit("report run --out all", "PATH=$PWD/bin:$PATH timeout 60");
  CHECK(outcome.exit_code == 0);
  CHECK_THAT(outcome.err, Contains("gnuplot did not say its version within 5 seconds"));
  CHECK(fs::exists(kgaudit.folder() / "all/figures/score_gap.gp"));
}

TEST_CASE("A gnuplot that fails at once is called that", "[cli][report]") {
  const ProgramRun kgaudit;
  REQUIRE(kgaudit(std::string(kTinyBench) + "--out run").exit_code == 0);
  fs::create_directory(kgaudit.folder() / "bin");
  write_file(kgaudit.folder() / "bin/gnuplot", "#!/bin/sh\nexit 3\n");
  fs::permissions(kgaudit.folder() / "bin/gnuplot", fs::perms::owner_all);
  const Outcome outcome = kgaudit("report run --out all", "PATH=$PWD/bin:$PATH");
  CHECK(outcome.exit_code == 0);
  CHECK_THAT(outcome.err, Contains("gnuplot --version fails"));
}

TEST_CASE("A key that --set and its short form give two values is refused", "[cli][bench]") {
  const ProgramRun kgaudit;
  for (const char* options :
       {"--set training.dimension=4 --dimension 8", "--dimension 8 --set training.dimension=4"}) {
    INFO(options);
    const Outcome refused = kgaudit(std::string("bench --dump-plan ") + options);
    CHECK(refused.exit_code == 2);
    CHECK_THAT(refused.err, Contains("--dimension: 8 beside --set training.dimension=4"));
  }
  CHECK(kgaudit("bench --dump-plan --set training.dimension=8 --dimension 8").exit_code == 0);
}

TEST_CASE("A slip behind --set names the key that was set", "[cli][bench]") {
  const ProgramRun kgaudit;
  const std::string good = "bench --dump-plan --set training.dimension=8 --set ";
  for (const auto& [setting, told] : std::vector<std::pair<std::string, std::string>>{
           {"system.kl.update=own", "--set system.kl.update: unknown parameter 'update'"},
           {"training.epochs=abc", "--set training.epochs: epochs: 'abc' is not a whole number"},
           {"trainin.epochs=1", "--set trainin.epochs: unknown table 'trainin'"}}) {
    const Outcome refused = kgaudit(good + setting);
    CHECK(refused.exit_code == 2);
    CHECK_THAT(refused.err, Contains(told));
  }
}

TEST_CASE("The end of a line in a path does not begin a line of a message", "[cli]") {
  const ProgramRun kgaudit;
  const std::string path = "a\n  try: x";
  const Outcome outcome = kgaudit("report '" + path + "'");
  CHECK(outcome.exit_code == 5);
  CHECK_THAT(outcome.err, Contains("a\\x0a  try: x: "));
}

TEST_CASE("A login without https:// is no folder, and its password is not shown",
          "[cli][datasets]") {
  const ProgramRun kgaudit;
  const Outcome outcome =
      kgaudit("datasets fetch codex-s --mirror user:SECRET@host/a", "KGAUDIT_DATA=$PWD/cache");
  CHECK(outcome.exit_code == 2);
  CHECK_THAT(outcome.err, Contains("***@host/a") && Contains("https://") && !Contains("SECRET"));
}

TEST_CASE("A report goes into a folder of its own, and no file of the user's is replaced",
          "[cli][report]") {
  const ProgramRun kgaudit;
  REQUIRE(kgaudit(std::string(kTinyBench) + "--out run").exit_code == 0);
  fs::create_directory(kgaudit.folder() / "mine");
  write_file(kgaudit.folder() / "mine/report.md", "precious\n");
  const std::string report = "report run --format markdown --no-figures --out ";
  const Outcome refused = kgaudit(report + "mine");
  CHECK(refused.exit_code == 2);
  CHECK_THAT(refused.err, Contains("files that kgaudit report did not write"));
  CHECK(read_file(kgaudit.folder() / "mine/report.md") == "precious\n");
  fs::create_directories(kgaudit.folder() / "linked");
  fs::create_directory_symlink(kgaudit.folder() / "mine", kgaudit.folder() / "linked/figures");
  CHECK_THAT(kgaudit(report + "linked").err, Contains("linked/figures: a link"));
  // Its own folder again and again, an empty one, and that of the run.
  fs::create_directory(kgaudit.folder() / "empty");
  fs::create_directory(kgaudit.folder() / "killed");
  write_file(kgaudit.folder() / "killed/.kgaudit-report.123.part", "");
  for (const char* folder : {"new", "new", "empty", "killed", "run"}) {
    CAPTURE(folder);
    CHECK(kgaudit(report + folder).exit_code == 0);
  }
}

TEST_CASE("A data set to fetch that is unknown or made here is told apart", "[cli][datasets]") {
  const ProgramRun kgaudit;
  const Outcome unknown = kgaudit("datasets fetch fb51");
  CHECK(unknown.exit_code == 2);
  CHECK_THAT(unknown.err, Contains("unknown dataset 'fb51'") && Contains("did you mean"));
  const Outcome made = kgaudit("datasets fetch planted-people");
  CHECK(made.exit_code == 2);
  CHECK_THAT(made.err,
             Contains("made by kgaudit itself") && Contains("try: kgaudit datasets make"));
}

TEST_CASE("A card of one's own is fetched as the message says", "[cli][datasets]") {
  const ProgramRun kgaudit;
  REQUIRE(kgaudit("datasets make --set entities=1000 --out made").exit_code == 0);
  const std::string train = read_file(kgaudit.folder() / "made/train.txt");
  fs::create_directories(kgaudit.folder() / "mirror/data.example/set");
  write_file(kgaudit.folder() / "mirror/data.example/set/train.txt", train);
  std::string card = read_file(kgaudit.folder() / "made/card.toml");
  const std::size_t at = card.find("path = \"train.txt\"");
  REQUIRE(at != std::string::npos);
  const std::size_t table = card.rfind("[[file]]", at);
  card = card.substr(0, table) +
         fmt::format(
             "[[file]]\nrole = \"train\"\nurl = \"https://data.example/set/train.txt\"\n"
             "sha256 = \"{}\"\nbytes = {}\n",
             sha256(train).hex(), train.size()) +
         card.substr(std::min(card.find("\n[", at), card.size()));
  write_file(kgaudit.folder() / "made/own.toml", card);
  const std::string cache = "KGAUDIT_DATA=cache KGAUDIT_MIRROR= ";
  const Outcome missing = kgaudit("datasets show made/own.toml", cache);
  CHECK(missing.exit_code == 5);
  CHECK_THAT(missing.err, Contains("try: kgaudit datasets fetch made/own.toml"));
  const Outcome fetched = kgaudit("datasets fetch made/own.toml --mirror mirror", cache);
  INFO(fetched.err);
  CHECK(fetched.exit_code == 0);
  CHECK(kgaudit("datasets show made/own.toml", cache).exit_code == 0);
  CHECK(kgaudit("datasets verify made/own.toml", cache).exit_code == 0);
}

TEST_CASE("A start that fails leaves no folder", "[cli][bench]") {
  const ProgramRun kgaudit;
  fs::create_directory(kgaudit.folder() / "empty");
  for (const char* arguments :
       {"bench --triples empty --out run", "bench --triples nowhere --out run",
        "bench --dataset fb13 --out run", "tune --dataset fb13 --budget 2 --out run",
        "bench --dataset fb13 --sweep 2 --out run", "bench --dataset fb13"}) {
    INFO(arguments);
    const Outcome outcome = kgaudit(
        arguments, "KGAUDIT_DATA='" + (kgaudit.folder() / "cache").string() + "' KGAUDIT_MIRROR='" +
                       (kgaudit.folder() / "no-mirror").string() + "'");
    CHECK((outcome.exit_code == 2 || outcome.exit_code == 5));
    CHECK_FALSE(fs::exists(kgaudit.folder() / "run"));
    CHECK_FALSE(fs::exists(kgaudit.folder() / "kgaudit-runs"));
  }
}

TEST_CASE("One form of a result goes to stdout, and at most three paths", "[cli][report]") {
  const ProgramRun kgaudit;
  REQUIRE(kgaudit(std::string(kTinyBench) + "--out run").exit_code == 0);
  const Outcome both = kgaudit("report run --format csv --json");
  CHECK(both.exit_code == 2);
  CHECK_THAT(both.err, Contains("--json: beside --format csv") && Contains("try: --format csv"));
  CHECK(kgaudit("report run --format csv").exit_code == 0);
  CHECK(kgaudit("report run --format json --json").exit_code == 0);

  const Outcome all = kgaudit("report run --out report --no-figures");
  CHECK(std::count(all.out.begin(), all.out.end(), '\n') == 3);
  CHECK_THAT(all.out,
             Contains("report/report.html\nreport/report.md\n") && Contains(" files in report\n"));
  CHECK(kgaudit("report run --out one --format json --no-figures").out == "one/report.json\n");
  const Json files = Json::parse(kgaudit("report run --out again --no-figures --json").out);
  CHECK(files.at("files").size() > 3);
}

}  // namespace
}  // namespace kgaudit::tests
