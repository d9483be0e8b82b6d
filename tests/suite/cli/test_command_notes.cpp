#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "suite/cli/command_notes.hpp"
#include "tests/suite/cli/program_run.hpp"

namespace kgaudit::cli {
namespace {

using Catch::Matchers::Contains;

struct WritingCall {
  std::string command;
  std::string arguments;
};

TEST_CASE("A place that cannot be written is an error of the command line, for every command",
          "[cli][errors]") {
  const tests::ProgramRun kgaudit;
  REQUIRE(kgaudit("datasets make --set entities=1000 --out graph").exit_code == 0);
  REQUIRE(kgaudit(std::string(tests::kTinyBench) + "--keep-embeddings --out run").exit_code == 0);
  REQUIRE(kgaudit("export run --system kl --seed 0 --format tsv --out rows").exit_code == 0);
  REQUIRE(kgaudit("gate init run").exit_code == 0);
  std::string facts;
  for (const char* list : {"train.txt", "valid.txt", "test.txt"}) {
    facts += tests::read_file(kgaudit.folder() / "graph" / list);
  }
  tests::write_file(kgaudit.folder() / "facts.tsv", facts);
  std::string dump;
  for (int i = 0; i < 60; ++i) {
    for (const auto& [property, value] : {std::pair{"P31", 5}, std::pair{"P21", 6581072 + i % 2}}) {
      dump += fmt::format(
          "<http://www.wikidata.org/entity/Q{}> <http://www.wikidata.org/prop/direct/{}> "
          "<http://www.wikidata.org/entity/Q{}> .\n",
          1000 + i, property, value);
    }
  }
  tests::write_file(kgaudit.folder() / "dump.nt", dump);

  const WritingCall calls[] = {
      {"bench", std::string(tests::kTinyBench).substr(6) + "--out /dev/null/x"},
      {"tune",
       "--budget 1 --systems basic --set dataset.planted-people.entities=1000 --epochs 1 "
       "--dimension 8 --out /dev/null/x"},
      {"audit", "rows --out /dev/null/x"},
      {"erase",
       "--card graph/card.toml --embeddings rows/entity_embeddings.tsv --systems leace "
       "--set metric.leakage.mlp_epochs=1 --out /dev/null/x"},
      {"export", "run --system kl --seed 0 --out /dev/null/x"},
      {"convert", "rows/entity_embeddings.tsv /dev/null/x --to npy"},
      {"report", "run --no-figures --out /dev/null/x"},
      {"report", "run --out /dev/null/x"},
      {"gate init", "run --rules /dev/null/x/rules.toml --baseline /dev/null/x/baseline.json"},
      {"gate check", "run --write markdown --out /dev/null/x"},
      {"gate update", "run --baseline /dev/null/x/baseline.json --reason none"},
      {"datasets make", "--set entities=1000 --out /dev/null/x"},
      {"datasets split", "facts.tsv --out /dev/null/x"},
      {"datasets import", "dump.nt --out /dev/null/x"},
      {"datasets propose", "graph --out /dev/null/x"},
      {"man", "--out /dev/null/x"},
  };
  for (const auto& [command, arguments] : calls) {
    INFO(command << " " << arguments);
    const tests::Outcome outcome = kgaudit(command + " " + arguments);
    INFO(outcome.err);
    // A baseline that is not there is none to update: nothing is to be compared with.
    CHECK(outcome.exit_code == (command == "gate update" ? 4 : 2));
    CHECK_THAT(outcome.err, Contains("/dev/") && Contains("expected:"));
    const auto codes = notes_for("kgaudit " + command).exit_codes;
    CHECK(std::ranges::find(codes, outcome.exit_code) != codes.end());
  }
}

TEST_CASE("The notes of what reads a record, a graph or rows have the code of an interruption",
          "[cli][help]") {
  for (const char* command :
       {"bench",           "tune",          "inspect",        "audit",
        "gate init",       "gate check",    "gate update",    "gate diff",
        "gate calibrate",  "erase",         "export",         "convert",
        "report",          "verify",        "datasets show",  "datasets fetch",
        "datasets verify", "datasets make", "datasets split", "datasets import",
        "datasets propose"}) {
    INFO(command);
    const auto codes = notes_for("kgaudit " + std::string(command)).exit_codes;
    CHECK(std::ranges::find(codes, 130) != codes.end());
  }
  const auto made = notes_for("kgaudit datasets make").exit_codes;
  CHECK(made == std::vector<int>{0, 2, 70, 130});
}

}  // namespace
}  // namespace kgaudit::cli
