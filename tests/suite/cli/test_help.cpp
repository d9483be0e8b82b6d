#include <algorithm>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "reports/record/rows.hpp"
#include "suite/base/text.hpp"
#include "suite/cli/catalogue.hpp"
#include "suite/cli/command_notes.hpp"
#include "suite/cli/exit_codes.hpp"
#include "suite/cli/help_text.hpp"
#include "suite/cli/option_facts.hpp"
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
  CHECK_THAT(program.out, Contains("\nExit codes\n") && Contains("130"));
  for (const CommandEntry* entry : commands()) {
    INFO(entry->id);
    CHECK_THAT(program.out, Contains(std::string(entry->summary)));
    const tests::Outcome help = kgaudit(std::string(entry->id) + " --help");
    CHECK(help.exit_code == 0);
    CHECK(help.err.empty());
    CHECK_THAT(help.out, Contains(std::string(entry->summary)));
  }
}

TEST_CASE("Every command's help has two to five examples, and each of them makes sense",
          "[cli][help]") {
  Console::Options options;
  CommandAction chosen;
  const ProgramLine program = declare_program(options, chosen);
  std::size_t examples = 0;
  for_each_line(program.root(), [&](const CommandLine& line) {
    INFO(line.path());
    const std::string help = help_text(program.root(), line, {});
    CHECK_THAT(help, Contains("\nExamples\n"));
    CHECK(line.notes().examples.size() >= 2);
    CHECK(line.notes().examples.size() <= 5);
    bool own = false;
    for (const Example& example : line.notes().examples) {
      INFO(example.line);
      ++examples;
      Console::Options typed;
      CommandAction action;
      ProgramLine parser = declare_program(typed, action);
      const std::vector<std::string> words = tests::words_of_call(example.line);
      std::vector<const char*> arguments;
      for (const std::string& word : words) arguments.push_back(word.c_str());
      const auto outcome = parser.parse(static_cast<int>(arguments.size()), arguments.data());
      CHECK_FALSE(outcome.complaint.has_value());
      own |= outcome.where.path().starts_with(line.path());
    }
    CHECK(own);
  });
  CHECK(examples > 60);
}

TEST_CASE("Every command shows its own exit codes and no others", "[cli][help]") {
  Console::Options options;
  CommandAction chosen;
  const ProgramLine program = declare_program(options, chosen);
  for_each_line(program.root(), [&](const CommandLine& line) {
    INFO(line.path());
    const std::string help = help_text(program.root(), line, {});
    const auto& codes = line.notes().exit_codes;
    CHECK(std::ranges::is_sorted(codes));
    for (const int code : exit_codes()) {
      const bool own = std::ranges::find(codes, code) != codes.end();
      const std::string row =
          fmt::format("\n  {:<6}{}", code, exit_code_meaning(code, line.path()));
      CHECK((help.find(row) != std::string::npos) == own);
    }
  });
  const std::string check =
      help_text(program.root(), program.root().commands()[4].commands()[1], {});
  CHECK_THAT(check, Contains("Usage: kgaudit gate check [options] RECORDS...") &&
                        Contains("\n  3     too few samples to decide\n"));
  CHECK(program.root().commands().back().notes().exit_codes == std::vector<int>{0, 2, 70});
}

TEST_CASE("A command that can be interrupted says what it leaves then", "[cli][help]") {
  Console::Options options;
  CommandAction chosen;
  const ProgramLine program = declare_program(options, chosen);
  CHECK(exit_code_meaning(130) == "interrupted");
  CHECK_THAT(help_text(program.root(), program.root(), {}), Contains("\n  130   interrupted\n"));
  const auto lines = program.root().commands();
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const CommandEntry& entry = *commands()[i];
    for_each_line(lines[i], [&](const CommandLine& line) {
      INFO(line.path());
      const std::string told = fmt::format("interrupted: {}", entry.when_stopped);
      CHECK(exit_code_words(line, 130) == told);
      CHECK(exit_code_words(line, 2) == exit_code_meaning(2));
      // Only a command that has the option sends its user there.
      const bool resumes = std::ranges::any_of(
          line.options(), [](const auto& option) { return option.name == "--resume"; });
      CHECK((told.find("--resume") != std::string::npos) == resumes);
      const auto& codes = line.notes().exit_codes;
      const bool stops = std::ranges::find(codes, 130) != codes.end();
      CHECK((help_text(program.root(), line, {}).find("\n  130   " + told) != std::string::npos) ==
            stops);
    });
  }
}

TEST_CASE("The type of a value is the word that was declared, and counts say their range in words",
          "[cli][help]") {
  Console::Options options;
  CommandAction chosen;
  const ProgramLine program = declare_program(options, chosen);
  for_each_line(program.root(), [](const CommandLine& line) {
    for (const CommandLine::Declared& option : line.options()) {
      INFO(line.path() << " " << option.name << " " << option.type);
      CHECK(option.type.find_first_of(" {") == std::string::npos);
    }
  });
  const tests::ProgramRun kgaudit;
  CHECK_THAT(kgaudit("gate calibrate --help").out,
             Contains("\n  --seeds N ") && Contains("(integer in [1, 100000]"));
  CHECK_THAT(kgaudit("report --help").out,
             Contains("\n  --spread sd|interval") && Contains("\n  --professions N "));
  const tests::Outcome far = kgaudit("gate calibrate run --comparisons 3");
  CHECK(far.exit_code == 2);
  CHECK_THAT(far.err, Contains("--comparisons: '3'\n  expected: integer in [20, 10000]"));
}

TEST_CASE("A slip on the command line is named with the option, what came and what was expected",
          "[cli]") {
  const tests::ProgramRun kgaudit;
  const std::pair<const char*, const char*> slips[] = {
      {"bench --epochs", "--epochs: no value\n  expected: a value after it\n"},
      {"report", "RECORDS: not given\n  try: kgaudit report --help\n"},
      {"report run --professions x", "--professions: 'x'\n  expected: integer in [1, 1000000]\n"},
      {"report run --max-bytes -5", "--max-bytes: '-5'\n  expected: integer of at least 1\n"},
      {"report run --spread intervall",
       "--spread: 'intervall' is not known\n  expected: one of: sd, interval\n"
       "  did you mean 'interval'?\n"},
      {"audit rows --dataset fb13 --card card.toml",
       "--dataset: beside --card\n  expected: one of the two\n"},
      {"bench --resume=maybe", "--resume: a value\n  expected: no value after it\n"},
      {"bench --seedz 2", "bench: unknown option '--seedz'\n  did you mean '--seeds'?\n"},
      {"bench -- --seeds", "bench: '--seeds' behind '--', which ends the options\n  try: take the"},
      {"bench extra", "bench: unknown argument 'extra'\n  try: kgaudit bench --help\n"},
      {"gate chek", "gate: unknown command 'chek'\n  did you mean 'check'?\n"},
      {"tune --out ''", "--out: an empty text\n  expected: a value, or no such option\n"},
      {"bnch", "unknown command 'bnch'\n  did you mean 'bench'?\n"}};
  for (const auto& [arguments, complaint] : slips) {
    INFO(arguments);
    const tests::Outcome refused = kgaudit(arguments);
    CHECK(refused.exit_code == 2);
    CHECK(refused.out.empty());
    CHECK_THAT(refused.err, Catch::StartsWith(std::string("kgaudit: ") + complaint));
  }
  const tests::Outcome json = kgaudit("report run --professions x --json");
  CHECK_THAT(json.out, Contains("\"place\":\"--professions\"") && Contains("\"got\":\"'x'\"") &&
                           Contains("\"expected\":\"integer in [1, 1000000]\""));
}

TEST_CASE("The files of gate check stand in its help with commas between them", "[cli][help]") {
  Console::Options options;
  CommandAction chosen;
  const ProgramLine program = declare_program(options, chosen);
  const auto declared = program.root().commands()[4].commands()[1].options();
  const auto write =
      std::ranges::find(declared, std::string("--write"), &CommandLine::Declared::name);
  REQUIRE(write != declared.end());
  CHECK_THAT(write->help, Contains("), ") && Catch::Matchers::EndsWith("); default: none"));
}

TEST_CASE("Each row of the options' facts is some option's first match and says something new",
          "[cli][help]") {
  Console::Options options;
  CommandAction chosen;
  const ProgramLine program = declare_program(options, chosen);
  CHECK(unused_option_facts(program.root()) == std::vector<std::string>{});
}

TEST_CASE("Options stand in groups, and those of every command at the end", "[cli][help]") {
  Console::Options options;
  CommandAction chosen;
  const ProgramLine program = declare_program(options, chosen);
  for (const CommandLine& line : program.root().commands()) {
    const std::string help = help_text(program.root(), line, {});
    std::size_t last = 0;
    for (const OptionGroup& group : option_groups(line)) {
      INFO(line.path() << " " << group.heading);
      const std::size_t at = help.find("\n" + group.heading + "\n");
      REQUIRE(at != std::string::npos);
      CHECK(at > last);
      last = at;
    }
    CHECK(help.find("\nOptions of every command\n") > last);
    CHECK_THAT(help, Contains("--color auto|always|never") && Contains("-q, --quiet"));
  }
  const std::string bench = help_text(program.root(), program.root().commands().front(), {});
  CHECK(bench.find("\nData\n") < bench.find("\n  --dataset NAME"));
  CHECK(bench.find("\n  --dataset NAME") < bench.find("\nSystems\n"));
  CHECK(bench.find("\nAdvanced\n") < bench.find("\n  --set KEY=VALUE"));
}

TEST_CASE("The program's help names every variable of the environment", "[cli][help]") {
  const tests::ProgramRun kgaudit;
  const std::string help = kgaudit("--help").out;
  for (const EnvironmentVariable& variable : environment_variables()) {
    CHECK_THAT(help, Contains("\n  " + std::string(variable.name) + " "));
  }
}

TEST_CASE("Without a command the help is shown, and the code says that nothing was done",
          "[cli][help]") {
  const tests::ProgramRun kgaudit;
  for (const char* arguments : {"", "gate", "datasets", "--quiet"}) {
    INFO(arguments);
    const tests::Outcome outcome = kgaudit(arguments);
    CHECK(outcome.exit_code == 2);
    CHECK(outcome.out.empty());
    CHECK_THAT(outcome.err, Contains("\nExamples\n") && Contains("\nCommands\n") &&
                                Contains("without a command\n") && Contains("  try: kgaudit"));
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
      const bool shown = help.find("\n  " + option_words(option)) != std::string::npos;
      CHECK(shown != option.hidden);
      hidden += option.hidden ? 1U : 0U;
    }
  }
  CHECK(hidden > 0);
}

TEST_CASE("Help is never wider than a hundred columns", "[cli][help]") {
  const tests::ProgramRun kgaudit;
  for (const char* columns : {"60", "100", "200"}) {
    for (const char* arguments :
         {"--help", "bench --help", "tune --help", "datasets make --help", "report --help"}) {
      const std::string help = kgaudit(arguments, "COLUMNS=" + std::string(columns)).out;
      std::istringstream lines(help.substr(0, help.find("\nExamples\n")) +
                               help.substr(help.find("\nOptions")));
      for (std::string line; std::getline(lines, line);) {
        INFO(line);
        CHECK(display_width(line) <= std::min<std::size_t>(100, std::stoul(columns)));
      }
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
      if (family.singular != "word") CHECK_FALSE(entry.facts.empty());
      const tests::Outcome text = kgaudit("explain -- '" + entry.id + "'");
      CHECK(text.exit_code == 0);
      CHECK_THAT(text.out, Contains(family.singular + " " + entry.id));
      for (const ParameterSpec& row : entry.parameters) CHECK_THAT(text.out, Contains(row.name));
    }
  }
}

TEST_CASE("A heading with a value of the data in it is explained as one", "[cli][explain]") {
  const tests::ProgramRun kgaudit;
  CHECK_THAT(kgaudit("explain male-leaning").out,
             Contains("heading male-leaning: a heading of '-leaning', if 'male' is a value of your "
                      "data: The professions"));
  CHECK_THAT(kgaudit("explain 'n blah'").out,
             Contains("heading n blah: a heading of 'n', if 'blah' is a value of your data: How"));
  CHECK_THAT(kgaudit("explain n").out, Contains("word n: How many"));
  CHECK(kgaudit("explain 'n '").out == kgaudit("explain n").out);
  // Under a group a heading comes with the group's words.
  CHECK(kgaudit("explain 'ranking MRR ↑'").out == kgaudit("explain MRR").out);
  CHECK(kgaudit("explain 'time × basic ↓'").out == kgaudit("explain '× basic'").out);
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

TEST_CASE("Reports know the controls of the roster", "[cli][explain]") {
  std::size_t controls = 0;
  for (const CatalogueFamily& family : catalogue()) {
    if (family.name != "systems") continue;
    for (const CatalogueEntry& entry : family.entries) {
      const bool says_so = std::ranges::any_of(entry.facts, [](const auto& fact) {
        return fact.first == "Source" && fact.second.find("control") != std::string::npos;
      });
      INFO(entry.id);
      CHECK(reports::is_control(entry.id) == says_so);
      if (says_so) ++controls;
    }
  }
  CHECK(controls == 3);
}

TEST_CASE("Every check of the data that the sources name is explained", "[cli][explain]") {
  std::set<std::string> explained;
  for (const CatalogueFamily& family : catalogue()) {
    if (family.name != "findings") continue;
    for (const CatalogueEntry& entry : family.entries) explained.insert(entry.id);
  }
  // The first word in quotes behind "add(", "note(" or "push_back({" is the check's name.
  const std::regex named("(add|note|push_back)\\(\\s*\\{?\\s*\"([a-z]+_[a-z_]+)\"");
  std::set<std::string> found;
  for (const char* file :
       {"datasets/integrity.cpp", "datasets/load_dataset.cpp", "datasets/people_dataset.cpp",
        "datasets/people_file.cpp", "suite/audit/aligned_data.cpp"}) {
    const std::string text = tests::read_file(tests::source_file(file));
    for (std::sregex_iterator at(text.begin(), text.end(), named), end; at != end; ++at) {
      found.insert((*at)[2]);
    }
  }
  CHECK(found.size() >= 25);
  for (const std::string& check : found) {
    INFO(check);
    CHECK(explained.contains(check));
  }
  const tests::ProgramRun kgaudit;
  CHECK_THAT(kgaudit("explain shared_triples").out, Contains("MRR is too high"));
  CHECK_THAT(kgaudit("explain leakage_auc_seen").out,
             Contains("figure leakage_auc_seen") && Contains("at most 0.5"));
}

TEST_CASE(
    "Explain says in plain words what a system does and how a measure is read, before formulas",
    "[cli][explain]") {
  const tests::ProgramRun kgaudit;
  for (const auto& [id, label] :
       {std::pair("leace", "  In words "), {"leakage", "  How to read "}}) {
    const std::string text = kgaudit(std::string("explain ") + id).out;
    CAPTURE(text);
    REQUIRE_THAT(text, Contains(label) && Contains("  Formula "));
    CHECK(text.find(label) < text.find("  Formula "));
  }
  CHECK_THAT(kgaudit("explain leace").out, Contains("no linear classifier reads"));
  // The heading of a column holds the name of its attribute; the attribute itself is a word, too.
  CHECK_THAT(kgaudit("explain 'question right, points over majority gender'").out,
             Contains("no better than always saying the commonest value"));
  CHECK_THAT(kgaudit("explain gender").out, Contains("What people must not be judged by"));
  for (const char* word : {"Holm", "macro", "micro", "Integrity", "'Differences from basic'"}) {
    CAPTURE(word);
    CHECK(kgaudit(std::string("explain ") + word).exit_code == 0);
  }
}

TEST_CASE("Explain knows every word of docs/glossary.md", "[cli][explain]") {
  const tests::ProgramRun kgaudit;
  const std::string text = tests::read_file(tests::source_file("docs/glossary.md"));
  std::size_t words = 0;
  const std::string mark = "\n| **";
  for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at + 1)) {
    const std::size_t first = at + mark.size();
    std::string names = text.substr(first, text.find("** |", first) - first);
    std::erase(names, '\\');
    // "ΔS, score gap": two words for one thing.
    for (std::size_t comma = 0; comma != std::string::npos;) {
      comma = names.find(", ");
      const std::string name = names.substr(0, comma);
      INFO(name);
      CHECK(kgaudit("explain -- '" + name + "'").exit_code == 0);
      ++words;
      if (comma != std::string::npos) names.erase(0, comma + 2);
    }
  }
  CHECK(words >= 15);
}

}  // namespace
}  // namespace kgaudit::cli
