#include <cstdlib>
#include <set>
#include <sstream>
#include <string>

#include "suite/cli/catalogue.hpp"
#include "suite/cli/program_declaration.hpp"
#include "suite/cli/shell_completion.hpp"
#include "tests/suite/cli/program_run.hpp"

namespace kgaudit::cli {
namespace {

bool is_installed(const std::string& program) {
  return std::system(("command -v " + program + " >/dev/null 2>&1").c_str()) == 0;
}

std::string script_for(const std::string& shell) {
  Console::Options options;
  CommandAction chosen;
  const ProgramLine program = declare_program(options, chosen);
  return shell_completion(program.root(), shell);
}

/// What a shell prints for a line of its own language, word by word.
std::set<std::string> words_of(const std::string& shell, const std::string& line) {
  const tests::TemporaryDirectory folder;
  tests::write_file(folder / "script", script_for(shell));
  tests::write_file(folder / "line", line);
  const std::string call = "cd '" + folder.path().string() +
                           "' && mkdir town && touch town.tsv && " + shell +
                           " line >words 2>complaints";
  const int status = std::system(call.c_str());
  INFO(tests::read_file(folder / "complaints"));
  CHECK(status == 0);
  CHECK(tests::read_file(folder / "complaints").empty());
  std::istringstream words(tests::read_file(folder / "words"));
  std::set<std::string> found;
  for (std::string word; std::getline(words, word);) {
    if (!word.empty()) found.insert(word.substr(0, word.find('\t')));
  }
  return found;
}

/// What bash offers for the last of these words.
std::set<std::string> bash_offers(const std::string& typed) {
  return words_of("bash", "source ./script\nCOMP_WORDS=(" + typed +
                              ")\nCOMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n_kgaudit\n"
                              "printf '%s\\n' \"${COMPREPLY[@]}\"\n");
}

TEST_CASE("Each shell finds nothing wrong with the script that is made for it",
          "[cli][completion]") {
  const tests::ProgramRun kgaudit;
  for (const std::string& shell : completed_shells()) {
    INFO(shell);
    const tests::Outcome script = kgaudit("completion " + shell);
    CHECK(script.exit_code == 0);
    CHECK(script.out == script_for(shell));
    if (!is_installed(shell)) continue;
    tests::write_file(kgaudit.folder() / "script", script.out);
    const std::string call = shell + " -n '" + (kgaudit.folder() / "script").string() + "'";
    CHECK(std::system(call.c_str()) == 0);
  }
}

TEST_CASE("Bash completes commands, options, ids, lists, plan keys, files and folders",
          "[cli][completion]") {
  using Words = std::set<std::string>;
  CHECK(bash_offers("kgaudit ben") == Words{"bench"});
  CHECK(bash_offers("kgaudit gate c") == Words{"calibrate", "check"});
  CHECK(bash_offers("kgaudit gate check --re") == Words{"--report-only"});
  CHECK(bash_offers("kgaudit bench --dataset fb15k-2") == Words{"fb15k-237"});
  CHECK(bash_offers("kgaudit bench --systems basic,bos") == Words{"basic,bose"});
  CHECK(bash_offers("kgaudit bench --seeds 3 --set training.dim") == Words{"training.dimension="});
  CHECK(bash_offers("kgaudit report run --format latex,mark") == Words{"latex,markdown"});
  CHECK(bash_offers("kgaudit report --spread i") == Words{"interval"});
  CHECK(bash_offers("kgaudit --color n") == Words{"never"});
  CHECK(bash_offers("kgaudit bench --color al") == Words{"always"});
  CHECK(bash_offers("kgaudit datasets split to") == Words{});
  CHECK(bash_offers("kgaudit bench --triples to") == Words{"town"});
  CHECK(bash_offers("kgaudit bench --plan to") == Words{"town", "town.tsv"});
  CHECK(bash_offers("kgaudit report run --columns lea").contains("leakage"));
  CHECK(bash_offers("kgaudit datasets split to --columns ''").empty());
  CHECK(bash_offers("kgaudit datasets fetch plan") == Words{"planted-people"});
  CHECK(bash_offers("kgaudit explain leaka").contains("leakage"));
  CHECK(bash_offers("kgaudit bench --stop-after").empty());  // hidden
}

TEST_CASE("Fish completes the same", "[cli][completion]") {
  if (!is_installed("fish")) KGA_SKIP("fish is not installed");
  const auto offers = [](const std::string& typed) {
    return words_of("fish", "source ./script\ncomplete -C '" + typed + "'\n");
  };
  using Words = std::set<std::string>;
  CHECK(offers("kgaudit ben") == Words{"bench"});
  CHECK(offers("kgaudit gate c") == Words{"calibrate", "check"});
  CHECK(offers("kgaudit bench --dataset fb15k-2") == Words{"fb15k-237"});
  CHECK(offers("kgaudit bench --systems basic,bos").contains("basic,bose"));
  CHECK(offers("kgaudit bench --set training.dim") == Words{"training.dimension="});
  CHECK(offers("kgaudit --color n").contains("never"));
}

TEST_CASE("The scripts know every id of the lists that options take", "[cli][completion]") {
  for (const std::string& shell : completed_shells()) {
    const std::string script = script_for(shell);
    for (const CatalogueFamily& family : catalogue()) {
      if (family.singular == "word") continue;  // words of tables, which no option takes
      for (const CatalogueEntry& entry : family.entries) {
        INFO(shell << " " << entry.id);
        CHECK(script.find(entry.id) != std::string::npos);
      }
    }
  }
}

}  // namespace
}  // namespace kgaudit::cli
