#include <algorithm>
#include <cstring>

#include <nlohmann/json.hpp>

#include "reports/record/fact_names.hpp"
#include "reports/record/run_record.hpp"
#include "tests/suite/cli/program_run.hpp"

namespace kgaudit::tests {
namespace {

using Catch::Matchers::Contains;
namespace fs = std::filesystem;

/// A matrix of float32 as numpy writes it.
std::string npy_of(const std::vector<std::vector<float>>& rows) {
  std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (" +
                       std::to_string(rows.size()) + ", " + std::to_string(rows.front().size()) +
                       "), }";
  while ((header.size() + 11) % 64 != 0) header += ' ';
  header += '\n';
  std::string bytes("\x93NUMPY\x01\x00", 8);
  bytes += static_cast<char>(header.size() & 0xffU);
  bytes += static_cast<char>(header.size() >> 8U);
  bytes += header;
  for (const std::vector<float>& row : rows) {
    std::string numbers(row.size() * sizeof(float), '\0');
    std::memcpy(numbers.data(), row.data(), numbers.size());
    bytes += numbers;
  }
  return bytes;
}

/// The text in one line, as it was before it was wrapped.
std::string unwrapped(std::string text) {
  std::ranges::replace(text, '\n', ' ');
  return text;
}

/// Eighty persons with a gender in train, and rows that know it: person + gender = value.
void write_village(const fs::path& folder) {
  std::string train;
  std::string names;
  std::vector<std::vector<float>> entities;
  const auto add = [&](const std::string& name, std::vector<float> row) {
    names += name + "\n";
    entities.push_back(std::move(row));
  };
  add("male", {2, 0, 0});
  add("female", {0, 2, 0});
  for (int i = 0; i < 80; ++i) {
    const std::string name = "person" + std::to_string(i);
    const bool male = i % 2 == 0;
    train += name + "\tgender\t" + (male ? "male" : "female") + "\n";
    train += name + "\tknows\tperson" + std::to_string((i + 2) % 80) + "\n";
    const auto jitter = static_cast<float>(i % 7) * 0.01F;
    add(name, {male ? 1.0F : 0.0F, male ? 0.0F : 1.0F + jitter, 1.0F - jitter});
  }
  write_file(folder / "graph/train.txt", train);
  write_file(folder / "graph/valid.txt", "person0\tknows\tperson4\n");
  write_file(folder / "graph/test.txt", "person1\tknows\tperson5\nperson2\tknows\tperson6\n");
  write_file(folder / "card.toml",
             "id = \"village\"\ntitle = \"A village\"\n"
             "[[sensitive]]\nid = \"gender\"\nrelation = \"gender\"\n");
  write_file(folder / "rows/entities.npy", npy_of(entities));
  const auto json_of = [](const std::vector<std::vector<float>>& rows) {
    return nlohmann::json(rows).dump();
  };
  write_file(folder / "model.json",
             "{\"zero_const\": [0], \"ent_embeddings.weight\": " + json_of(entities) +
                 ", \"rel_embeddings.weight\": " + json_of({{1, 1, -1}, {0, 0, 0}}) + "}");
  write_file(folder / "entities.txt", names);
  write_file(folder / "relations.txt", "gender\nknows\n");
}

constexpr const char* kVillage =
    "audit model.json --triples graph --card card.toml --entities entities.txt --relations "
    "relations.txt "
    "--metrics link_prediction,score_gap,question --threads 1 ";

TEST_CASE("An audit of arrays and names gives a verdict, tables and a record that report reads",
          "[cli][audit]") {
  const ProgramRun kgaudit;
  fs::create_directories(kgaudit.folder() / "graph");
  fs::create_directories(kgaudit.folder() / "rows");
  write_village(kgaudit.folder());
  const Outcome outcome = kgaudit(std::string(kVillage) + "--out out");
  INFO(outcome.out << outcome.err);
  REQUIRE(outcome.exit_code == 0);
  CHECK_THAT(outcome.out, Contains("Of the graph's entities, 82 of 82 names have a row") &&
                              Contains("Self-check: ") && Contains("gender. Asked for it"));
  CHECK(outcome.out.find("gender. Asked") < outcome.out.find("Quality, cost and bias"));
  CHECK_THAT(read_file(kgaudit.folder() / "out/report.md"), Contains("Verdict"));
  const Outcome report = kgaudit("report out --format md");
  CHECK(report.exit_code == 0);
  CHECK_THAT(report.out, Contains("was trained elsewhere") && Contains("model.json"));
  const Outcome again = kgaudit(std::string(kVillage) + "--out out");
  CHECK(again.exit_code == 2);
  // An audit cannot be gone on with.
  CHECK_THAT(again.err, Contains("a run is already there") && Contains("try: another --out"));
  const Outcome json = kgaudit(std::string(kVillage) + "--out json --json");
  CHECK_FALSE(nlohmann::json::parse(json.out)["verdict"].empty());
}

TEST_CASE("An audit asks who the persons are, and answers for vectors with a list of people",
          "[cli][audit]") {
  const ProgramRun kgaudit;
  fs::create_directories(kgaudit.folder() / "graph");
  fs::create_directories(kgaudit.folder() / "rows");
  write_village(kgaudit.folder());
  const Outcome nobody = kgaudit("audit rows/entities.npy --entities entities.txt");
  CHECK(nobody.exit_code == 2);
  CHECK_THAT(nobody.err, Contains("--dataset, --triples, --card or --people"));
  std::string people = "name,gender\n";
  for (int i = 0; i < 80; ++i) {
    people += "person" + std::to_string(i) + (i % 2 == 0 ? ",male\n" : ",female\n");
  }
  write_file(kgaudit.folder() / "people.csv", people);
  const Outcome outcome = kgaudit(
      "audit rows/entities.npy --entities entities.txt --people people.csv --threads 1 --out out");
  INFO(outcome.out << outcome.err);
  CHECK(outcome.exit_code == 0);
  CHECK_THAT(outcome.out,
             Contains("80 of 80 names have a row") && Contains("gender. Rows tell it") &&
                 Contains("Not measured: link_prediction, ") && Contains("it asks relations"));
  const Outcome asked = kgaudit(
      "audit rows/entities.npy --entities entities.txt --people people.csv --metrics score_gap");
  CHECK(asked.exit_code == 2);
  CHECK_THAT(asked.err, Contains("none that rows without relations can be measured by"));
}

TEST_CASE(
    "In an empty folder an array, names and a list of people are enough for an answer in words",
    "[cli][audit]") {
  const ProgramRun kgaudit;
  std::string names;
  std::string people = "name,gender,born,profession\n";
  std::vector<std::vector<float>> rows;
  for (int i = 0; i < 120; ++i) {
    const std::string name = "Person " + std::to_string(i);
    const bool female = i % 3 == 0;
    names += name + "\n";
    people += name + (female ? ",female," : ",male,") + std::to_string(1900 + i % 60) +
              (i % 2 == 0 ? ",writer\n" : ",miner\n");
    rows.push_back({female ? 1.0F : -1.0F, static_cast<float>(i % 7) - 3.0F,
                    static_cast<float>(i % 11) - 5.0F});
  }
  for (const char* word : {"writer", "miner"}) {
    names += std::string(word) + "\n";
    rows.push_back({word[0] == 'w' ? 1.0F : -1.0F, 0.5F, 1.0F});
  }
  write_file(kgaudit.folder() / "vectors.npy", npy_of(rows));
  write_file(kgaudit.folder() / "names.txt", names);
  write_file(kgaudit.folder() / "people.csv", people);
  const Outcome outcome = kgaudit(
      "audit vectors.npy --entities names.txt --people people.csv --intersect gender,born "
      "--min-group 12 --whatif leace --threads 1");
  INFO(outcome.out << outcome.err);
  REQUIRE(outcome.exit_code == 0);
  CHECK_THAT(unwrapped(outcome.out), Contains("Of the people, 120 of 120 names have a row") &&
                                         Contains("gender. Rows tell it strongly") &&
                                         Contains("neutral .5") && Contains("Preview of leace") &&
                                         Contains("of rows alone"));
  CHECK_THAT(unwrapped(outcome.out),
             Contains("gender x born.") && Contains("fewer than 12 persons"));
  const fs::path runs = kgaudit.folder() / "kgaudit-runs";
  REQUIRE(fs::exists(runs));
  const fs::path run = fs::directory_iterator(runs)->path();
  const std::string report = read_file(run / "report.md");
  CHECK_THAT(report, Contains("Groups of gender by their rows") &&
                         Contains("Professions by association with gender") &&
                         Contains("What else tells gender"));
  const Outcome verified = kgaudit("verify '" + run.string() + "'");
  INFO(verified.out << verified.err);
  CHECK(verified.exit_code == 0);
  // The same once more gets a folder of its own.
  CHECK(kgaudit("audit vectors.npy --entities names.txt --people people.csv --intersect "
                "gender,born --min-group 12 --whatif leace --threads 1")
            .exit_code == 0);
  CHECK(std::distance(fs::directory_iterator(runs), fs::directory_iterator()) == 2);
}

TEST_CASE("Relations left aside are said before all figures, and rows are measured",
          "[cli][audit]") {
  const ProgramRun kgaudit;
  fs::create_directories(kgaudit.folder() / "graph");
  fs::create_directories(kgaudit.folder() / "rows");
  write_village(kgaudit.folder());
  const Outcome outcome = kgaudit(
      "audit model.json --triples graph --card card.toml --entities entities.txt --relations "
      "relations.txt --rows-only --metrics leakage,projection --threads 1 --out out");
  INFO(outcome.out << outcome.err);
  REQUIRE(outcome.exit_code == 0);
  CHECK_THAT(unwrapped(outcome.out), Contains("Before all figures: Relations were left aside") &&
                                         Contains("gender. Rows tell it strongly") &&
                                         !Contains("Self-check"));
}

/// Sixty persons of two groups and their rows, which know the group; in the folder `rows`.
void write_people(const fs::path& folder) {
  std::string people = "name,gender\n";
  std::string names;
  std::vector<std::vector<float>> rows;
  for (int i = 0; i < 60; ++i) {
    const bool female = i % 2 == 0;
    people += "p" + std::to_string(i) + (female ? ",female\n" : ",male\n");
    names += "p" + std::to_string(i) + "\n";
    rows.push_back({female ? 1.0F : -1.0F, static_cast<float>(i % 7) - 3.0F});
  }
  fs::create_directories(folder / "rows");
  write_file(folder / "rows/entities.npy", npy_of(rows));
  write_file(folder / "names.txt", names);
  write_file(folder / "people.csv", people);
}

TEST_CASE("What is measured of rows alone stands in the verdict and in the first table",
          "[cli][audit]") {
  const ProgramRun kgaudit;
  write_people(kgaudit.folder());
  const std::string audit =
      "audit rows/entities.npy --entities names.txt --people people.csv --threads 1 --metrics ";
  const Outcome distance = kgaudit(audit + "group_distance --out distance");
  INFO(distance.out << distance.err);
  CHECK(distance.exit_code == 0);
  CHECK_THAT(unwrapped(distance.out), Contains("gender. Between groups lies a share of") &&
                                          Contains("share of spread between groups") &&
                                          !Contains("No sensitive attribute could be measured"));
  // Figures of single groups alone have a table of their own.
  const Outcome projection = kgaudit(audit + "projection --out projection");
  INFO(projection.out << projection.err);
  CHECK_THAT(unwrapped(projection.out), Contains("Projected on the direction between them") &&
                                            Contains("Groups of gender by their rows") &&
                                            Contains("projection →0"));
  const Outcome words = kgaudit(audit + "word_association,leakage --out words");
  CHECK_THAT(
      unwrapped(words.out),
      Contains("Not measured: word_association: WEAT needs two lists of names of rows: --set "
               "metric.word_association.first_words="));
  // The advice works.
  const Outcome weat =
      kgaudit(audit +
              "word_association --set 'metric.word_association.first_words=p0|p2' --set "
              "'metric.word_association.second_words=p1|p3' --out weat");
  INFO(weat.out << weat.err);
  CHECK(weat.exit_code == 0);
  CHECK_THAT(unwrapped(weat.out), Contains("(WEAT) male lies nearer to the second") &&
                                      !Contains("Not measured: word_association"));
  // Neither the report nor the plan speak of data that were not there.
  const std::string report = read_file(kgaudit.folder() / "words/report.md");
  for (const char* absent : {"Ranking is filtered", "Score gaps are in score units", "Times hold",
                             "planted-people", "Data set"}) {
    CHECK_THAT(report, !Contains(absent));
  }
  CHECK(kgaudit("verify words").exit_code == 0);
}

TEST_CASE("An audit of the folder it stands in has the folder's name", "[cli][audit]") {
  const ProgramRun kgaudit;
  write_people(kgaudit.folder());
  write_file(kgaudit.folder() / "rows/entities.txt", read_file(kgaudit.folder() / "names.txt"));
  const Outcome outcome = kgaudit(
      "audit rows/. --entities names.txt --people people.csv --metrics projection --threads 1");
  INFO(outcome.out << outcome.err);
  REQUIRE(outcome.exit_code == 0);
  const fs::path run = fs::directory_iterator(kgaudit.folder() / "kgaudit-runs")->path();
  CHECK_THAT(run.filename().string(), Catch::Matchers::StartsWith("rows-"));
  CHECK_THAT(read_file(run / "report.md"), Contains("Bias audit: rows"));
}

TEST_CASE("A people file without an attribute is refused with what to add", "[cli][audit]") {
  const ProgramRun kgaudit;
  write_people(kgaudit.folder());
  const std::string audit =
      "audit rows/entities.npy --entities names.txt --people few.csv --threads 1 --out out";
  write_file(kgaudit.folder() / "few.csv", "name\np0\np1\n");
  const Outcome names = kgaudit(audit);
  CHECK(names.exit_code == 5);
  CHECK_THAT(names.err, Contains("the column 'name' alone") && Contains("such as name,gender"));
  write_file(kgaudit.folder() / "few.csv", "name,profession\np0,miner\np1,writer\n");
  const Outcome jobs = kgaudit(audit);
  CHECK(jobs.exit_code == 5);
  CHECK_THAT(jobs.err, Contains("a column for each attribute to measure"));
  CHECK_FALSE(fs::exists(kgaudit.folder() / "out"));
}

TEST_CASE("Of a model with relations and no data set the reason names what is missing",
          "[cli][audit]") {
  const ProgramRun kgaudit;
  fs::create_directories(kgaudit.folder() / "graph");
  fs::create_directories(kgaudit.folder() / "rows");
  write_village(kgaudit.folder());
  std::string people = "name,gender\n";
  for (int i = 0; i < 80; ++i) {
    people += "person" + std::to_string(i) + (i % 2 == 0 ? ",male\n" : ",female\n");
  }
  write_file(kgaudit.folder() / "people.csv", people);
  const Outcome outcome = kgaudit(
      "audit model.json --entities entities.txt --relations relations.txt --people people.csv "
      "--metrics score_gap,projection --threads 1 --out out");
  INFO(outcome.out << outcome.err);
  CHECK(outcome.exit_code == 0);
  CHECK_THAT(unwrapped(outcome.out),
             Contains("score_gap: it asks relations, and no data set says which triples to ask") &&
                 !Contains("these rows have none"));
}

TEST_CASE("Options of an audit that make no sense are refused", "[cli][audit]") {
  const ProgramRun kgaudit;
  fs::create_directories(kgaudit.folder() / "graph");
  fs::create_directories(kgaudit.folder() / "rows");
  write_village(kgaudit.folder());
  const auto refused = [&](const std::string& options) {
    const Outcome outcome = kgaudit(std::string(kVillage) + options);
    CHECK(outcome.exit_code == 2);
    return outcome.err;
  };
  CHECK_THAT(refused("--whatif kl"),
             Contains("'kl', which takes part in training") && Contains("leace"));
  CHECK_THAT(refused("--min-group 1"), Contains("--min-group"));
  CHECK_THAT(refused("--intersect gender,planet"), Contains("planet"));
}

/// A fact of the audit in a folder; undefined where there is none.
Measurement fact_of(const fs::path& folder, const reports::FactName& name,
                    const std::string& attribute = "") {
  const reports::RunRecord record = reports::read_record(folder / "record.jsonl");
  const reports::Facets facets = name.all_facets(attribute);
  for (const auto& line : record.measurements) {
    if (line.metric == name.metric && line.facets == facets) return line.measurement;
  }
  return Measurement::undefined("not on record", 0, "", Direction::kHigher);
}

reports::FactName of_side(std::string_view metric, std::string_view side) {
  return {
      .metric = metric,
      .facets = {{{"filter", "filtered"}, {"set", "all"}, {"side", side}, {"ties", "realistic"}}}};
}

/// Audits a real file with the public data and gives the folder.
fs::path audited(const ProgramRun& kgaudit, const fs::path& mirror, const std::string& path,
                 const std::string& dataset) {
  const Outcome outcome = kgaudit("audit '" + path + "' --dataset " + dataset +
                                      " --metrics link_prediction,score_gap --out out",
                                  "KGAUDIT_DATA=" + (kgaudit.folder() / "data").string() +
                                      " KGAUDIT_MIRROR=" + mirror.string());
  INFO(outcome.out << outcome.err);
  REQUIRE(outcome.exit_code == 0);
  return kgaudit.folder() / "out";
}

// The figures are those of an independent evaluator, see the note beside the public data.

TEST_CASE("Checkpoints of three tools on FB15k-237 give the figures of an independent evaluator",
          "[cli][audit][fb15k-237]") {
  KGA_SHARED_DATA_OR_SKIP(mirror, "mirror");
  struct Case {
    const char* folder;
    double mrr, tail, head, at_1, at_10;
  };
  const Case cases[] = {
      {"pbg-fb15k237-transe-dot64", .238424, .313062, .163786, .14663, .42495},
      {"openke-fb15k237-transe-l1-50", .210077, .292978, .127176, .13391, .36038},
      {"rotate-code-fb15k237-transe-l1-64", .238555, .322108, .155002, .15360, .41129}};
  for (const Case& one : cases) {
    INFO(one.folder);
    KGA_SHARED_DATA_OR_SKIP(path, std::string("embeddings/") + one.folder);
    const ProgramRun kgaudit;
    const fs::path out = audited(kgaudit, mirror, path.string(), "fb15k-237");
    CHECK(fact_of(out, reports::kFilteredMrr).value() == near(one.mrr, 1e-5));
    CHECK(fact_of(out, of_side("link_prediction.mrr", "tail")).value() == near(one.tail, 1e-5));
    CHECK(fact_of(out, of_side("link_prediction.mrr", "head")).value() == near(one.head, 1e-5));
    CHECK(fact_of(out, reports::kFilteredHitsAt1).value() == near(one.at_1, 1e-5));
    CHECK(fact_of(out, reports::kFilteredHitsAt10).value() == near(one.at_10, 1e-5));
  }
}

TEST_CASE("OpenKE's checkpoint on the paper's graph gives its MRR and score gaps",
          "[cli][audit][fb15k]") {
  KGA_SHARED_DATA_OR_SKIP(mirror, "mirror");
  KGA_SHARED_DATA_OR_SKIP(file,
                          "embeddings-wild/luofeisg+OpenKE-PuTransE/best_models/"
                          "transe_FB15K_optimal_model.ckpt");
  const ProgramRun kgaudit;
  const fs::path out = audited(kgaudit, mirror, file.string(), "fb15k");
  CHECK(fact_of(out, reports::kFilteredMrr).value() == near(.265702, 1e-5));
  CHECK(fact_of(out, of_side("link_prediction.mrr", "tail")).value() == near(.279923, 1e-5));
  CHECK(fact_of(out, of_side("link_prediction.mrr", "head")).value() == near(.251480, 1e-5));
  CHECK(fact_of(out, reports::kFilteredHitsAt1).value() == near(.15977, 1e-5));
  CHECK(fact_of(out, reports::kFilteredHitsAt10).value() == near(.48111, 1e-5));
  const Measurement gender = fact_of(out, reports::kGapMicro, "gender");
  CHECK(gender.value() == near(.817464, 1e-5));
  CHECK(gender.n() == 3721);
  // The evaluator of the note knows of a person what train states by one relation (.894994 of
  // nationality; religion .883070 of 1062). So counted as here, values of all splits known and all
  // relations asked who has them, it gives these.
  CHECK(fact_of(out, reports::kGapMicro, "nationality").value() == near(.895712, 1e-6));
  CHECK(fact_of(out, reports::kGapMicro, "nationality").n() == 4037);
  CHECK(fact_of(out, reports::kGapMicro, "religion").value() == near(.864615, 1e-6));
  CHECK(fact_of(out, reports::kGapMicro, "religion").n() == 1107);
}

TEST_CASE("A file is read by what it knows of triples, not by its name", "[cli][audit][fb15k]") {
  KGA_SHARED_DATA_OR_SKIP(mirror, "mirror");
  KGA_SHARED_DATA_OR_SKIP(file, "embeddings-wild/luofeisg+OpenKE-PuTransE/res/transe.pt");
  const ProgramRun kgaudit;
  const std::string environment =
      "KGAUDIT_DATA=" + (kgaudit.folder() / "data").string() + " KGAUDIT_MIRROR=" + mirror.string();
  // As TransE no order of names fits; scored as DistMult the rows know train and test.
  const Outcome as_named =
      kgaudit("audit '" + file.string() + "' --dataset fb15k --model TransE", environment);
  CHECK(as_named.exit_code == 5);
  CHECK_THAT(as_named.err, Contains("these names do not belong to these rows"));
  const fs::path out = audited(kgaudit, mirror, file.string(), "fb15k");
  CHECK(fact_of(out, reports::kFilteredMrr).value() == near(.267, 1e-3));
}

}  // namespace
}  // namespace kgaudit::tests
