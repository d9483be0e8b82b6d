#include <map>
#include <random>
#include <sstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "tests/suite/cli/program_run.hpp"

namespace kgaudit::tests {
namespace {

using Catch::Matchers::Contains;
using Json = nlohmann::json;

/// A number for each name that stands in a made graph, as somebody's embeddings.
std::string rows_of_graph(const std::filesystem::path& graph) {
  std::map<std::string, std::size_t> names;
  for (const char* list : {"train.txt", "valid.txt", "test.txt"}) {
    std::istringstream lines(read_file(graph / list));
    for (std::string line; std::getline(lines, line);) {
      names.emplace(line.substr(0, line.find('\t')), names.size());
      names.emplace(line.substr(line.rfind('\t') + 1), names.size());
    }
  }
  std::string text;
  for (const auto& [name, place] : names) {
    text += name + "\t" + std::to_string(place % 17) + "\t" + std::to_string(place % 5) + "\t" +
            std::to_string(place % 3) + "\n";
  }
  return text;
}

TEST_CASE("Erase writes neutral rows of a graph that the user has", "[cli][erase]") {
  const ProgramRun kgaudit;
  REQUIRE(kgaudit("datasets make --set entities=1000 --out graph").exit_code == 0);
  write_file(kgaudit.folder() / "rows.tsv", rows_of_graph(kgaudit.folder() / "graph"));
  const std::string erase =
      "erase --card graph/card.toml --embeddings rows.tsv --systems leace "
      "--set system.leace.views=single --set metric.leakage.mlp_epochs=1 --out out";
  const Outcome outcome = kgaudit(erase);
  INFO(outcome.err);
  CHECK(outcome.exit_code == 0);
  CHECK_THAT(outcome.out,
             Contains("as read") && Contains("leace [s:gender]") && Contains("out/leace.s-gender"));
  CHECK(std::filesystem::exists(kgaudit.folder() / "out/leace.s-gender/entity_embeddings.tsv"));
  const Outcome again = kgaudit(erase);
  CHECK(again.exit_code == 2);
  CHECK_THAT(again.err, Contains("already there"));
  const Json json = Json::parse(kgaudit(erase + "2 --json").out);
  CHECK(json["rows"] == 1000);
  CHECK(json["folders"].size() == json["table"]["rows"].size() - 1);
  CHECK(json["left_out"].empty());
  CHECK(json["source"]["sha256"].get<std::string>().size() == 64);
}

TEST_CASE("Erase names what is wrong with rows, and writes nothing", "[cli][erase]") {
  const ProgramRun kgaudit;
  write_file(kgaudit.folder() / "rows.tsv", "person_1\t1\tnan\n");
  const Outcome outcome =
      kgaudit("erase --dataset planted-people --embeddings rows.tsv --systems leace --out out");
  CHECK(outcome.exit_code == 5);
  CHECK_THAT(outcome.err, Contains("rows.tsv:1: 'nan' as number 2"));
  CHECK(kgaudit("erase --dataset planted-people --embeddings rows.tsv --systems bose --out out")
            .exit_code == 2);
  CHECK(kgaudit("erase --dataset planted-people --embeddings none.tsv --systems leace --out out")
            .exit_code == 5);
  const Outcome nobody = kgaudit("erase --embeddings rows.tsv --systems leace --out out");
  CHECK(nobody.exit_code == 2);
  CHECK_THAT(nobody.err, Contains("nothing that says who the persons are") && Contains("--people"));
  CHECK(kgaudit("erase --systems leace --out out").exit_code == 2);
  CHECK_FALSE(std::filesystem::exists(kgaudit.folder() / "out"));
}

/// A graph of so many persons of each gender, and a row of three numbers for each of them.
std::string write_town(const ProgramRun& kgaudit, int persons) {
  std::string train;
  std::string rows;
  for (int i = 0; i < 2 * persons; ++i) {
    const std::string name = "p" + std::to_string(i);
    train += name + "\tgender\t" + (i % 2 == 0 ? "male" : "female") + "\n";
    rows += name + "\t" + std::to_string(i % 2) + "." + std::to_string(i % 7) + "\t0." +
            std::to_string(i % 5) + "\t1." + std::to_string(i % 3) + "\n";
  }
  const auto graph = kgaudit.folder() / "town";
  std::filesystem::create_directory(graph);
  write_file(graph / "train.txt", train + "p0\tknows\tp1\n");
  write_file(graph / "valid.txt", "p1\tknows\tp2\n");
  write_file(graph / "test.txt", "p2\tknows\tp3\n");
  write_file(graph / "card.toml",
             "id = \"town\"\ntitle = \"Town\"\ndescription = \"d\"\nlicence = \"none\"\ncitation = "
             "\"c\"\nformat = \"tab-separated\"\n[[file]]\nrole = \"train\"\npath = \"train.txt\"\n"
             "[[file]]\nrole = \"valid\"\npath = \"valid.txt\"\n[[file]]\nrole = \"test\"\npath = "
             "\"test.txt\"\n[[sensitive]]\nid = \"gender\"\nrelation = \"gender\"\n");
  return rows;
}

constexpr const char* kErase =
    "erase --card town/card.toml --systems leace --threads 1 --embeddings rows.tsv --out ";

TEST_CASE("Erase ends with 7 where no probe could be measured", "[cli][erase]") {
  const ProgramRun kgaudit;
  write_file(kgaudit.folder() / "rows.tsv", write_town(kgaudit, 6));
  const Outcome outcome = kgaudit(std::string(kErase) + "out");
  CHECK(outcome.exit_code == 7);
  CHECK_THAT(outcome.err, Contains("no probe could be measured"));
}

TEST_CASE("A person without a row is refused, and counted and named where that is allowed",
          "[cli][erase]") {
  const ProgramRun kgaudit;
  std::string rows = write_town(kgaudit, 15);
  write_file(kgaudit.folder() / "rows.tsv", rows.substr(rows.find('\n') + 1));
  const Outcome refused = kgaudit(std::string(kErase) + "out");
  CHECK(refused.exit_code == 5);
  CHECK_THAT(refused.err, Contains("no row for 1 of 30 persons") && Contains("such as p0") &&
                              Contains("--least-match SHARE"));
  CHECK_FALSE(std::filesystem::exists(kgaudit.folder() / "out"));
  const Outcome allowed = kgaudit(std::string(kErase) + "out --least-match 0.9");
  CHECK(allowed.exit_code == 0);
  CHECK_THAT(allowed.err, Contains("warning: no row for 1 of 30 persons") &&
                              Contains("nothing was erased from them"));
  const Outcome strict = kgaudit(std::string(kErase) + "other --strict");
  CHECK(strict.exit_code == 5);
  CHECK_THAT(strict.err, Contains("a row for every name"));
  const Outcome least = kgaudit(std::string(kErase) + "other --least-match 0.99");
  CHECK(least.exit_code == 5);
  CHECK_THAT(least.err, Contains("rows for at least 99 %"));
}

TEST_CASE("Erase takes a file about people as an audit does", "[cli][erase]") {
  const ProgramRun kgaudit;
  write_file(kgaudit.folder() / "rows.tsv", write_town(kgaudit, 15));
  std::string people = "who;gender\n";
  for (int i = 0; i < 30; ++i) {
    people += "p" + std::to_string(i) + (i % 2 == 0 ? ";male\n" : ";female\n");
  }
  write_file(kgaudit.folder() / "people.csv", people);
  const Outcome outcome = kgaudit(
      "erase --embeddings rows.tsv --people people.csv --name-column who --systems leace "
      "--threads 1 --fail-if-worse --out out");
  INFO(outcome.out << outcome.err);
  CHECK(outcome.exit_code == 0);
  CHECK_THAT(outcome.out, Contains("Of the people, 30 of 30 names have a row") &&
                              Contains("AUC →0.5") && Contains("leace [s:gender]"));
  CHECK(std::filesystem::exists(kgaudit.folder() / "out/leace.s-gender/entity_embeddings.tsv"));
}

TEST_CASE("Erasing that uncovers what was hidden ends with 1 where that is asked for",
          "[cli][erase]") {
  const ProgramRun kgaudit;
  // Gender is the product of two signs, which a large common number covers in every column. That
  // number tells gender a little, so erasing takes it away.
  std::mt19937 random(1);
  std::string rows;
  std::string people = "name,gender\n";
  for (int i = 0; i < 200; ++i) {
    const double a = random() % 2 == 0 ? 1.0 : -1.0;
    const double b = random() % 2 == 0 ? 1.0 : -1.0;
    double noise = -6.0;
    for (int k = 0; k < 12; ++k) noise += static_cast<double>(random() % 1000) / 1000.0;
    const double cover = 100.0 * (noise + 0.5 * a * b);
    rows += fmt::format("p{}\t{:.4f}\t{:.4f}\t{:.4f}\n", i, a + cover, b + cover, cover);
    people += fmt::format("p{},{}\n", i, a * b > 0 ? "male" : "female");
  }
  write_file(kgaudit.folder() / "rows.tsv", rows);
  write_file(kgaudit.folder() / "people.csv", people);
  const std::string erase =
      "erase --embeddings rows.tsv --people people.csv --systems leace --threads 1 --json --out ";
  const Outcome told = kgaudit(erase + "told");
  CHECK(told.exit_code == 0);
  const Json worse = Json::parse(told.out).at("worse");
  REQUIRE(!worse.empty());
  CHECK(worse[0].at("attribute") == "gender");
  CHECK(worse[0].at("before").get<double>() < 0.85);
  CHECK(worse[0].at("after").get<double>() > 0.9);
  const Outcome failed = kgaudit(erase + "failed --fail-if-worse");
  CHECK(failed.exit_code == 1);
  CHECK_THAT(failed.err, Contains("--fail-if-worse") && Contains("gender"));
}

TEST_CASE("Names that differ by an address alone are matched, and the result says so",
          "[cli][erase]") {
  const ProgramRun kgaudit;
  std::istringstream lines(write_town(kgaudit, 15));
  std::string rows;
  for (std::string line; std::getline(lines, line);) {
    rows += "<http://x.org/" + line.substr(0, line.find('\t')) + ">" +
            line.substr(line.find('\t')) + "\n";
  }
  write_file(kgaudit.folder() / "rows.tsv", rows);
  const Outcome outcome = kgaudit(std::string(kErase) + "out");
  CHECK(outcome.exit_code == 0);
  CHECK_THAT(outcome.out, Contains("Of the graph's entities, "));
}

TEST_CASE("A tab at the end of every row is no number, and a sparse row is called one",
          "[cli][erase]") {
  const ProgramRun kgaudit;
  std::istringstream lines(write_town(kgaudit, 15));
  std::string rows;
  for (std::string line; std::getline(lines, line);) rows += line + "\t\n";
  write_file(kgaudit.folder() / "rows.tsv", rows);
  CHECK(kgaudit(std::string(kErase) + "out").exit_code == 0);
  write_file(kgaudit.folder() / "rows.tsv", "p0\t1\t2\np1\t1\t9:0.022\n");
  const Outcome sparse = kgaudit(std::string(kErase) + "other");
  CHECK(sparse.exit_code == 5);
  CHECK_THAT(sparse.err, Contains("rows.tsv:2: '9:0.022' as number 2") && Contains("sparse rows") &&
                             !Contains("header"));
}

}  // namespace
}  // namespace kgaudit::tests
