#include <algorithm>
#include <sstream>
#include <string>

#include <nlohmann/json.hpp>

#include "tests/suite/cli/program_run.hpp"

namespace kgaudit::tests {
namespace {

using Catch::Matchers::Contains;
using Json = nlohmann::json;

/// Calls of the program through a line of shell, in which "$@" is the call.
class ShellRun {
 public:
  [[nodiscard]] Outcome operator()(const std::string& arguments, const std::string& shell) const {
    write_file(kgaudit_.folder() / "call.sh", shell + "\n");
    return kgaudit_(arguments, "sh call.sh");
  }
  [[nodiscard]] const ProgramRun& plain() const { return kgaudit_; }

 private:
  ProgramRun kgaudit_;
};

TEST_CASE("A closed stdin, stdout or stderr leaves the record whole", "[cli][output]") {
  const ShellRun run;
  int number = 0;
  for (const auto& [shell, code] : {std::pair{"exec \"$@\" <&-", 0},
                                    {"exec \"$@\" >&-", 2},
                                    {"exec \"$@\" 2>&-", 0},
                                    {"exec \"$@\" <&- >&- 2>&-", 2}}) {
    INFO(shell);
    const std::string folder = "run" + std::to_string(++number);
    CHECK(run(std::string(kTinyBench) + "--out " + folder, shell).exit_code == code);
    const Outcome report = run.plain()("report " + folder);
    CHECK(report.exit_code == 0);
    CHECK(report.err.empty());
    CHECK_THAT(report.out, Contains("MRR"));
  }
}

TEST_CASE("A stdout that takes nothing is an error of every command", "[cli][output]") {
  const ShellRun run;
  for (const char* arguments :
       {"list", "list --json", "--help", "--version", "bench --help", "env", "explain kl",
        "datasets list", "bench --dump-plan", "datasets show planted-people"}) {
    INFO(arguments);
    const Outcome outcome = run(arguments, "exec \"$@\" >/dev/full");
    CHECK(outcome.exit_code == 2);
    CHECK_THAT(outcome.err, Contains("kgaudit: stdout: cannot be written ("));
    const Outcome closed = run(arguments, "exec \"$@\" >&-");
    CHECK(closed.exit_code == 2);
    CHECK_THAT(closed.err, Contains("kgaudit: stdout: cannot be written ("));
  }
}

TEST_CASE("Nothing that a card says acts on the terminal", "[cli][output]") {
  const ProgramRun kgaudit;
  REQUIRE(kgaudit("datasets make --set entities=1000 --out graph").exit_code == 0);
  std::string card = read_file(kgaudit.folder() / "graph" / "card.toml");
  const std::size_t title = card.find("title = \"") + 9;
  card.insert(title, "\\u001b[31m\\u009b32m\\u202eRED\\u200b");
  write_file(kgaudit.folder() / "graph" / "card.toml", card);
  const Outcome shown = kgaudit("datasets show ./graph");
  CHECK(shown.exit_code == 0);
  CHECK_THAT(shown.out, Contains("\\x1b[31m\\u009b32m\\u202eRED\\u200b"));
  const Outcome json = kgaudit("datasets show ./graph --json");
  CHECK(json.out.find("\xe2\x80\xae") == std::string::npos);
  CHECK_THAT(Json::parse(json.out)["title"].get<std::string>(), Contains("\x1b[31m\xc2\x9b"
                                                                         "32m\xe2\x80\xaeRED"));
  // A path in a message.
  const std::size_t path = card.find("path = \"") + 8;
  card.insert(path, "\\u001b[2J\\u0000");
  write_file(kgaudit.folder() / "graph" / "card.toml", card);
  const Outcome refused = kgaudit("datasets show ./graph");
  CHECK(refused.exit_code != 0);
  CHECK(refused.err.find('\x1b') == std::string::npos);
  CHECK_THAT(refused.err, Contains("\\x1b[2J") && Contains("expected:"));
}

TEST_CASE("An error under --json is JSON on stdout, with its parts and its code", "[cli][output]") {
  const ProgramRun kgaudit;
  const std::pair<const char*, int> calls[] = {
      {"bnech --json", 2},
      {"--json", 2},
      {"bench --json --set training.dimensoin=3", 2},
      {"bench --json --epochs 0", 2},
      {"report --json none", 5},
      {"gate check --json none", 4},
      {"explain leakge --json", 2},
  };
  for (const auto& [arguments, code] : calls) {
    INFO(arguments);
    const Outcome outcome = kgaudit(arguments);
    CHECK(outcome.exit_code == code);
    const Json error = Json::parse(outcome.out).at("error");
    CHECK(error.at("code") == code);
    CHECK(outcome.err == "kgaudit: " + error.at("message").get<std::string>() + "\n");
    CHECK(std::count(outcome.out.begin(), outcome.out.end(), '\n') == 1);
  }
  const Json error = Json::parse(kgaudit("explain leakge --json").out).at("error");
  CHECK(error.at("meaning") == "invalid command line, plan or dataset card");
  CHECK(error.at("place") == "explain");
  CHECK(error.at("got") == "unknown id 'leakge'");
  CHECK(error.at("advice") == "did you mean 'leakage'?");
}

TEST_CASE("A folder whose name is not UTF-8 is shown as JSON with a mark in place of the byte",
          "[cli][output]") {
  const ProgramRun kgaudit;
  write_file(kgaudit.folder() / "call.sh", "KGAUDIT_DATA=$'cache\\xff' exec \"$@\"\n");
  const Outcome outcome = kgaudit("datasets verify fb13 --json", "bash call.sh");
  CHECK(outcome.exit_code == 5);
  const Json files = Json::parse(outcome.out).at("files");
  REQUIRE_FALSE(files.empty());
  CHECK_THAT(files[0].at("path").get<std::string>(), Contains("cache\xef\xbf\xbd/"));
  CHECK(files[0].at("condition") == "missing");
}

TEST_CASE("A pipe is drawn on with --color always and not with never, whatever NO_COLOR says",
          "[cli][output]") {
  const ProgramRun kgaudit;
  CHECK_THAT(kgaudit("bench --help --color always").out, Contains("\n\x1b[1mData\x1b[0m\n"));
  CHECK_THAT(kgaudit("bench --help --color always", "NO_COLOR=1").out, Contains("\x1b[1m"));
  for (const char* arguments : {"bench --help", "bench --help --color never"}) {
    CHECK(kgaudit(arguments).out.find('\x1b') == std::string::npos);
  }
  CHECK(kgaudit("list --color blue").exit_code == 2);
}

TEST_CASE("COLUMNS is the width of tables and help", "[cli][output]") {
  const ProgramRun kgaudit;
  const auto widest = [](const std::string& text) {
    std::size_t columns = 0;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) columns = std::max(columns, line.size());
    return columns;
  };
  CHECK(widest(kgaudit("list presets", "COLUMNS=70").out) <= 70);
  CHECK(widest(kgaudit("list presets", "COLUMNS=160").out) > 100);
  CHECK(kgaudit("list", "COLUMNS=many").out == kgaudit("list").out);
  CHECK(kgaudit("list", "COLUMNS=3").out == kgaudit("list").out);
}

}  // namespace
}  // namespace kgaudit::tests
