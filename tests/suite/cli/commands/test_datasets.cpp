#include <string>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "tests/suite/cli/program_run.hpp"

namespace kgaudit::tests {
namespace {

using Catch::Matchers::Contains;
using Json = nlohmann::json;

/// Facts of a made graph in one file, as somebody might have them.
void write_facts(const ProgramRun& kgaudit) {
  REQUIRE(kgaudit("datasets make --set entities=1000 --out made").exit_code == 0);
  std::string text;
  for (const char* list : {"train.txt", "valid.txt", "test.txt"}) {
    text += read_file(kgaudit.folder() / "made" / list);
  }
  write_file(kgaudit.folder() / "facts.tsv", text);
}

TEST_CASE("One file of triples becomes a graph with a card and a bench", "[cli][datasets]") {
  const ProgramRun kgaudit;
  write_facts(kgaudit);
  const Outcome split = kgaudit("datasets split facts.tsv --out town --seed 3");
  INFO(split.err);
  CHECK(split.exit_code == 0);
  CHECK_THAT(split.out, Contains("train") && Contains("rule") && Contains("seed 3"));
  CHECK_THAT(split.err, Contains("kgaudit datasets propose town --out town/card.toml"));

  const std::string bench =
      "bench --triples town --systems basic,kl --seeds 1 --epochs 2 --dimension 8 --metrics "
      "score_gap --threads 1 --set evaluation.validate_every=0 --out ";
  const Outcome without = kgaudit(bench + "run1");
  CHECK(without.exit_code == 2);
  CHECK_THAT(without.err, Contains("kgaudit datasets propose town --out town/card.toml"));

  const Outcome proposed = kgaudit("datasets propose town --out town/card.toml");
  INFO(proposed.err);
  CHECK(proposed.exit_code == 0);
  CHECK_THAT(read_file(kgaudit.folder() / "town" / "card.toml"),
             Contains("id = \"gender\"") && Contains("[profession]") && Contains("confidence"));
  CHECK(kgaudit("datasets propose town --out town/card.toml").exit_code == 2);

  const Outcome with = kgaudit(bench + "run2");
  INFO(with.err);
  CHECK(with.exit_code == 0);
  CHECK_THAT(with.err, !Contains("datasets propose"));
}

TEST_CASE("A split is repeated byte by byte and never overwritten", "[cli][datasets]") {
  const ProgramRun kgaudit;
  write_facts(kgaudit);
  const Json one = Json::parse(kgaudit("datasets split facts.tsv --out a --json").out);
  REQUIRE(kgaudit("datasets split facts.tsv --out b").exit_code == 0);
  for (const char* list : {"train.txt", "valid.txt", "test.txt", "split.json"}) {
    CHECK(read_file(kgaudit.folder() / "a" / list) == read_file(kgaudit.folder() / "b" / list));
  }
  CHECK(one["directory"] == "a");
  CHECK(one["test"].get<int>() > 0);
  CHECK(one["leaking_test"] == 0);
  const Outcome again = kgaudit("datasets split facts.tsv --out a");
  CHECK(again.exit_code == 2);
  CHECK_THAT(again.err, Contains("something is there already"));
}

TEST_CASE("A dump of RDF becomes a graph of its persons, with counts and what to do next",
          "[cli][datasets]") {
  const ProgramRun kgaudit;
  std::string dump;
  for (int i = 0; i < 200; ++i) {
    const auto add = [&](const char* property, int value) {
      dump += fmt::format(
          "<http://www.wikidata.org/entity/Q{}> <http://www.wikidata.org/prop/direct/{}> "
          "<http://www.wikidata.org/entity/Q{}> .\n",
          1000 + i, property, value);
    };
    add("P31", 5);
    add("P21", i % 2 == 0 ? 6581072 : 6581097);
    add("P27", 30 + i % 3);
    add("P735", 700 + i % 6);
  }
  write_file(kgaudit.folder() / "dump.nt", dump);
  const Outcome done = kgaudit("datasets import dump.nt --out people --also P735 --seed 1");
  INFO(done.err);
  CHECK(done.exit_code == 0);
  CHECK_THAT(done.out, Contains("persons      200, 0 of them without a kept fact") &&
                           Contains("P735         200 triples of 200 persons") &&
                           Contains("P140         0 triples"));
  CHECK_THAT(done.err, Contains("kgaudit datasets show ./people"));
  const std::string whole = (kgaudit.folder() / "whole").string();
  CHECK_THAT(kgaudit("datasets import dump.nt --out '" + whole + "'").err,
             Contains("kgaudit datasets show " + whole));
  const Outcome shown = kgaudit("datasets show ./people");
  CHECK(shown.exit_code == 0);
  CHECK_THAT(shown.out, Contains("gender       200 persons, 2 values") && Contains("told by P735"));
  const Json json =
      Json::parse(kgaudit("datasets import dump.nt --out again --also P735 --seed 1 --json").out);
  CHECK(json["persons"] == 200);
  CHECK(json["directory"] == "again");
  CHECK(read_file(kgaudit.folder() / "again" / "test.txt") ==
        read_file(kgaudit.folder() / "people" / "test.txt"));
  CHECK(kgaudit("datasets import dump.nt --out again").exit_code == 2);
  CHECK(kgaudit("datasets import none.nt --out b").exit_code == 5);
  write_file(kgaudit.folder() / "empty.nt", "");
  CHECK(kgaudit("datasets import empty.nt --out b").exit_code == 5);
  CHECK_THAT(kgaudit("datasets import dump.nt --out b --person P31=Q6").err,
             Contains("no subject with P31 Q6") && Contains("--person"));
}

TEST_CASE("What split and propose cannot use is named", "[cli][datasets]") {
  const ProgramRun kgaudit;
  write_file(kgaudit.folder() / "facts.tsv", "a b c\n");
  CHECK_THAT(kgaudit("datasets split facts.tsv --out a").err,
             Contains("facts.tsv:1: 1 column") && Contains("tabs in place of blanks"));
  CHECK_THAT(kgaudit("datasets split facts.tsv --out a --test 0.7").err,
             Contains("--test") && Contains("0.7"));
  CHECK_THAT(kgaudit("datasets split facts.tsv --out a --leaks togther").err,
             Contains("did you mean 'together'?"));
  CHECK(kgaudit("datasets split none.tsv --out a").exit_code == 5);
  CHECK_FALSE(std::filesystem::exists(kgaudit.folder() / "a"));

  std::filesystem::create_directory(kgaudit.folder() / "films");
  for (const char* list : {"train.txt", "valid.txt", "test.txt"}) {
    write_file(kgaudit.folder() / "films" / list, "film\tcountry\tfrance\n");
  }
  for (const char* arguments : {"datasets propose ./films", "datasets propose ./films -q"}) {
    const Outcome films = kgaudit(arguments);
    CHECK(films.exit_code == 7);
    CHECK_THAT(films.err, Contains("docs/cards.md"));
  }
  std::filesystem::remove(kgaudit.folder() / "films" / "test.txt");
  CHECK_THAT(kgaudit("datasets propose ./films").err, Contains("kgaudit datasets split"));
}

TEST_CASE("A path in advice is one word for a shell", "[cli][datasets]") {
  const ProgramRun kgaudit;
  write_facts(kgaudit);
  const Outcome split = kgaudit("datasets split facts.tsv --out 'a b;$(touch X)'");
  CHECK(split.exit_code == 0);
  CHECK_THAT(split.err, Contains("kgaudit datasets propose 'a b;$(touch X)' --out "
                                 "'a b;$(touch X)/card.toml'"));
  const Outcome shown = kgaudit("datasets show './a b;$(touch X)'");
  CHECK(shown.exit_code == 0);
  CHECK_THAT(shown.err, Contains("kgaudit datasets propose './a b;$(touch X)'"));
  CHECK(kgaudit("datasets propose 'a b;$(touch X)' --out 'a b;$(touch X)/card.toml'").exit_code ==
        0);
}

TEST_CASE("Files of a card without digests or addresses get advice that can be followed",
          "[cli][datasets]") {
  const ProgramRun kgaudit;
  std::filesystem::create_directory(kgaudit.folder() / "g");
  std::string card =
      "id = \"g\"\ntitle = \"G\"\ndescription = \"d\"\nlicence = \"none\"\ncitation = \"c\"\n"
      "format = \"tab-separated\"\n";
  for (const char* list : {"train", "valid", "test"}) {
    write_file(kgaudit.folder() / "g" / (std::string(list) + ".txt"), "ann\tknows\tbob\n");
    card += fmt::format("[[file]]\nrole = \"{0}\"\npath = \"{0}.txt\"\n", list);
  }
  write_file(kgaudit.folder() / "g" / "card.toml", card);
  const Outcome unchecked = kgaudit("datasets verify g/card.toml");
  CHECK(unchecked.exit_code == 5);
  CHECK_THAT(unchecked.out, Contains("no digest to check against  g/train.txt\n"));
  CHECK_THAT(unchecked.err, Contains("sha256sum") && Contains("g/card.toml") && !Contains("fetch"));
  std::filesystem::remove(kgaudit.folder() / "g" / "test.txt");
  const Outcome missing = kgaudit("datasets verify g/card.toml");
  CHECK(missing.exit_code == 5);
  CHECK_THAT(missing.out, Contains("missing                     g/test.txt\n"));
  CHECK_THAT(missing.err, Contains("restore the files") && !Contains("fetch"));
}

TEST_CASE("A proposal as JSON gives every relation its reason", "[cli][datasets]") {
  const ProgramRun kgaudit;
  REQUIRE(kgaudit("datasets make --set entities=1000 --out made").exit_code == 0);
  const Json json = Json::parse(kgaudit("datasets propose made --json").out);
  REQUIRE(json["sensitive"].size() >= 1);
  CHECK(json["sensitive"][0]["id"] == "gender");
  CHECK(json["sensitive"][0]["first"]["confidence"] == "high");
  CHECK_FALSE(json["sensitive"][0]["first"]["reason"].get<std::string>().empty());
  CHECK_THAT(json["card"].get<std::string>(), Contains("[[sensitive]]"));
  CHECK_FALSE(json.contains("file"));
}

}  // namespace
}  // namespace kgaudit::tests
