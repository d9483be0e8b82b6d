#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

#include "suite/cli/program_declaration.hpp"
#include "tests/suite/cli/program_run.hpp"
#include "tests/test_support.hpp"

namespace kgaudit::cli {
namespace {

using tests::words_of_call;

struct Command {
  std::string file;
  std::string line;
};

/// The commands of kgaudit in a page's blocks of shell lines; one that goes on in the next line is
/// put together.
void collect_commands(const std::filesystem::path& page, std::vector<Command>& commands) {
  std::istringstream lines(tests::read_file(page));
  bool shell = false;
  std::string whole;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("```")) {
      shell = !shell && (line == "```sh" || line == "```bash" || line == "```");
      continue;
    }
    if (!shell) continue;
    whole += line;
    if (whole.ends_with('\\')) {
      whole.back() = ' ';
      continue;
    }
    if (whole.starts_with("kgaudit ")) commands.push_back({page.filename().string(), whole});
    whole.clear();
  }
}

std::vector<Command> documented_commands() {
  std::vector<Command> commands;
  collect_commands(tests::source_file("README.md"), commands);
  std::vector<std::filesystem::path> pages;
  for (const auto& entry : std::filesystem::directory_iterator(tests::source_file("docs"))) {
    if (entry.path().extension() == ".md") pages.push_back(entry.path());
  }
  std::ranges::sort(pages);
  for (const std::filesystem::path& page : pages) collect_commands(page, commands);
  return commands;
}

bool has(const std::vector<std::string>& words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

}  // namespace

TEST_CASE("The command line takes every command of README and the documents", "[cli][documents]") {
  const std::vector<Command> commands = documented_commands();
  CHECK(commands.size() > 40);
  for (const Command& command : commands) {
    INFO(command.file << ": " << command.line);
    Console::Options typed;
    CommandAction action;
    ProgramLine parser = declare_program(typed, action);
    const std::vector<std::string> words = words_of_call(command.line);
    std::vector<const char*> arguments;
    for (const std::string& word : words) arguments.push_back(word.c_str());
    const auto outcome = parser.parse(static_cast<int>(arguments.size()), arguments.data());
    CHECK_FALSE(outcome.complaint.has_value());
  }
}

TEST_CASE("Every run of README and the documents has a plan: its systems, presets and keys exist",
          "[cli][documents]") {
  const tests::ProgramRun kgaudit;
  std::size_t runs = 0;
  for (const Command& command : documented_commands()) {
    const std::vector<std::string> words = words_of_call(command.line);
    const bool bench = words.size() > 1 && words[1] == "bench";
    // A plan's file, a card and a folder of triples are what the page made a line before.
    if (!bench || has(words, "--plan") || has(words, "--card") || has(words, "--triples")) continue;
    INFO(command.file << ": " << command.line);
    std::string arguments;
    for (std::size_t i = 1; i < words.size(); ++i) arguments += words[i] + " ";
    ++runs;
    CHECK(kgaudit(arguments + (has(words, "--dump-plan") ? "" : "--dump-plan")).exit_code == 0);
  }
  CHECK(runs >= 8);
}

}  // namespace kgaudit::cli
