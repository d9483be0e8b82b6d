#include <algorithm>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "suite/cli/catalogue.hpp"
#include "suite/cli/program_declaration.hpp"
#include "tests/suite/cli/program_run.hpp"

namespace kgaudit::cli {
namespace {

using Catch::Matchers::Contains;

/// Calls `visit` on the command line and on all below it.
template <typename Visit>
void for_each_line(const CommandLine& line, const Visit& visit) {
  visit(line);
  for (const CommandLine& below : line.commands()) for_each_line(below, visit);
}

TEST_CASE("Every command and option says what it does", "[cli][help]") {
  Console::Options options;
  CommandAction chosen;
  const ProgramLine program = declare_program(options, chosen);
  for_each_line(program.root(), [](const CommandLine& line) {
    INFO(line.name());
    CHECK_FALSE(line.summary().empty());
    CHECK_FALSE(line.options().empty());
    for (const CommandLine::Declared& option : line.options()) {
      INFO(option.name);
      CHECK(option.help.size() > 10);
      const bool states_default = option.help.find("default") != std::string::npos;
      CHECK((states_default || option.answers || option.required));
    }
  });
}

TEST_CASE("Every command of the roster has its own help and one line in the program's",
          "[cli][help]") {
  const tests::ProgramRun kgaudit;
  const tests::Outcome program = kgaudit("--help");
  CHECK(program.exit_code == 0);
  CHECK_THAT(program.out, Contains("Exit codes:") && Contains("130"));
  for (const CommandEntry* entry : commands()) {
    INFO(entry->id);
    CHECK_THAT(program.out, Contains(std::string(entry->summary)));
    const tests::Outcome help = kgaudit(std::string(entry->id) + " --help");
    CHECK(help.exit_code == 0);
    CHECK(help.err.empty());
    CHECK_THAT(help.out, Contains(std::string(entry->summary)));
  }
}

TEST_CASE("Options that only tests type are not in the help", "[cli][help]") {
  Console::Options options;
  CommandAction chosen;
  const ProgramLine program = declare_program(options, chosen);
  const tests::ProgramRun kgaudit;
  std::size_t hidden = 0;
  for (const CommandLine& line : program.root().commands()) {
    const std::string help = kgaudit(line.name() + " --help").out;
    for (const CommandLine::Declared& option : line.options()) {
      INFO(line.name() << " " << option.name);
      CHECK((help.find(option.name) == std::string::npos) == option.hidden);
      hidden += option.hidden ? 1U : 0U;
    }
  }
  CHECK(hidden > 0);
}

TEST_CASE("Help is never wider than a hundred columns", "[cli][help]") {
  const tests::ProgramRun kgaudit;
  for (const char* arguments : {"--help", "bench --help", "tune --help", "datasets make --help"}) {
    std::istringstream lines(kgaudit(arguments).out);
    for (std::string line; std::getline(lines, line);) {
      INFO(line);
      CHECK(line.size() <= 100);
    }
  }
}

TEST_CASE("Every command has a test with its tag, and a line in the help", "[cli][help]") {
  const tests::ProgramRun kgaudit;
  const std::set<std::string> tags = kgaudit::tests::test_tags();
  const std::string help = kgaudit("--help").out;
  for (const CommandEntry* command : commands()) {
    INFO(command->id);
    CHECK(tags.contains(std::string(command->id)));
    CHECK_THAT(help, Contains(std::string(command->summary.substr(0, 40))));
  }
}

TEST_CASE("Every roster entry is listed and explained", "[cli][explain][list]") {
  const tests::ProgramRun kgaudit;
  const tests::Outcome list = kgaudit("list");
  CHECK(list.exit_code == 0);
  for (const CatalogueFamily& family : catalogue()) {
    REQUIRE_FALSE(family.entries.empty());
    for (const CatalogueEntry& entry : family.entries) {
      INFO(family.singular << " " << entry.id);
      CHECK_THAT(list.out, Contains(entry.id));
      CHECK_FALSE(entry.title.empty());
      CHECK_FALSE(entry.facts.empty());
      const tests::Outcome text = kgaudit("explain '" + entry.id + "'");
      CHECK(text.exit_code == 0);
      CHECK_THAT(text.out, Contains(family.singular + " " + entry.id));
      for (const ParameterSpec& row : entry.parameters) CHECK_THAT(text.out, Contains(row.name));
    }
  }
}

TEST_CASE("A preset is explained with its text as it is", "[cli][explain]") {
  const tests::ProgramRun kgaudit;
  CHECK_THAT(kgaudit("explain fb15k-237-dot").out,
             Contains("\n    [training]\n    score = \"transe-dot\"\n"));
}

/// The facts that every entry of a family has.
std::vector<std::string> labels_of(const CatalogueFamily& family) {
  for (const char* computes :
       {"systems", "scores", "losses", "optimizers", "metrics", "row-measures"}) {
    if (family.name == computes) return {"Formula", "Source", "Pitfalls"};
  }
  for (const char* reads : {"probes", "triple-formats", "embedding-formats"}) {
    if (family.name == reads) return {"Source", "Pitfalls"};
  }
  return {};
}

TEST_CASE("Whatever computes or reads something is explained with its source and pitfalls",
          "[cli][explain]") {
  for (const CatalogueFamily& family : catalogue()) {
    for (const CatalogueEntry& entry : family.entries) {
      for (const std::string& label : labels_of(family)) {
        INFO(family.singular << " " << entry.id << ": " << label);
        CHECK(std::any_of(entry.facts.begin(), entry.facts.end(),
                          [&](const auto& fact) { return fact.first == label; }));
      }
    }
  }
}

}  // namespace
}  // namespace kgaudit::cli
