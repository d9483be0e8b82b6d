#include "models/embedding/foreign/vector_text.hpp"

#include <cmath>
#include <cstring>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "models/embedding/foreign/embedding_format.hpp"
#include "suite/base/hash.hpp"
#include "tests/models/embedding/foreign/built_files.hpp"
#include "tests/packed_bytes.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::models;
using namespace kgaudit::tests;
using Catch::Matchers::Contains;
using Names = std::vector<std::string>;

namespace {

/// Five rows of two numbers, as each reader of text wants them.
struct KeptCase {
  std::string format;
  std::string file;
  std::string bytes;
};

std::vector<KeptCase> kept_cases() {
  const std::string tabs = "a\t1\t2\nb\t3\t4\nc\t5\t6\nd\t7\t8\ne\t9\t10\n";
  std::string blanks = tabs;
  std::replace(blanks.begin(), blanks.end(), '\t', ' ');
  std::string commas = tabs;
  std::replace(commas.begin(), commas.end(), '\t', ',');
  std::string binary = "5 2\n";
  for (int i = 0; i < 5; ++i) {
    binary += fmt::format("{} ", static_cast<char>('a' + i));
    binary += floats({static_cast<float>(2 * i + 1), static_cast<float>(2 * i + 2)});
  }
  return {{"text-rows", "rows.tsv", tabs},
          {"word2vec-text", "rows.vec", "5 2\n" + blanks},
          {"word2vec-text", "rows.glove", blanks},
          {"word2vec-binary", "rows.bin", binary},
          {"csv", "rows.csv", "name,x,y\n" + commas},
          {"csv", "quoted.csv", "name,x,y\n\"a\",1,2\nb,\"3\",4\nc,5,6\n\"d\",7,8\ne,9,10\n"},
          {"pbg-tsv", "rows.pbg", "5\t1\t2\n" + tabs + "r\t0\t0\n"}};
}

ForeignEmbedding read_of(const std::filesystem::path& file, const std::string& format,
                         const std::function<bool(std::string_view)>& keep = {}) {
  ReadOptions options;
  options.format = format;
  options.keep = keep;
  return read_foreign_embedding(file, options);
}

/// Large enough for a thread to read ahead once it is packed.
std::string many_rows(std::size_t rows) {
  std::string text;
  std::uint64_t state = 7;
  for (std::size_t i = 0; i < rows; ++i) {
    text += fmt::format("row {}", i);
    for (int k = 0; k < 20; ++k) {
      state = state * 6364136223846793005ULL + 1442695040888963407ULL;
      text += fmt::format("\t0.{:09}", state >> 35U);
    }
    text += '\n';
  }
  return text;
}

}  // namespace

TEST_CASE("Readers of text keep the rows that are wanted and count the others",
          "[models][text-rows][word2vec-text][word2vec-binary][csv][pbg-tsv]") {
  const TemporaryDirectory folder;
  for (const KeptCase& one : kept_cases()) {
    CAPTURE(one.format, one.file);
    write_file(folder / one.file, one.bytes);
    const ForeignEmbedding whole = read_of(folder / one.file, one.format);
    CHECK(whole.rows_left == 0);
    CHECK(whole.finding("rows-left") == nullptr);
    CHECK(whole.entity_names == Names{"a", "b", "c", "d", "e"});

    Names asked;
    ForeignEmbedding some = read_of(folder / one.file, one.format, [&](std::string_view name) {
      asked.emplace_back(name);
      return name == "b" || name == "e";
    });
    CHECK(asked == whole.entity_names);
    CHECK(some.entity_names == Names{"b", "e"});
    CHECK(some.rows_left == 3);
    REQUIRE(some.finding("rows-left") != nullptr);
    CHECK(some.finding("rows-left")->text == "2 of 5 rows are kept: those that are wanted");
    CHECK(some.relations.size() == whole.relations.size());
    CHECK(some.files[0].sha256 == whole.files[0].sha256);
    MemoryBudget budget;
    const ConvertedRows rows = take_rows(some.entities, "t", budget);
    REQUIRE(rows.rows.rows() == 2);
    CHECK(rows.rows.row(0)[0] == 3.0F);
    CHECK(rows.rows.row(0)[1] == 4.0F);
    CHECK(rows.rows.row(1)[1] == 10.0F);

    const ForeignEmbedding none =
        read_of(folder / one.file, one.format, [](std::string_view) { return false; });
    CHECK(none.rows_left == 5);
    CHECK(none.entities.rows() == 0);
    CHECK(none.entities.width() == 2);
  }
}

TEST_CASE("Rows that are not wanted are still as wide as the others", "[models][text-rows]") {
  const TemporaryDirectory folder;
  write_file(folder / "rows.tsv", "a\t1\t2\nb\t3\nc\t5\t6\n");
  CHECK_THROWS_WITH(
      read_of(folder / "rows.tsv", "text-rows", [](std::string_view name) { return name == "c"; }),
      Contains("rows.tsv:2: 1 numbers") && Contains("2 numbers, as in line 1"));
}

TEST_CASE("A packed file is read, hashed and told as progress in one pass", "[models][text-rows]") {
  const TemporaryDirectory folder;
  const std::string text = many_rows(16'000);
  const std::string packed = gzip_member(text);
  REQUIRE(packed.size() > (std::size_t{1} << 20U));
  write_file(folder / "rows.tsv.gz", packed);
  ReadOptions options;
  std::uint64_t last = 0;
  bool rising = true;
  options.on_read = [&](std::uint64_t done, std::uint64_t size) {
    rising = rising && done >= last && done <= size && size == packed.size();
    last = done;
  };
  ForeignEmbedding embedding = read_foreign_embedding(folder / "rows.tsv.gz", options);
  CHECK(embedding.format == "text-rows");
  CHECK(rising);
  CHECK(last == packed.size());
  REQUIRE(embedding.files.size() == 1);
  CHECK(embedding.files[0].sha256 == sha256(packed).hex());
  CHECK(embedding.files[0].bytes == packed.size());
  REQUIRE(embedding.entities.rows() == 16'000);
  // The numbers of the last line, as written there.
  std::string last_line = text.substr(text.rfind('\n', text.size() - 2) + 1);
  MemoryBudget budget(1);  // nothing is copied
  const ConvertedRows rows = take_rows(embedding.entities, "t", budget);
  for (std::size_t k = 0; k < 20; ++k) {
    last_line.erase(0, last_line.find('\t') + 1);
    CHECK(rows.rows.row(15'999)[k] == std::strtof(last_line.c_str(), nullptr));
  }
  CHECK(embedding.entities.bytes.empty());
  CHECK(embedding.entities.rows() == 16'000);
}

TEST_CASE("Reading a long text ends with what its listener throws", "[models][text-rows]") {
  const TemporaryDirectory folder;
  write_file(folder / "rows.tsv", many_rows(8'000));
  ReadOptions options;
  options.on_read = [](std::uint64_t, std::uint64_t) { throw Interrupted(); };
  CHECK_THROWS_AS(read_foreign_embedding(folder / "rows.tsv", options), Interrupted);
}

TEST_CASE("Rows beyond the memory are refused, by the header where there is one",
          "[models][text-rows][word2vec-text]") {
  const TemporaryDirectory folder;
  const std::string text = many_rows(4'000);
  write_file(folder / "rows.tsv", text);
  ReadOptions options;
  options.max_memory = 100'000;
  CHECK_THROWS_WITH(read_foreign_embedding(folder / "rows.tsv", options),
                    Contains("in memory") && Contains("--max-memory"));
  // 4000 rows of 128 bytes do not fit, which the first line says: nothing behind it is read.
  options.format = "word2vec-text";
  std::string blanks = text;
  std::replace(blanks.begin(), blanks.end(), '\t', ' ');
  write_file(folder / "rows.vec", "4000 20\n" + blanks);
  CHECK_THROWS_WITH(read_foreign_embedding(folder / "rows.vec", options),
                    Contains("rows of floats of 500.0 KiB") && Contains("--max-memory"));
  // Of the rows that are kept, any number fits.
  options.keep = [](std::string_view name) { return name == "row 3999"; };
  CHECK(read_foreign_embedding(folder / "rows.vec", options).rows_left == 3'999);
}

TEST_CASE("Lines are cut into a name and numbers from the right", "[models]") {
  CHECK(separators_in("", '\t') == 0);
  CHECK(separators_in(std::string(1'000, '\t') + "x", '\t') == 1'000);
  CHECK(separators_in("a b  c", ' ') == 3);
  CHECK_FALSE(cut_numbers("a\t1", '\t', 2));
  CHECK_FALSE(cut_numbers("a", '\t', 0));
  const auto plain = cut_numbers("a b\t1\t2\r", '\t', 2);
  REQUIRE(plain);
  CHECK(plain->name == "a b");
  CHECK(plain->numbers == "1\t2");
  const auto blanks = cut_numbers("New York 3 4 ", ' ', 2);
  REQUIRE(blanks);
  CHECK(blanks->name == "New York");
  CHECK(blanks->numbers == "3 4");

  std::vector<float> numbers;
  CHECK_FALSE(append_numbers("1 +2.5   -1e-50 inf", ' ', numbers));
  CHECK(numbers == std::vector<float>{1.0F, 2.5F, -0.0F, INFINITY});
  const auto bad = append_numbers("1\t\t2", '\t', numbers);
  REQUIRE(bad);
  CHECK(bad->text.empty());
  CHECK(bad->index == 1);
  const auto word = append_numbers("1\t2x\t3", '\t', numbers);
  REQUIRE(word);
  CHECK(word->text == "2x");
}
