#include <cmath>
#include <limits>
#include <string>

#include "models/embedding/foreign/embedding_format.hpp"
#include "models/embedding/writing/output_format.hpp"
#include "suite/base/error.hpp"
#include "tests/models/reference.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::models;
using namespace kgaudit::tests;
using Catch::Matchers::Contains;

namespace {

NamedRows read_back(const std::filesystem::path& file) {
  ReadOptions options;
  options.format = "text-rows";
  MemoryBudget budget;
  return named_rows(read_foreign_embedding(file, options), file.string(), budget);
}

NamedRows rows_of_text(const std::string& text) {
  const TemporaryDirectory folder;
  write_file(folder / "rows.tsv", text);
  return read_back(folder / "rows.tsv");
}

/// The message with which `text` is refused; its exit code is "unreadable".
std::string refusal(const std::string& text) {
  try {
    static_cast<void>(rows_of_text(text));
  } catch (const InputError& error) {
    CHECK(error.code() == ExitCode::kUnreadable);
    return error.what();
  }
  FAIL("nothing was refused");
  return "";
}

}  // namespace

TEST_CASE("Embeddings in text are names and numbers in the order of the file",
          "[models][text-rows]") {
  const NamedRows rows = rows_of_text("b c\t1.5\t-2e-3\r\na\t0\t1e-50\n\xc3\xa9\t3\t.25");
  CHECK(rows.names == std::vector<std::string>{"b c", "a", "\xc3\xa9"});
  REQUIRE(rows.rows.rows() == 3);
  REQUIRE(rows.rows.width() == 2);
  CHECK(rows.rows.row(0)[0] == 1.5F);
  CHECK(rows.rows.row(0)[1] == -2e-3F);
  CHECK(rows.rows.row(1)[1] == 0.0F);
  CHECK(rows.rows.row(2)[1] == 0.25F);
  CHECK(rows.source.name == "rows.tsv");
  CHECK(rows.source.sha256.size() == 64);
}

TEST_CASE("Embeddings written as text come back to the bit", "[models][text-rows]") {
  const TemporaryDirectory folder;
  FloatTable table = normal_table(20, 7, 5);
  table.row(0)[0] = std::numeric_limits<float>::max();
  table.row(0)[1] = std::numeric_limits<float>::denorm_min();
  table.row(0)[2] = -0.0F;
  table.row(0)[3] = 1.0F / 3.0F;
  std::vector<std::string> names;
  for (int i = 0; i < 20; ++i) names.push_back("/m/0" + std::to_string(i));
  write_rows(find_output_format("tsv"), folder / "rows.tsv", names, table.block(0, table.rows()));
  const NamedRows back = read_back(folder / "rows.tsv");
  CHECK(back.names == names);
  CHECK(back.rows.digest() == table.digest());
  CHECK(std::signbit(back.rows.row(0)[2]));
}

TEST_CASE("Embedding text that cannot be meant is refused with its place", "[models][text-rows]") {
  CHECK_THAT(refusal(""), Contains("no row"));
  CHECK_THAT(refusal("3 2\na 1 2\n"), Contains("rows.tsv:1: '3 2'") && Contains("tabs"));
  CHECK_THAT(refusal("a\t1\t2\n\t1\t2\n"), Contains("rows.tsv:2:"));
  CHECK_THAT(refusal("a\t1\t2\n\nb\t1\t2\n"), Contains("rows.tsv:2: ''"));
  CHECK_THAT(refusal("a\t1\t2\nb\t1\n"),
             Contains("rows.tsv:2: 1 numbers") && Contains("2 numbers"));
  CHECK_THAT(refusal("a\t1\t2\nb\t1\t2\na\t1\t2\n"),
             Contains("rows.tsv:3: 'a' again, after line 1"));
  for (const char* word : {"nan", "inf", "1e39", "1 2", "0x1p3", "1,5", "x"}) {
    CAPTURE(word);
    CHECK_THAT(refusal(std::string("a\t1\t") + word + "\n"),
               Contains("rows.tsv:1: '" + std::string(word) + "' as number 2"));
  }
  // A separator at the end of a line is no number; one with nothing before it is.
  CHECK_THAT(refusal("a\t\t2\n"), Contains("rows.tsv:1: '' as number 1"));
  CHECK_THAT(refusal("a\t1\t\nb\t1\t2\n"), Contains("rows.tsv:2: 2 numbers"));
  CHECK_THAT(refusal(std::string("a\t1\n\0\t1\n", 8)), Contains("NUL"));
}

TEST_CASE("Text that holds no rows is called what it is", "[models][text-rows]") {
  CHECK_THAT(refusal("2\na\t0\nb\t1\n"), Contains("a list of 2 names: names and numbers"));
  CHECK_THAT(refusal("a\t0\nb\t1\n"), Contains("a list of 2 names") && Contains("--entities"));
  CHECK_THAT(refusal("entity\tid\na\t0\nb\t1\n"), Contains("after a head line"));
  CHECK_THAT(refusal(R"({"model": "TransE", "dim": 50})"), Contains("JSON without vectors"));
  CHECK_THAT(refusal("name,gender\nAnna,female\n"),
             Contains("a table with the columns name,gender") && Contains("--people"));
  CHECK_THAT(refusal("model: TransE\ndim: 50\n"), Contains("lines of keys and values"));
  // One number for each name that does not count the rows is a row.
  CHECK(rows_of_text("a\t0.5\nb\t1\n").rows.width() == 1);
}

TEST_CASE("A number that is none is not taken for a wrong separator", "[models][text-rows]") {
  for (const char* word : {"NaN", "nan", "-inf"}) {
    CAPTURE(word);
    const std::string text = refusal(std::string("a\t1\t2\nb\t1\t") + word + "\n");
    CHECK_THAT(text, Contains("rows.tsv:2: '" + std::string(word) + "' as number 2") &&
                         Contains("a training that did not diverge") && !Contains("tabs"));
  }
}
