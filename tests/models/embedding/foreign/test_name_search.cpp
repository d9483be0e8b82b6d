#include <string>
#include <vector>

#include "models/embedding/foreign/embedding_format.hpp"
#include "models/embedding/foreign/name_search.hpp"
#include "suite/base/error.hpp"
#include "tests/models/embedding/foreign/built_files.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::models;
using namespace kgaudit::tests;
using Catch::Matchers::Contains;
using SearchedNames = std::vector<std::string>;

namespace {

/// Two rows of two numbers, and what lies beside them.
class RowsBesideLists {
 public:
  explicit RowsBesideLists(std::string file = "vectors.npy") : file_(std::move(file)) {
    write_file(folder_ / file_, npy_file("'<f4'", false, "(2, 2)", floats({1, 2, 3, 4})));
  }
  void write(const std::string& name, std::string_view bytes) const {
    write_file(folder_ / name, bytes);
  }
  [[nodiscard]] ForeignEmbedding read(const std::string& entities = "") const {
    ReadOptions options;
    if (!entities.empty()) options.entities = folder_ / entities;
    return read_foreign_embedding(folder_ / file_, options);
  }

 private:
  TemporaryDirectory folder_;
  std::string file_;
};

}  // namespace

TEST_CASE("What is odd about the first or last of too many names is said", "[models]") {
  ForeignEmbedding embedding;
  embedding.entities.shape = {2, 2};
  const auto complaint = [&](SearchedNames names) {
    embedding.findings.clear();
    CHECK_FALSE(attach_entity_names(embedding, std::move(names), "names.txt"));
    return embedding.finding("names-and-rows")->text;
  };
  CHECK_THAT(complaint({"entity", "a", "b"}),
             Catch::Matchers::EndsWith("; the first, 'entity', may be a head line: take it out"));
  CHECK_THAT(complaint({"entity,label", "a", "b"}),
             Contains("the first, 'entity,label', may be a head line"));
  CHECK_THAT(complaint({"2", "a", "b"}), Contains("the first, '2', may count the others"));
  CHECK_THAT(complaint({"a", "b", ""}), Contains("the last is empty"));
  CHECK_THAT(complaint({"a", "b", "c"}), Catch::Matchers::EndsWith("none is paired"));
  CHECK_THAT(complaint({"entity", "a", "b", "c"}), Catch::Matchers::EndsWith("none is paired"));
}

TEST_CASE("Names and rows of different counts are a finding and stay apart", "[models]") {
  ForeignEmbedding embedding;
  embedding.entities.shape = {3, 2};
  CHECK_FALSE(attach_entity_names(embedding, {"a", "b"}, "names.txt"));
  CHECK(embedding.entity_names.empty());
  REQUIRE(embedding.finding("names-and-rows") != nullptr);
  CHECK(attach_entity_names(embedding, {"a", "b", "b"}, "names.txt"));
  CHECK(embedding.entity_names.size() == 3);
  CHECK(embedding.finding("names-repeated") != nullptr);
}

TEST_CASE("A list beside the rows is a guess, however well its count fits", "[models][npy]") {
  const RowsBesideLists rows;
  rows.write("names.txt", "a\nb\n");
  const ForeignEmbedding read = rows.read();
  CHECK(read.entity_names == SearchedNames{"a", "b"});
  const Conclusion* names = read.conclusion("entity names");
  REQUIRE(names != nullptr);
  CHECK(names->certainty == Certainty::kGuessed);
  CHECK(names->value == "names.txt");
  CHECK(names->option == "--entities");
  CHECK(names->why ==
        "the count fits: 2 names for 2 rows; names, one a line, in the order of rows");
  CHECK(rows.read("names.txt").conclusion("entity names")->certainty == Certainty::kStated);
}

TEST_CASE("Lists that fit and disagree about the rows are never taken silently", "[models][npy]") {
  const RowsBesideLists likely;
  likely.write("names.txt", "a\nb\n");
  likely.write("entity2id.txt", "2\na\t1\nb\t0\n");
  const ForeignEmbedding taken = likely.read();
  CHECK(taken.entity_names == SearchedNames{"a", "b"});
  REQUIRE(taken.finding("names-order") != nullptr);
  CHECK(taken.finding("names-order")->weight == Finding::Weight::kWarning);
  CHECK(taken.finding("names-order")->text ==
        "names.txt and entity2id.txt have the same names in different orders: row 0 is 'a' in the "
        "one and 'b' in the other; names.txt is taken, --entities FILE chooses");
  CHECK(likely.read("entity2id.txt").entity_names == SearchedNames{"b", "a"});
  CHECK(likely.read("entity2id.txt").finding("names-order") == nullptr);

  const RowsBesideLists unlikely("rows.npy");
  unlikely.write("entities.dict", "0\ta\n1\tb\n");
  unlikely.write("entity2id.txt", "2\na\t1\nb\t0\n");
  const ForeignEmbedding open = unlikely.read();
  CHECK(open.entity_names.empty());
  REQUIRE(open.finding("names-order") != nullptr);
  CHECK(open.finding("names-order")->weight == Finding::Weight::kError);
  CHECK_THAT(open.finding("names-order")->text,
             Contains("none is paired, --entities FILE chooses"));
  CHECK_THAT(open.why_without_names(), Contains("in different orders"));
}

TEST_CASE("Lists that agree, and lists of other names, disturb nothing", "[models][npy]") {
  const RowsBesideLists rows;
  rows.write("names.txt", "a\nb\n");
  rows.write("entity2id.txt", "2\nb\t1\na\t0\n");
  rows.write("entities.tsv", "0\ta\n1\tb\n2\tc\n");
  CHECK(rows.read().findings.empty());
  rows.write("entities.json", R"(["Anna", "Bert"])");
  const ForeignEmbedding read = rows.read();
  CHECK(read.entity_names == SearchedNames{"a", "b"});
  CHECK_THAT(read.finding("names-other")->text, Contains("entities.json has as many names, other"));
}

TEST_CASE("A list that nobody named and that cannot be read is a finding", "[models][npy]") {
  const RowsBesideLists rows("rows.npy");
  for (const char* text : {R"({})", R"({"model": "TransE", "dim": 2})", "[1, 2]", "{\"a\": "}) {
    CAPTURE(text);
    rows.write("names.json", text);
    const ForeignEmbedding read = rows.read();
    CHECK(read.entity_names.empty());
    REQUIRE(read.finding("names-unreadable") != nullptr);
    CHECK_THAT(read.finding("names-unreadable")->text,
               Contains("names.json beside the rows is not read as their names: "));
    // It is none of the embedding's files.
    CHECK(read.files.size() == 1);
    CHECK_THROWS_AS(rows.read("names.json"), InputError);
  }
  rows.write("names.json", R"({"0": "A", "1": "B"})");
  CHECK(rows.read().entity_names == SearchedNames{"A", "B"});
  CHECK(rows.read().files.size() == 2);
}

TEST_CASE("A table of names beside the rows is looked at, and rows without any are told",
          "[models][npy]") {
  const RowsBesideLists rows("rows.npy");
  CHECK(rows.read().finding("names-none")->text ==
        "entity names: none; --entities FILE gives them");
  rows.write("names.csv", "id,name\n1,\"Smith, Anna\"\n0,b\n");
  const ForeignEmbedding read = rows.read();
  CHECK(read.entity_names == SearchedNames{"b", "Smith, Anna"});
  CHECK(read.finding("names-none") == nullptr);
  rows.write("names.csv", "name\nx\ny\n");
  CHECK_THAT(rows.read().why_without_names(), Contains("3 names in names.csv for 2 rows"));
}
