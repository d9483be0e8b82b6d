#include <algorithm>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

#include "suite/base/text.hpp"
#include "tests/suite/cli/program_run.hpp"

namespace kgaudit::tests {
namespace {

using Catch::Matchers::Contains;
using Json = nlohmann::json;

TEST_CASE("A slip in a command, option, kind or id is answered with the nearest known word",
          "[cli][errors]") {
  const ProgramRun kgaudit;
  const std::pair<const char*, const char*> slips[] = {
      {"bnech", "did you mean 'bench'?"},
      {"bench --epoch 3", "did you mean '--epochs'?"},
      {"bench --quite", "did you mean '--quiet'?"},
      {"datasets fech fb13", "did you mean 'fetch'?"},
      {"list sytems", "did you mean 'systems'?"},
      {"explain leakge", "did you mean 'leakage'?"},
      {"bench --dataset fb15k-273", "did you mean 'fb15k-237'?"},
      {"bench --systems basik", "did you mean 'basic'?"},
      {"bench --set training.dimensoin=3", "did you mean 'dimension'?"},
      {"datasets verify fb31", "did you mean 'fb13'?"},
  };
  for (const auto& [arguments, answer] : slips) {
    INFO(arguments);
    const Outcome outcome = kgaudit(arguments);
    CHECK(outcome.exit_code == 2);
    CHECK(outcome.out.empty());
    CHECK_THAT(outcome.err, Contains(answer));
  }
}

TEST_CASE("Misuse ends with code 2 and a hint, and touches nothing", "[cli][errors]") {
  const ProgramRun kgaudit;
  for (const char* arguments :
       {"", "bench --set nonsense", "bench --epochs 0", "bench --epochs many", "explain",
        "datasets", "bench --dataset fb13 --triples x", "bench --seeds 1,1"}) {
    INFO(arguments);
    const Outcome outcome = kgaudit(arguments);
    CHECK(outcome.exit_code == 2);
    CHECK(outcome.out.empty());
    CHECK_FALSE(outcome.err.empty());
  }
  CHECK_FALSE(std::filesystem::exists(kgaudit.folder() / "kgaudit-runs"));
}

TEST_CASE("A missing input ends with code 5 and its name", "[cli][errors]") {
  const ProgramRun kgaudit;
  for (const char* arguments : {"bench --plan none.toml", "report none/record.jsonl"}) {
    INFO(arguments);
    const Outcome outcome = kgaudit(arguments);
    CHECK(outcome.exit_code == 5);
    CHECK_THAT(outcome.err, Contains("none"));
  }
}

TEST_CASE("A mistake in a plan file is shown with file, line and column", "[cli][errors]") {
  const ProgramRun kgaudit;
  write_file(kgaudit.folder() / "my.toml", "[training]\nepochs = 0\n");
  const Outcome outcome = kgaudit("bench --plan my.toml");
  CHECK(outcome.exit_code == 2);
  CHECK_THAT(outcome.err, Contains("my.toml:2:1") && Contains("integer in [1,"));
}

TEST_CASE("A dumped plan is a plan file that dumps to itself", "[cli][bench]") {
  const ProgramRun kgaudit;
  const Outcome first = kgaudit("bench --dump-plan --dimension 12 --systems kl,basic --seeds 4,2");
  CHECK(first.exit_code == 0);
  CHECK_THAT(first.out, Contains("dimension = 12") && Contains("seeds = [4, 2]"));
  write_file(kgaudit.folder() / "plan.toml", first.out);
  const Outcome second = kgaudit("bench --plan plan.toml --dump-plan");
  CHECK(second.out == first.out);
  CHECK(kgaudit("bench --plan plan.toml --dump-plan --dimension 13").out != first.out);
}

TEST_CASE("A small bench prints the comparison and writes report and records", "[cli][bench]") {
  const ProgramRun kgaudit;
  const Outcome outcome = kgaudit(std::string(kTinyBench) + "--out run");
  INFO(outcome.err);
  CHECK(outcome.exit_code == 0);
  CHECK_THAT(outcome.out, Contains("basic") && Contains("kl") && Contains("MRR") &&
                              Contains("run/report.html") && Contains("run/record.jsonl"));
  for (const char* file : {"plan.toml", "record.jsonl", "report.md"}) {
    CHECK(std::filesystem::exists(kgaudit.folder() / "run" / file));
  }
}

TEST_CASE("Piped output has neither escape codes nor carriage returns", "[cli][output]") {
  const ProgramRun kgaudit;
  const Outcome outcome = kgaudit(std::string(kTinyBench) + "--out run", "TERM=xterm");
  for (const std::string& text : {outcome.out, outcome.err}) {
    CHECK(text.find('\x1b') == std::string::npos);
    CHECK(text.find('\r') == std::string::npos);
  }
}

TEST_CASE("With --quiet a run says nothing but its result", "[cli][output]") {
  const ProgramRun kgaudit;
  CHECK(kgaudit(std::string(kTinyBench) + "--out run --quiet").err.empty());
}

TEST_CASE("The environment names the machine and the build", "[cli][env]") {
  const ProgramRun kgaudit;
  const Json env = Json::parse(kgaudit("env --json").out);
  CHECK_FALSE(env.at("machine").at("cpu").get<std::string>().empty());
  for (const char* fact : {"build_type", "compiler", "flags", "eigen", "version"}) {
    INFO(fact);
    CHECK_FALSE(env.at("build").at(fact).get<std::string>().empty());
  }
}

TEST_CASE("With --json every command prints one line of JSON and nothing else on stdout",
          "[cli][output]") {
  const ProgramRun kgaudit;
  REQUIRE(kgaudit("datasets make --out graph --set entities=1000").exit_code == 0);
  REQUIRE(kgaudit(std::string(kTinyBench) + "--out earlier").exit_code == 0);
  const std::string bench = std::string(kTinyBench) + "--out run --json";
  for (const std::string& arguments :
       {bench, std::string("list --json"), std::string("--json explain leakage"),
        std::string("env --json"), std::string("datasets list --json"),
        std::string("datasets show ./graph --json"), std::string("bench --dump-plan --json"),
        std::string("report earlier --json"), std::string("report earlier --out r --json")}) {
    INFO(arguments);
    const Outcome outcome = kgaudit(arguments);
    CHECK(outcome.exit_code == 0);
    CHECK(Json::accept(outcome.out));
    CHECK(std::count(outcome.out.begin(), outcome.out.end(), '\n') == 1);
  }
}

TEST_CASE("An interrupted bench ends with 130 and resumes to the hashes of a whole one",
          "[cli][bench]") {
  const ProgramRun kgaudit;
  const std::string bench = std::string(kTinyBench) + "--json ";
  const Json whole = Json::parse(kgaudit(bench + "--out whole").out);
  const Outcome stopped = kgaudit(bench + "--out part --stop-after-epochs 3");
  CHECK(stopped.exit_code == 130);
  CHECK(Json::parse(stopped.out).at("error").at("code") == 130);
  CHECK_THAT(stopped.err, Contains("--resume"));
  const Outcome resumed = kgaudit(bench + "--out part --resume --threads 2");
  INFO(resumed.err);
  REQUIRE(resumed.exit_code == 0);
  CHECK(Json::parse(resumed.out)["table_hashes"] == whole["table_hashes"]);
  CHECK(whole["table_hashes"].size() == 2);
}

TEST_CASE("A termination signal lets the run save what it has", "[cli][bench]") {
  const ProgramRun kgaudit;
  const std::string bench = std::string(kTinyBench) + "--epochs 100000 --out run";
  // `timeout` sends SIGTERM after a second and passes the program's own exit code on.
  const Outcome outcome = kgaudit(bench, "timeout --preserve-status -s TERM 1");
  CHECK(outcome.exit_code == 130);
  CHECK_THAT(outcome.err, Contains("saved"));
  CHECK(std::filesystem::exists(kgaudit.folder() / "run" / "checkpoints" / "basic-seed0.last"));
}

TEST_CASE("A directory with another plan, or without --resume, is left alone", "[cli][bench]") {
  const ProgramRun kgaudit;
  REQUIRE(kgaudit(std::string(kTinyBench) + "--out run").exit_code == 0);
  const std::string before = read_file(kgaudit.folder() / "run" / "record.jsonl");
  const Outcome again = kgaudit(std::string(kTinyBench) + "--out run");
  CHECK(again.exit_code == 2);
  CHECK_THAT(again.err, Contains("--resume"));
  const Outcome other = kgaudit(std::string(kTinyBench) + "--out run --resume --dimension 9");
  CHECK(other.exit_code == 4);
  CHECK_THAT(other.err, Contains("training.dimension (8 there, 9 now)"));
  CHECK(read_file(kgaudit.folder() / "run" / "record.jsonl") == before);
}

TEST_CASE("Without --out each fresh run gets a folder of its own", "[cli][bench]") {
  const ProgramRun kgaudit;
  REQUIRE(kgaudit(kTinyBench).exit_code == 0);
  REQUIRE(kgaudit(kTinyBench).exit_code == 0);
  std::size_t runs = 0;
  for (const auto& entry : std::filesystem::directory_iterator(kgaudit.folder() / "kgaudit-runs")) {
    runs += entry.path().filename().string().starts_with("planted-people-") ? 1U : 0U;
  }
  CHECK(runs == 2);
}

TEST_CASE("A report is made from the records alone", "[cli][report]") {
  const ProgramRun kgaudit;
  REQUIRE(kgaudit(std::string(kTinyBench) + "--out run").exit_code == 0);
  const std::string report = read_file(kgaudit.folder() / "run" / "report.md");
  std::filesystem::create_directory(kgaudit.folder() / "alone");
  std::filesystem::copy_file(kgaudit.folder() / "run" / "record.jsonl",
                             kgaudit.folder() / "alone" / "record.jsonl");
  std::filesystem::remove_all(kgaudit.folder() / "run");
  REQUIRE(
      kgaudit("report alone/record.jsonl --format markdown --no-figures --out again").exit_code ==
      0);
  CHECK(read_file(kgaudit.folder() / "again" / "report.md") == report);
  const std::string shown = kgaudit("report alone").out;
  CHECK_THAT(shown, Contains("MRR"));
  // The verdict stands before the table, and not where a part of the table is asked for.
  const std::size_t verdict = shown.find("How sure: ");
  CHECK(verdict < shown.find("Quality, cost and bias"));
  CHECK(kgaudit("report alone --columns paper").out.find("How sure: ") == std::string::npos);
  const auto json = nlohmann::json::parse(kgaudit("report alone --json").out);
  CHECK_FALSE(json["verdict"].empty());
  CHECK(json["statements"][0]["words"] == json["verdict"][0]);
  CHECK(kgaudit("report alone --format markdown").out == report);
  CHECK(kgaudit("report alone --format markdwon").exit_code == 2);
}

TEST_CASE("A report comes in every format with figures, scripts and data", "[cli][report]") {
  const ProgramRun kgaudit;
  REQUIRE(kgaudit(std::string(kTinyBench) + "--out run").exit_code == 0);
  const Outcome outcome = kgaudit("report run --out all --spread interval");
  INFO(outcome.err);
  REQUIRE(outcome.exit_code == 0);
  for (const char* file :
       {"report.md", "report.tex", "comparison.tex", "report.html", "comparison.csv",
        "measurements.csv", "report.json", "figures/score_gap.gp", "figures/score_gap.dat"}) {
    CAPTURE(file);
    CHECK(std::filesystem::exists(kgaudit.folder() / "all" / file));
  }
  CHECK_THAT(outcome.out,
             Contains("all/report.html\nall/report.md\n") && Contains(" files in all\n"));
  REQUIRE(kgaudit("report run --out few --format md,tex --no-figures").exit_code == 0);
  CHECK_FALSE(std::filesystem::exists(kgaudit.folder() / "few" / "figures"));
  CHECK_FALSE(std::filesystem::exists(kgaudit.folder() / "few" / "report.html"));
}

TEST_CASE("The comparison shows the columns, systems and attributes that are asked for",
          "[cli][report]") {
  const ProgramRun kgaudit;
  REQUIRE(kgaudit("bench --set dataset.planted-people.entities=1000 --epochs 3 --dimension 8 "
                  "--seeds 1 --systems basic,kl --metrics link_prediction,question,leakage "
                  "--threads 1 --out run")
              .exit_code == 0);
  const Outcome brief = kgaudit("report run");
  CHECK_THAT(brief.out, Contains("leakage of hidden persons") && !Contains("peak MiB"));
  CHECK_THAT(brief.err, Contains("more columns: kgaudit report run --columns full"));
  std::istringstream lines(brief.out);
  for (std::string line; std::getline(lines, line);) CHECK(display_width(line) <= 100);

  const Outcome full = kgaudit("report run --columns full");
  CHECK_THAT(full.out, Contains("peak MiB"));
  const Outcome chosen = kgaudit(
      "report run --columns mrr,leakage --systems kl "
      "--attributes gender --format csv");
  CHECK(chosen.out.substr(0, chosen.out.find("\r\n")).find("leakage.strongest.held_out.gender") !=
        std::string::npos);
  CHECK(chosen.out.find("religion") == std::string::npos);
  CHECK(chosen.out.find("\nbasic,") == std::string::npos);
  CHECK(chosen.out.find("\nkl,") != std::string::npos);
  CHECK_THAT(kgaudit("report run --columns leakge").err, Contains("did you mean 'leakage'?"));
}

TEST_CASE("A brief report has verdict, comparison and findings, and fits a comment",
          "[cli][report]") {
  const ProgramRun kgaudit;
  REQUIRE(kgaudit(std::string(kTinyBench) + "--out run").exit_code == 0);
  const Outcome brief = kgaudit("report run --format markdown --brief");
  const Outcome whole = kgaudit("report run --format markdown");
  CHECK(brief.out.size() < whole.out.size() / 2);
  CHECK(brief.out.size() <= 60'000);
  CHECK_THAT(brief.out, Contains("## Quality, cost and bias of each system") &&
                            Contains("## Integrity") && !Contains("Professions by"));
}

TEST_CASE("Options of a report that would change nothing are refused", "[cli][report]") {
  const ProgramRun kgaudit;
  REQUIRE(kgaudit(std::string(kTinyBench) + "--out run").exit_code == 0);
  const std::pair<const char*, const char*> calls[] = {
      {"report run --brief", "--brief: neither --format nor --out"},
      {"report run --max-bytes 5000", "--max-bytes: without a Markdown report"},
      {"report run --max-bytes 5000 --table", "--max-bytes: without a Markdown report"},
      {"report run --max-bytes 5000 --out r --format csv", "--max-bytes: without a Markdown"},
      {"report run run --compare --columns mrr", "--compare: beside --columns"},
      {"report run run --compare --systems kl", "--compare: beside --columns"},
      {"report run run --compare --attributes gender --out r", "--compare: beside --columns"},
  };
  for (const auto& [arguments, complaint] : calls) {
    INFO(arguments);
    const Outcome refused = kgaudit(arguments);
    CHECK(refused.exit_code == 2);
    CHECK(refused.out.empty());
    CHECK_THAT(refused.err, Contains(complaint) && Contains("expected:") && Contains("try:"));
  }
  CHECK_FALSE(std::filesystem::exists(kgaudit.folder() / "r"));
}

TEST_CASE("A brief report has no figures", "[cli][report]") {
  const ProgramRun kgaudit;
  REQUIRE(kgaudit(std::string(kTinyBench) + "--out run").exit_code == 0);
  CHECK(kgaudit("report run --brief --format markdown --out brief").out == "brief/report.md\n");
  CHECK_FALSE(std::filesystem::exists(kgaudit.folder() / "brief" / "figures"));
}

TEST_CASE("A table that just fits the terminal keeps its spreads", "[cli][report]") {
  const ProgramRun kgaudit;
  REQUIRE(kgaudit(std::string(kTinyBench) + "--seeds 2 --out run").exit_code == 0);
  const std::string wide = kgaudit("report run", "COLUMNS=900").out;
  REQUIRE_THAT(wide, Contains("±"));
  std::size_t columns = 0;
  std::istringstream lines(wide.substr(wide.find("\nsystem") + 1));
  for (std::string line; std::getline(lines, line) && !line.empty();) {
    columns = std::max(columns, display_width(line));
  }
  CHECK_THAT(kgaudit("report run", "COLUMNS=" + std::to_string(columns)).out,
             !Contains("Means alone: there is no room"));
  CHECK_THAT(kgaudit("report run", "COLUMNS=" + std::to_string(columns - 1)).out,
             Contains("Means alone: there is no room"));
}

TEST_CASE("The rows of the comparison can be had alone, as Markdown for a README",
          "[cli][report]") {
  const ProgramRun kgaudit;
  REQUIRE(kgaudit(std::string(kTinyBench) + "--out run").exit_code == 0);
  const Outcome rows = kgaudit("report run --table --systems basic --columns mrr");
  CHECK(rows.exit_code == 0);
  std::istringstream lines(rows.out);
  std::vector<std::string> all;
  for (std::string line; std::getline(lines, line);) all.push_back(line);
  REQUIRE(all.size() == 3);
  CHECK(all[0] == "| system | ranking MRR ↑ |");
  CHECK(all[1] == "| :-- | --: |");
  CHECK_THAT(all[2], Catch::Matchers::StartsWith("| basic | "));
  CHECK(kgaudit("report run --table --brief").exit_code == 2);
  CHECK(kgaudit("report run --table --out folder").exit_code == 2);
}

TEST_CASE("A LaTeX report comes with table, methods and references for a paper", "[cli][report]") {
  const ProgramRun kgaudit;
  REQUIRE(kgaudit(std::string(kTinyBench) + "--out run").exit_code == 0);
  REQUIRE(kgaudit("report run --format latex --no-figures --out paper").exit_code == 0);
  const auto file = [&](const char* name) { return read_file(kgaudit.folder() / "paper" / name); };
  const std::string table = file("paper.tex");
  CHECK_THAT(table, Contains("\\begin{table*}") &&
                        Contains("\\caption{Quality, time and bias on") &&
                        !Contains("resizebox{\\linewidth}{!}{\\begin"));
  const std::string methods = file("methods.tex");
  CHECK_THAT(methods, Contains("We compare Basic~\\cite{fisher2020,lerer2019}") &&
                          Contains("on the same batches"));
  const std::string references = file("references.bib");
  // What is cited is there, and nothing else.
  std::set<std::string> cited;
  const std::regex cite("\\\\cite\\{([^}]*)\\}");
  for (auto at = std::sregex_iterator(methods.begin(), methods.end(), cite);
       at != std::sregex_iterator(); ++at) {
    std::istringstream keys((*at)[1].str());
    for (std::string key; std::getline(keys, key, ',');) cited.insert(key);
  }
  std::set<std::string> listed;
  const std::regex entry("@[a-z]+\\{([a-z0-9]+),");
  for (auto at = std::sregex_iterator(references.begin(), references.end(), entry);
       at != std::sregex_iterator(); ++at) {
    listed.insert((*at)[1].str());
  }
  CHECK(cited == listed);
  CHECK(cited.contains("kgaudit"));
}

TEST_CASE("A report tests against another reference when the raw files are there",
          "[cli][report]") {
  const ProgramRun kgaudit;
  REQUIRE(kgaudit(std::string(kTinyBench) + "--seeds 2 --out run").exit_code == 0);
  CHECK_THAT(kgaudit("report run").out, Contains("from basic"));
  CHECK_THAT(kgaudit("report run --reference kl").out, Contains("from kl"));
  const Outcome slip = kgaudit("report run --reference klo");
  CHECK(slip.exit_code == 2);
  CHECK_THAT(slip.err, Contains("did you mean 'kl'?"));
  // The record alone: what needs triples and persons says so, seeds are still compared.
  std::filesystem::remove_all(kgaudit.folder() / "run" / "raw");
  CHECK_THAT(kgaudit("report run --reference kl").out, Contains("from kl"));
}

TEST_CASE("Several records say why systems are not compared across data sets", "[cli][report]") {
  const ProgramRun kgaudit;
  REQUIRE(kgaudit(std::string(kTinyBench) + "--out run").exit_code == 0);
  CHECK_THAT(
      kgaudit("report run run --format md").out,
      Contains("No comparison across data sets by MRR without sensitive relations: 1 data set, "
               "at least 3 are needed"));
}

TEST_CASE("Verify ends with 0 for the same bits, 1 for others, 5 for a missing file",
          "[cli][verify]") {
  const ProgramRun kgaudit;
  REQUIRE(kgaudit(std::string(kTinyBench) + "--out run").exit_code == 0);
  const Outcome same = kgaudit("verify run --threads 1");
  INFO(same.out << same.err);
  CHECK(same.exit_code == 0);
  CHECK_THAT(same.out, Contains("re-run of") && Contains("to the last bit"));
  const Json json = Json::parse(kgaudit("verify run --no-rerun --json").out);
  CHECK(json["items"][0]["code"] == 0);
  CHECK(json["items"][0]["checks"].back()["agreement"] == "skipped");
  CHECK(kgaudit("verify run --rerun kl:x").exit_code == 2);
  CHECK(kgaudit("verify run --rerun kl --no-rerun").exit_code == 2);

  const auto raw = kgaudit.folder() / "run" / "raw" / "kl-seed0.kgaraw";
  std::string bytes = read_file(raw);
  bytes.back() = static_cast<char>(bytes.back() ^ 1);
  write_file(raw, bytes);
  const Outcome flipped = kgaudit("verify run --no-rerun");
  CHECK(flipped.exit_code == 1);
  CHECK_THAT(flipped.out, Contains("DIFFERENT") && Contains("kl-seed0.kgaraw"));
  CHECK(kgaudit("verify nowhere").exit_code == 5);
}

TEST_CASE("Two records are compared side by side", "[cli][report]") {
  const ProgramRun kgaudit;
  REQUIRE(kgaudit(std::string(kTinyBench) + "--out run").exit_code == 0);
  const Outcome outcome = kgaudit("report --compare run run");
  CHECK(outcome.exit_code == 0);
  CHECK_THAT(outcome.out, Contains("run 1 against run 2") && Contains("ratio"));
  CHECK_THAT(kgaudit("report --compare run run --format md").out,
             Contains("## run 1 against run 2") && Contains("## Run 2: planted-people"));
  const Outcome one = kgaudit("report --compare run");
  CHECK(one.exit_code == 2);
  CHECK_THAT(one.err, Contains("kgaudit report --compare A B"));
  CHECK(kgaudit("report run --spread wide").exit_code == 2);
  // Other data: a difference says nothing of the systems.
  REQUIRE(kgaudit(std::string(kTinyBench) + "--set dataset.planted-people.data_seed=7 --out other")
              .exit_code == 0);
  const Outcome refused = kgaudit("report --compare run other");
  CHECK(refused.exit_code == 4);
  CHECK_THAT(refused.err, Contains("the data of planted-people are other bytes"));
  const Outcome forced = kgaudit("report --compare run other --force");
  CHECK(forced.exit_code == 0);
  CHECK_THAT(forced.out, Contains("they differ in data, plan (dataset.planted-people.data_seed"));
  CHECK_THAT(kgaudit("report run --force").err, Contains("--force: without --compare"));
}

TEST_CASE("A graph of the user's own is benched from its folder", "[cli][bench]") {
  const ProgramRun kgaudit;
  REQUIRE(kgaudit("datasets make --out graph --set entities=1000").exit_code == 0);
  const Outcome outcome = kgaudit(
      "bench --triples graph --systems basic --seeds 1 --epochs 2 --dimension 8 --metrics "
      "link_prediction --threads 1 --set evaluation.validate_every=0 --out run");
  INFO(outcome.err);
  CHECK(outcome.exit_code == 0);
}

TEST_CASE("Cached files that are missing are named, with what to do", "[cli][datasets]") {
  const ProgramRun kgaudit;
  const Outcome outcome = kgaudit("datasets verify codex-s", "KGAUDIT_DATA=cache");
  CHECK(outcome.exit_code == 5);
  CHECK_THAT(outcome.out, Contains("missing"));
  CHECK_THAT(outcome.err, Contains("kgaudit datasets fetch codex-s"));
}

TEST_CASE("The version is one line", "[cli][help]") {
  const ProgramRun kgaudit;
  const Outcome outcome = kgaudit("--version");
  CHECK(outcome.exit_code == 0);
  CHECK_THAT(outcome.out, Catch::Matchers::StartsWith("kgaudit "));
}

}  // namespace
}  // namespace kgaudit::tests
