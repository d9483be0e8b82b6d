#include <sstream>

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
  CHECK(json["folders"].size() == json["table"]["rows"].size() - 2);
  CHECK(json["source"]["sha256"].get<std::string>().size() == 64);
}

TEST_CASE("Erase names what is wrong with rows, and writes nothing", "[cli][erase]") {
  const ProgramRun kgaudit;
  write_file(kgaudit.folder() / "rows.tsv", "person_1\t1\tnan\n");
  const Outcome outcome = kgaudit("erase --embeddings rows.tsv --systems leace --out out");
  CHECK(outcome.exit_code == 5);
  CHECK_THAT(outcome.err, Contains("rows.tsv:1: 'nan' as number 2"));
  CHECK(kgaudit("erase --embeddings rows.tsv --systems bose --out out").exit_code == 2);
  CHECK(kgaudit("erase --embeddings none.tsv --systems leace --out out").exit_code == 5);
  CHECK(kgaudit("erase --systems leace --out out").exit_code == 2);
  CHECK_FALSE(std::filesystem::exists(kgaudit.folder() / "out"));
}

}  // namespace
}  // namespace kgaudit::tests
