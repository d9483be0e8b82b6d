#include "suite/audit/erasing.hpp"

#include <algorithm>
#include <set>
#include <sstream>

#include "models/debiasing/erasing/post_hoc.hpp"
#include "models/embedding/foreign/embedding_format.hpp"
#include "models/embedding/writing/output_format.hpp"
#include "suite/base/error.hpp"
#include "suite/base/thread_pool.hpp"
#include "suite/plan/dataset_source.hpp"
#include "suite/plan/plan_resolution.hpp"
#include "tests/test_support.hpp"

namespace kgaudit::run {
namespace {

using Catch::Matchers::Contains;
namespace fs = std::filesystem;

Plan erasing_plan(const char* systems, const char* threads = "1") {
  return resolve_plan({std::nullopt,
                       "plan",
                       {{"dataset.planted-people.entities", "1000", "test"},
                        {"systems", systems, "test"},
                        {"metrics", "leakage", "test"},
                        {"seeds", "1", "test"},
                        {"metric.leakage.mlp_epochs", "2", "test"},
                        {"run.threads", threads, "test"}}});
}

/// Normal rows of a stranger and of all entities, from the last to the first; women lie 4 further
/// along axis 2.
struct Elsewhere {
  Elsewhere() {
    Progress silent;
    data = load_dataset(erasing_plan("leace"), "", silent);
    const auto& gender = *data.attributes.find("gender");
    const Rng stream(3, "test.rows");
    constexpr std::size_t kWidth = 8;
    rows.names.emplace_back("a stranger");
    for (std::uint32_t e = 0; e < data.graph.entity_count(); ++e) {
      rows.names.push_back(data.graph.entities().name(
          static_cast<std::uint32_t>(data.graph.entity_count()) - 1 - e));
    }
    rows.rows = models::FloatTable(rows.names.size(), kWidth);
    for (std::size_t i = 0; i < rows.names.size(); ++i) {
      Rng rng = stream.at(i);
      for (float& value : rows.rows.values(i)) value = static_cast<float>(rng.normal());
      const auto entity = data.graph.entities().find(rows.names[i]);
      if (!entity) continue;
      const auto values = gender.train_values(EntityId(*entity));
      if (!values.empty() && values[0] == 1) rows.rows.row(i)[2] += 4.0F;
    }
  }
  [[nodiscard]] fs::path write(const fs::path& folder) const {
    models::write_rows(models::find_output_format("tsv"), folder / "rows.tsv", rows.names,
                       rows.rows.block(0, rows.rows.rows()));
    return folder / "rows.tsv";
  }
  datasets::Dataset data;
  models::NamedRows rows;
};

Erasing erase(const Plan& plan, const fs::path& file, const fs::path& out,
              bool every_person = true) {
  Progress silent;
  ErasingRequest request = {file, {}, {&models::find_output_format("tsv")}, out, ""};
  request.every_person = every_person;
  return erase_embeddings(plan, request, silent);
}

/// What the linear probe reads of gender.
double linear_auc(const std::vector<metrics::Fact>& leakage) {
  for (const metrics::Fact& fact : leakage) {
    if (fact.metric == "leakage.auc" && fact.facets.at("attribute") == "gender" &&
        fact.facets.at("probe") == "linear") {
      return fact.measurement.value();
    }
  }
  FAIL("no AUC of the linear probe");
  return 0.0;
}

TEST_CASE("Rows read from a file are erased as rows in memory are", "[run][erase]") {
  const tests::TemporaryDirectory folder;
  const Elsewhere elsewhere;
  const fs::path file = elsewhere.write(folder.path());
  const Plan plan = erasing_plan("leace,hard-debias");
  const Erasing erasing = erase(plan, file, folder.path() / "out");
  CHECK(erasing.rows == elsewhere.data.graph.entity_count() + 1);
  CHECK(erasing.in_graph == elsewhere.data.graph.entity_count());
  CHECK(erasing.persons == elsewhere.data.attributes.persons().size());
  CHECK(erasing.source.name == "rows.tsv");

  models::EmbeddingTable table;
  const auto& rows = elsewhere.rows;
  table.entities = models::FloatTable(erasing.in_graph, rows.rows.width());
  for (std::size_t i = 1; i < rows.names.size(); ++i) {
    std::copy_n(rows.rows.row(i), rows.rows.width(),
                table.entities.row(*elsewhere.data.graph.entities().find(rows.names[i])));
  }
  ThreadPool pool(1);
  std::size_t next = 0;
  for (const char* id : {"leace", "hard-debias"}) {
    const auto views = models::erased_views(models::find_system(id), table,
                                            elsewhere.data.attributes, plan.system(id), 0, pool);
    for (const models::TableView& view : views) {
      REQUIRE(next < erasing.files.size());
      const ErasedFile& erased = erasing.files[next++];
      CAPTURE(erased.folder);
      CHECK(erased.system == id);
      CHECK(erased.view == view.id);
      MemoryBudget budget;
      const models::NamedRows back = models::named_rows(
          models::read_foreign_embedding(erased.folder), erased.folder.string(), budget);
      REQUIRE(back.names == rows.names);
      std::size_t changed = 0;
      std::size_t wrong = 0;
      for (std::size_t i = 0; i < back.names.size(); ++i) {
        const auto entity = elsewhere.data.graph.entities().find(back.names[i]);
        const auto expected = entity ? view.table->entities.values(*entity) : rows.rows.values(i);
        if (!std::ranges::equal(back.rows.values(i), expected)) ++wrong;
        if (!std::ranges::equal(back.rows.values(i), rows.rows.values(i))) {
          ++changed;
          if (!entity || !elsewhere.data.attributes.is_person(EntityId(*entity))) ++wrong;
        }
      }
      CHECK(wrong == 0);
      CHECK(changed == erasing.persons);
    }
  }
  CHECK(next == erasing.files.size());
  CHECK(erasing.files.front().folder == folder.path() / "out" / "leace.a");

  // What was planted is found before, and no more after.
  CHECK(linear_auc(erasing.leakage) > 0.95);
  for (const ErasedFile& erased : erasing.files) {
    if (erased.view == "s:gender") CHECK(linear_auc(erased.leakage) < 0.6);
  }
  const std::string text = reports::render_terminal(erasing_table(erasing), {0, false});
  CHECK_THAT(text, Contains("AUC →0.5") && Contains("as read") && Contains("leace [s:gender]") &&
                       Contains("gender"));
}

TEST_CASE("Erasing a file gives the same bytes for any number of threads", "[run][erase]") {
  const tests::TemporaryDirectory folder;
  const fs::path file = Elsewhere().write(folder.path());
  const auto one = erase(erasing_plan("leace,inlp", "1"), file, folder.path() / "one");
  const auto two = erase(erasing_plan("leace,inlp", "2"), file, folder.path() / "two");
  REQUIRE(one.files.size() == two.files.size());
  for (std::size_t i = 0; i < one.files.size(); ++i) {
    for (const std::string& name : one.files[i].written.files) {
      CHECK(tests::read_file(one.files[i].folder / name) ==
            tests::read_file(two.files[i].folder / name));
    }
  }
}

TEST_CASE("A row that erasing does not touch keeps every byte of its line", "[run][erase]") {
  const tests::TemporaryDirectory folder;
  const Elsewhere elsewhere;
  const std::string tsv = tests::read_file(elsewhere.write(folder.path()));
  // More digits than a float has, forms that no program here writes, and a separator at the end.
  const std::string stranger =
      "a stranger\t0.12345678901234567\t1.50\t-2e-3\t+7\t.5\t1E2\t0\t00.0\t";
  const std::string rest = tsv.substr(tsv.find('\n'));
  std::string numbers_with_blanks = rest;
  std::ranges::replace(numbers_with_blanks, '\t', ' ');
  std::string stranger_with_blanks = "x\t" + stranger.substr(std::string("a stranger\t").size());
  std::ranges::replace(stranger_with_blanks, '\t', ' ');
  struct Case {
    const char* file;
    std::string bytes;
    const char* format;
    std::string line;
    std::size_t number;
  };
  const std::vector<Case> cases = {
      {"rows.tsv", stranger + rest, "tsv", stranger, 0},
      {"dos.tsv", stranger + "\r" + rest, "tsv", stranger, 0},
      {"glove.txt", stranger_with_blanks + numbers_with_blanks, "word2vec", stranger_with_blanks,
       1},
      {"header.txt",
       fmt::format("{} 8\n", elsewhere.rows.names.size()) + stranger_with_blanks +
           numbers_with_blanks,
       "word2vec", stranger_with_blanks, 1},
  };
  Progress silent;
  for (const Case& one : cases) {
    CAPTURE(one.file);
    tests::write_file(folder / one.file, one.bytes);
    const Erasing erasing = erase_embeddings(erasing_plan("leace"),
                                             {folder / one.file,
                                              {},
                                              {&models::find_output_format(one.format)},
                                              folder / (std::string(one.file) + ".out"),
                                              ""},
                                             silent);
    REQUIRE(erasing.persons > 0);
    CHECK(erasing.rounded == 0);  // digits that were copied are no rounded numbers
    const std::string written =
        tests::read_file(erasing.files[0].folder / erasing.files[0].written.files[0]);
    std::istringstream lines(written);
    std::string line;
    for (std::size_t i = 0; i <= one.number; ++i) std::getline(lines, line);
    CHECK(line == one.line);
    // All rows are there, and what is no person's is as it was.
    std::istringstream before(one.bytes);
    std::set<std::string> read_lines;
    for (std::string was; std::getline(before, was);) read_lines.insert(was);
    std::size_t rows = 1;
    std::size_t kept = 0;
    while (std::getline(lines, line)) {
      ++rows;
      kept += read_lines.count(line);
    }
    CHECK(rows == elsewhere.rows.names.size());
    CHECK(kept == elsewhere.rows.names.size() - 1 - erasing.persons);
  }
}

TEST_CASE("Erasing finds rows under the names that an audit finds them under", "[run][erase]") {
  const tests::TemporaryDirectory folder;
  Elsewhere elsewhere;
  const fs::path plain = elsewhere.write(folder.path());
  const Erasing expected = erase(erasing_plan("leace"), plain, folder / "plain");
  for (std::string& name : elsewhere.rows.names) name = fmt::format("<http://x.org/e/{}>", name);
  fs::create_directories(folder / "iri");
  const Erasing erasing =
      erase(erasing_plan("leace"), elsewhere.write(folder / "iri"), folder / "out");
  CHECK(erasing.in_graph == expected.in_graph);
  CHECK(erasing.persons == expected.persons);
  CHECK_THAT(erasing.matched.front(), Contains("by iri") && Contains("Of the graph's entities, "));
  CHECK(linear_auc(erasing.files[0].leakage) == linear_auc(expected.files[0].leakage));
  MemoryBudget budget;
  const models::NamedRows back =
      models::named_rows(models::read_foreign_embedding(erasing.files[0].folder), "back", budget);
  CHECK(back.names == elsewhere.rows.names);

  // Two rows that could be one person's are nobody's, and the message names them.
  const std::string name = elsewhere.data.graph.entities().name(
      elsewhere.data.attributes.find("gender")->train_persons()[0].value);
  const std::string numbers = "\t1\t2\t3\t4\t5\t6\t7\t8\n";
  std::string rivals = tests::read_file(folder / "iri" / "rows.tsv");
  rivals += fmt::format("<http://y.org/{}>", name) + numbers;
  tests::write_file(folder / "rivals.tsv", rivals);
  const Erasing without =
      erase(erasing_plan("leace"), folder / "rivals.tsv", folder / "rivals", false);
  REQUIRE(without.left_out.size() == 1);
  CHECK_THAT(without.left_out.front(),
             Contains("no row for 1 of") && Contains("<http://x.org/e/" + name) &&
                 Contains("<http://y.org/" + name) && Contains("are nobody's"));
  CHECK(without.persons == expected.persons - 1);
}

TEST_CASE("Persons without a row are refused, or left out and told of if that is asked for",
          "[run][erase]") {
  const tests::TemporaryDirectory folder;
  Elsewhere elsewhere;
  const std::string name = elsewhere.data.graph.entities().name(
      elsewhere.data.attributes.find("gender")->train_persons()[0].value);
  std::ranges::replace(elsewhere.rows.names, name, std::string("another name"));
  const fs::path file = elsewhere.write(folder.path());
  CHECK_THROWS_WITH(erase(erasing_plan("leace"), file, folder / "out"),
                    Contains("no row for 1 of") && Contains("--least-match SHARE"));
  CHECK_FALSE(fs::exists(folder / "out"));
  const Erasing erasing = erase(erasing_plan("leace"), file, folder / "out", false);
  REQUIRE(erasing.left_out.size() == 1);
  CHECK_THAT(erasing.left_out.front(), Contains("no row for 1 of") && Contains(name));
  CHECK(erasing.in_graph == elsewhere.data.graph.entity_count() - 1);
  Progress silent;
  ErasingRequest request = {file, {}, {&models::find_output_format("tsv")}, folder / "other", ""};
  request.persons.align.strict = true;
  CHECK_THROWS_WITH(erase_embeddings(erasing_plan("leace"), request, silent),
                    Contains("a row for every name"));
  request.persons.align = {.least_match = 0.9999};
  CHECK_THROWS_WITH(erase_embeddings(erasing_plan("leace"), request, silent),
                    Contains("--least-match"));
  CHECK_FALSE(fs::exists(folder / "other"));
}

TEST_CASE(
    "Rows of persons alone will do: values and other facts need none, and nobody is found there",
    "[run][erase]") {
  const tests::TemporaryDirectory folder;
  const Elsewhere elsewhere;
  const auto& attributes = elsewhere.data.attributes;
  std::string text;
  std::string other;
  for (std::size_t i = 0; i < elsewhere.rows.names.size(); ++i) {
    const auto entity = elsewhere.data.graph.entities().find(elsewhere.rows.names[i]);
    if (!entity || !attributes.is_person(EntityId(*entity))) {
      if (entity) other = elsewhere.rows.names[i];
      continue;
    }
    text += elsewhere.rows.names[i];
    for (const float value : elsewhere.rows.rows.values(i)) text += fmt::format("\t{:.9g}", value);
    text += "\n";
  }
  tests::write_file(folder / "persons.tsv", text);
  const std::string name =
      elsewhere.data.graph.entities().name(attributes.find("gender")->train_persons()[0].value);
  tests::write_file(folder / "people.csv", fmt::format("name,faith\n{},a\n{},b\n", name, other));
  ErasingRequest request = {
      folder / "persons.tsv", {}, {&models::find_output_format("tsv")}, folder / "out", ""};
  request.persons.align.least_match = 0.0;
  request.every_person = false;
  request.persons.people = folder / "people.csv";
  Progress silent;
  const Erasing erasing = erase_embeddings(erasing_plan("leace"), request, silent);
  CHECK(erasing.persons == attributes.persons().size());
  CHECK(linear_auc(erasing.leakage) > 0.95);
  REQUIRE(erasing.left_out.size() == 1);
  CHECK_THAT(erasing.left_out.front(), Contains("no row for 1 of 2") && Contains(other));
}

TEST_CASE("A file about people alone erases what a data set with the same values does",
          "[run][erase]") {
  const tests::TemporaryDirectory folder;
  const Elsewhere elsewhere;
  const fs::path file = elsewhere.write(folder.path());
  const auto& gender = *elsewhere.data.attributes.find("gender");
  const auto& names = elsewhere.data.graph.entities();
  std::string people = "name,gender\n";
  for (const EntityId p : gender.train_persons()) {
    people += fmt::format("{},{}\n", names.name(p.value),
                          names.name(gender.values()[gender.train_values(p)[0]].value));
  }
  people += "nobody here,";
  people += names.name(gender.values()[0].value) + "\n";
  tests::write_file(folder / "people.csv", people);
  ErasingRequest request = {file, {}, {&models::find_output_format("tsv")}, folder / "out", ""};
  request.persons.people = folder / "people.csv";
  request.persons.with_dataset = false;
  request.every_person = false;
  Progress silent;
  const Erasing erasing = erase_embeddings(erasing_plan("hard-debias"), request, silent);
  CHECK(erasing.in_graph == 0);
  CHECK(erasing.persons == gender.train_persons().size());
  CHECK(erasing.rows == elsewhere.rows.names.size());
  REQUIRE(erasing.left_out.size() == 1);
  CHECK_THAT(erasing.left_out.front(), Contains("nobody here") && Contains("people.csv"));
  CHECK(linear_auc(erasing.leakage) > 0.95);
  // Only rows of these people changed, and what was read is gone.
  for (const ErasedFile& erased : erasing.files) {
    CHECK(linear_auc(erased.leakage) < 0.6);
    MemoryBudget budget;
    const models::NamedRows back = models::named_rows(models::read_foreign_embedding(erased.folder),
                                                      erased.folder.string(), budget);
    REQUIRE(back.names == elsewhere.rows.names);
    std::size_t changed = 0;
    for (std::size_t i = 0; i < back.names.size(); ++i) {
      if (std::ranges::equal(back.rows.values(i), elsewhere.rows.rows.values(i))) continue;
      ++changed;
      const auto entity = names.find(back.names[i]);
      REQUIRE(entity);
      CHECK_FALSE(gender.train_values(EntityId(*entity)).empty());
    }
    CHECK(changed == erasing.persons);
  }
  // Beside a data set the file adds an attribute.
  tests::write_file(folder / "people.csv", "name,faith\n" + people.substr(people.find('\n') + 1));
  request.persons.with_dataset = true;
  request.folder = folder / "both";
  const Erasing both = erase_embeddings(erasing_plan("hard-debias"), request, silent);
  CHECK(std::ranges::any_of(both.files, [](const ErasedFile& f) { return f.view == "s:faith"; }));
  CHECK(std::ranges::any_of(both.files, [](const ErasedFile& f) { return f.view == "s:gender"; }));
}

TEST_CASE("Erasing refuses other systems, missing persons and files that are there",
          "[run][erase]") {
  const tests::TemporaryDirectory folder;
  const fs::path file = Elsewhere().write(folder.path());
  const fs::path out = folder.path() / "out";
  CHECK_THROWS_WITH(erase(erasing_plan("leace,kl"), file, out),
                    Contains("'kl'") && Contains("hard-debias, inlp"));
  tests::write_file(folder.path() / "few.tsv", "person_1\t1\t2\nperson_2\t2\t1\n");
  CHECK_THROWS_WITH(erase(erasing_plan("leace"), folder.path() / "few.tsv", out),
                    Contains("rows for at least 50 %"));
  CHECK_FALSE(fs::exists(out));
  tests::write_file(folder.path() / "plain", "a file");
  CHECK_THROWS_WITH(erase(erasing_plan("leace"), file, folder.path() / "plain" / "out"),
                    Contains("a folder to write into"));
  fs::create_directories(out);
  fs::create_directories(out / "leace.a");
  tests::write_file(out / "leace.a" / "mine", "mine");
  CHECK_THROWS_WITH(erase(erasing_plan("leace"), file, out), Contains("already there"));
  CHECK(tests::read_file(out / "leace.a" / "mine") == "mine");
}

/// What the strongest probe reads of persons whose value is known, with an interval of this half
/// width.
void add_strongest(std::vector<metrics::Fact>& facts, const char* attribute, double values,
                   double auc, double balanced, double half) {
  const metrics::Facets of = {{"attribute", attribute}, {"persons", "stated"}};
  metrics::Facets rows = of;
  rows["release"] = "rows";
  const auto add = [&](const char* metric, double value) {
    facts.push_back(
        {metric, rows,
         Measurement::of(value, 100, "", Direction::kNearer,
                         Interval{value - half, value + half, 0.95, "normal, persons"})});
  };
  facts.push_back({"leakage.classes", of, Measurement::of(values, 2, "", Direction::kDescriptive)});
  add("leakage.strongest", auc);
  add("leakage.strongest_excess_balanced_accuracy", balanced);
  for (const auto& [probe, share] : {std::pair("linear", 0.2), std::pair("mlp-stopped", 0.8)}) {
    metrics::Facets named = rows;
    named["probe"] = probe;
    facts.push_back(
        {"leakage.is_strongest", named, Measurement::of(share, 100, "", Direction::kDescriptive)});
  }
}

TEST_CASE("Erasing is worse where the strongest probe reads more beyond chance, and above a guess",
          "[run][erase]") {
  const auto worse_of = [](double values, std::pair<double, double> auc,
                           std::pair<double, double> balanced, double half = 0.049) {
    Erasing erasing;
    add_strongest(erasing.leakage, "gender", values, auc.first, balanced.first, half);
    ErasedFile file;
    file.system = "leace";
    file.view = "a";
    add_strongest(file.leakage, "gender", values, auc.second, balanced.second, half);
    erasing.files = {file};
    std::vector<WorseReading> worse = worse_readings(erasing);
    std::erase_if(worse, [](const WorseReading& one) { return one.within_chance; });
    return worse;
  };
  // Of two values the AUC counts. Half widths of .049 are errors of .025, and both together .0354:
  // a rise counts above .0582.
  const std::vector<WorseReading> worse = worse_of(2, {0.7, 0.76}, {0.3, 0.1});
  REQUIRE(worse.size() == 1);
  CHECK(worse[0].system == "leace");
  CHECK(worse[0].view == "a");
  CHECK(worse[0].attribute == "gender");
  CHECK(worse[0].probe == "mlp-stopped");
  CHECK(worse[0].figure == "auc");
  CHECK(worse[0].before == 0.7);
  CHECK(worse[0].after == 0.76);
  CHECK(worse_of(2, {0.7, 0.758}, {0.3, 0.9}).empty());
  CHECK(worse_of(2, {0.7, 0.69}, {0.3, 0.9}).empty());
  // Below .5 a probe tells nothing, before and after.
  CHECK(worse_of(2, {0.3, 0.5}, {0.0, 0.0}).empty());
  CHECK(worse_of(2, {0.3, 0.55}, {0.0, 0.0}).empty());
  CHECK(worse_of(2, {0.3, 0.56}, {0.0, 0.0}).size() == 1);
  // Of more values the balanced accuracy above chance, whatever the commonest value is.
  const std::vector<WorseReading> of_three = worse_of(3, {0.7, 0.9}, {0.1, 0.16});
  REQUIRE(of_three.size() == 1);
  CHECK(of_three[0].figure == "excess_balanced_accuracy");
  CHECK(of_three[0].after == 0.16);
  CHECK(worse_of(3, {0.7, 0.9}, {-0.2, 0.05}).empty());
}

TEST_CASE("A rise of five points that chance alone may give is told as one", "[run][erase]") {
  const auto told = [](double after) {
    Erasing erasing;
    add_strongest(erasing.leakage, "gender", 2, 0.5, 0.0, 0.2);
    ErasedFile file;
    add_strongest(file.leakage, "gender", 2, after, 0.0, 0.2);
    erasing.files = {file};
    return worse_readings(erasing);
  };
  CHECK(told(0.54).empty());
  REQUIRE(told(0.58).size() == 1);
  CHECK(told(0.58)[0].within_chance);
  REQUIRE(told(0.95).size() == 1);
  CHECK_FALSE(told(0.95)[0].within_chance);
}

}  // namespace
}  // namespace kgaudit::run
