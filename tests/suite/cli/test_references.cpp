#include <regex>
#include <set>
#include <string>

#include "suite/cli/catalogue.hpp"
#include "suite/cli/references.hpp"
#include "tests/suite/cli/program_run.hpp"
#include "tests/test_support.hpp"

namespace kgaudit::cli {
namespace {

using Catch::Matchers::Contains;

std::set<std::string> keys_in(const std::string& source) {
  std::set<std::string> keys;
  for (const Reference* work : references_in(source)) keys.emplace(work->key);
  return keys;
}

TEST_CASE("Sources are found by first author and year, or by the name of a tool", "[cli][cite]") {
  using Keys = std::set<std::string>;
  CHECK(keys_in("Fisher et al. 2020, section 2 (\"Basic\"); PyTorch-BigGraph") ==
        Keys{"fisher2020", "lerer2019"});
  CHECK(keys_in("Sun et al. 2019") == Keys{"sun2019"});
  CHECK(keys_in("Sun et al. 2020 (ties); Bordes et al. 2013") == Keys{"sun2020", "bordes2013"});
  CHECK(keys_in("Rossi, Firmani, Merialdo 2021") == Keys{"rossi2021bias"});
  CHECK(keys_in("Rossi et al. 2021 and this project") == Keys{"rossi2021"});
  CHECK(keys_in("this project").empty());
  CHECK(keys_in("Fisher, unpublished; Bordes et al. 2013") == Keys{"bordes2013"});
}

TEST_CASE("Every work that a source or a card names has a BibTeX entry", "[cli][cite]") {
  const std::regex work(
      "[A-Z][A-Za-z-]+( et al\\.| (&|and) [A-Z][A-Za-z-]+|(, [A-Z][A-Za-z-]+)+)? "
      "(19|20)[0-9]{2}");
  std::size_t sources = 0;
  for (const CatalogueFamily& family : catalogue()) {
    for (const CatalogueEntry& entry : family.entries) {
      for (const auto& [label, text] : entry.facts) {
        if (label != "Source" && label != "Citation") continue;
        INFO(family.singular << " " << entry.id << ": " << text);
        const auto begin = std::sregex_iterator(text.begin(), text.end(), work);
        for (auto at = begin; at != std::sregex_iterator(); ++at) {
          if (at->str().starts_with("AuditLP") || at->str().starts_with("Xiv")) continue;
          INFO(at->str());
          CHECK(references_in(at->str()).size() == 1);
          ++sources;
        }
      }
    }
  }
  CHECK(sources > 60);
}

TEST_CASE("Every BibTeX entry has its own key, author, title and year, and braces that match",
          "[cli][cite]") {
  std::set<std::string_view> keys;
  for (const Reference& reference : references()) {
    INFO(reference.key);
    CHECK(keys.insert(reference.key).second);
    const std::string entry(reference.bibtex);
    CHECK_THAT(entry, Contains("{" + std::string(reference.key) + ",\n"));
    for (const char* field : {"  author    = {", "  title     = {", "  year      = {"}) {
      CHECK_THAT(entry, Contains(field));
    }
    CHECK_THAT(entry, Contains("year      = {" + std::string(reference.year)));
    CHECK(std::count(entry.begin(), entry.end(), '{') ==
          std::count(entry.begin(), entry.end(), '}'));
    CHECK(entry.ends_with("}\n"));
  }
}

TEST_CASE("Whoever cites or installs the program is told its own version", "[cli][cite]") {
  const tests::ProgramRun kgaudit;
  const std::string line = kgaudit("--version").out;
  std::smatch version;
  REQUIRE(std::regex_search(line, version, std::regex(R"(\d+\.\d+\.\d+)")));
  const auto states = [&](const char* file, const std::string& words) {
    CHECK_THAT(tests::read_file(tests::source_file(file)), Contains(words));
  };
  CHECK_THAT(kgaudit("cite").out, Contains("version   = {" + version.str() + "}"));
  states("CITATION.cff", "version: " + version.str() + "\n");
  states("CHANGELOG.md", "## " + version.str() + " (");
  states("docs/install.md", "kgaudit_" + version.str() + "_amd64.deb");
  states("docs/gate.md", "rev: v" + version.str() + "\n");
}

TEST_CASE("The program prints the entry of itself, of a system, of a measure and of a data set",
          "[cli][cite]") {
  const tests::ProgramRun kgaudit;
  CHECK_THAT(kgaudit("cite").out, Contains("@software{kgaudit,"));
  CHECK_THAT(kgaudit("cite kl+attr").out, Contains("@inproceedings{fisher2020,"));
  CHECK_THAT(kgaudit("cite fb15k-237").out,
             Contains("{toutanova2015,") && Contains("{dettmers2018,"));
  const tests::Outcome own = kgaudit("cite leace-shuffled");
  CHECK_THAT(own.out, Contains("@software{kgaudit,"));
  CHECK_THAT(own.err, Contains("the null control of this suite"));
  CHECK_THAT(kgaudit("cite leake").err, Contains("unknown id 'leake'"));
}

}  // namespace
}  // namespace kgaudit::cli
