#include <cstdlib>
#include <string>

#include "suite/cli/man_page.hpp"
#include "suite/cli/program_declaration.hpp"
#include "tests/suite/cli/program_run.hpp"

namespace kgaudit::cli {
namespace {

using Catch::Matchers::Contains;

std::vector<ManPage> all_pages() {
  Console::Options options;
  CommandAction chosen;
  const ProgramLine program = declare_program(options, chosen);
  return man_pages(program.root());
}

TEST_CASE("Every command has a manual page with its options, examples and exit codes",
          "[cli][man]") {
  const std::vector<ManPage> pages = all_pages();
  REQUIRE(pages.size() == commands().size() + 1);
  CHECK(pages.front().name == "kgaudit");
  for (const ManPage& page : pages) {
    INFO(page.name);
    for (const char* section : {".SH NAME\n", ".SH SYNOPSIS\n", ".SH EXAMPLES\n",
                                ".SH ENVIRONMENT\n", ".SH EXIT STATUS\n"}) {
      CHECK_THAT(page.text, Contains(section));
    }
  }
  CHECK_THAT(pages[1].text, Contains("\\fB\\-\\-dataset\\fR \\fINAME\\fR"));
  CHECK_THAT(pages[1].text, Contains("kgaudit bench \\-\\-dump\\-plan"));
  CHECK_THAT(pages[1].text, Contains("interrupted: all finished work is saved; continue with "
                                     "\\-\\-resume"));
}

TEST_CASE("The pages are well-formed for groff and mandoc", "[cli][man]") {
  const tests::TemporaryDirectory folder;
  for (const ManPage& page : all_pages()) {
    tests::write_file(folder / (page.name + ".1"), page.text);
  }
  bool checked = false;
  for (const std::string checker : {"groff -ww -man -Tutf8 -z", "mandoc -Tlint -Wwarning"}) {
    if (std::system(
            ("command -v " + checker.substr(0, checker.find(' ')) + " >/dev/null").c_str()) != 0)
      continue;
    checked = true;
    const std::string call = "cd '" + folder.path().string() + "' && for page in *.1; do " +
                             checker + " \"$page\"; done >complaints 2>&1";
    static_cast<void>(std::system(call.c_str()));
    CHECK(tests::read_file(folder / "complaints") == "");
  }
  if (!checked) KGA_SKIP("neither groff nor mandoc is installed");
}

TEST_CASE("The program prints the page of a command, or writes all of them", "[cli][man]") {
  const tests::ProgramRun kgaudit;
  const tests::Outcome page = kgaudit("man gate");
  CHECK(page.exit_code == 0);
  CHECK_THAT(page.out, Contains(".TH KGAUDIT\\-GATE 1") && Contains(".SH kgaudit gate check"));
  CHECK_THAT(kgaudit("man").out, Contains(".TH KGAUDIT 1"));
  CHECK_THAT(kgaudit("man bnech").err, Contains("did you mean 'bench'?"));
  CHECK(kgaudit("man --out pages").exit_code == 0);
  CHECK(tests::read_file(kgaudit.folder() / "pages" / "kgaudit-gate.1") == page.out);
}

TEST_CASE("Pages replace pages, and no file of somebody else", "[cli][man]") {
  const tests::ProgramRun kgaudit;
  REQUIRE(kgaudit("man --out pages").exit_code == 0);
  CHECK(kgaudit("man --out pages").exit_code == 0);
  tests::write_file(kgaudit.folder() / "pages" / "kgaudit-gate.1", "my own notes");
  std::filesystem::remove(kgaudit.folder() / "pages" / "kgaudit-audit.1");
  const tests::Outcome refused = kgaudit("man --out pages");
  CHECK(refused.exit_code == 2);
  CHECK_THAT(refused.err, Contains("kgaudit-gate.1: something that kgaudit man did not write") &&
                              Contains("move that file away"));
  CHECK(tests::read_file(kgaudit.folder() / "pages" / "kgaudit-gate.1") == "my own notes");
  // Nothing is written before all files were looked at.
  CHECK_FALSE(std::filesystem::exists(kgaudit.folder() / "pages" / "kgaudit-audit.1"));
}

}  // namespace
}  // namespace kgaudit::cli
