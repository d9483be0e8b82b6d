#include <string>
#include <vector>

#include "models/embedding/foreign/embedding_format.hpp"
#include "suite/base/error.hpp"
#include "tests/models/embedding/foreign/built_files.hpp"
#include "tests/packed_bytes.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::models;
using namespace kgaudit::tests;
using Catch::Matchers::Contains;
using NpyNames = std::vector<std::string>;

namespace {

std::vector<float> npy_numbers(const TensorView& tensor) {
  MemoryBudget budget;
  const ConvertedRows rows = rows_of(tensor, "test", budget);
  std::vector<float> numbers;
  for (std::size_t i = 0; i < rows.rows.rows(); ++i) {
    numbers.insert(numbers.end(), rows.rows.values(i).begin(), rows.rows.values(i).end());
  }
  return numbers;
}

}  // namespace

TEST_CASE("Relations in a file of their own beside the entities are read with them",
          "[models][npy]") {
  const TemporaryDirectory folder;
  write_file(folder / "entity_embeddings.npy",
             npy_file("'<f4'", false, "(2, 2)", floats({1, 2, 3, 4})));
  write_file(folder / "relation_embeddings.npy",
             npy_file("'<f4'", false, "(1, 2)", floats({5, 6})));
  // The folder is read as well as the one file.
  for (const std::filesystem::path& path : {folder.path(), folder / "entity_embeddings.npy"}) {
    const ForeignEmbedding read = read_foreign_embedding(path);
    CHECK(read.format == "npy");
    CHECK(npy_numbers(read.entities) == std::vector<float>{1, 2, 3, 4});
    REQUIRE(read.relations.size() == 1);
    CHECK(npy_numbers(read.relations[0].rows) == std::vector<float>{5, 6});
    CHECK(read.conclusion("relation table")->certainty == Certainty::kGuessed);
    CHECK(read.files.size() == 2);
  }
  CHECK(read_foreign_embedding(folder / "relation_embeddings.npy").relations.empty());
  write_file(folder / "relation_embeddings.npy", npy_file("'<f4'", false, "(1, 2)", floats({5})));
  const ForeignEmbedding broken = read_foreign_embedding(folder / "entity_embeddings.npy");
  CHECK(broken.relations.empty());
  CHECK(broken.finding("relations-unreadable") != nullptr);
}

TEST_CASE("A packed array is read row by row with the names beside it", "[models][npy]") {
  const TemporaryDirectory folder;
  const auto write = [&](std::string_view bytes) {
    write_file(folder / "wiki_vectors.npy.gz", gzip_member(bytes));
  };
  write_file(folder / "wiki_names.json.gz", gzip_member(R"(["Q1", "Q2", "P1"])"));
  const std::filesystem::path file = folder / "wiki_vectors.npy.gz";
  write(npy_file("'<f4'", false, "(3, 2)", floats({1, 2, 3, 4, 5, 6})));
  const ForeignEmbedding read = read_foreign_embedding(file);
  CHECK(read.format == "npy");
  CHECK(read.entity_names == NpyNames{"Q1", "Q2", "P1"});
  CHECK(npy_numbers(read.entities) == std::vector<float>{1, 2, 3, 4, 5, 6});
  CHECK(read.files.size() == 2);
  CHECK(read.files[0].sha256.size() == 64);
  ReadOptions options;
  options.keep = [](std::string_view name) { return name.starts_with('Q') && name != "Q1"; };
  const ForeignEmbedding kept = read_foreign_embedding(file, options);
  CHECK(kept.entity_names == NpyNames{"Q2"});
  CHECK(npy_numbers(kept.entities) == std::vector<float>{3, 4});
  CHECK(kept.rows_left == 2);
  CHECK(npy_numbers(read_foreign_embedding(folder.path()).entities).size() == 6);

  const double halves[] = {0.5, -0.5};
  write(npy_file("'<f8'", false, "(1, 2)",
                 std::string(reinterpret_cast<const char*>(halves), sizeof halves)));
  const ForeignEmbedding wide = read_foreign_embedding(file);
  CHECK(npy_numbers(wide.entities) == std::vector<float>{0.5F, -0.5F});
  CHECK(wide.conclusion("numbers")->value == "float64");
}

TEST_CASE("A packed array that is cut off, too large or not row by row is refused",
          "[models][npy]") {
  const TemporaryDirectory folder;
  const auto refusal = [&](std::string_view bytes, std::uint64_t memory = MemoryBudget::kDefault) {
    write_file(folder / "x.npy.gz", gzip_member(bytes));
    ReadOptions options;
    options.max_memory = memory;
    try {
      static_cast<void>(read_foreign_embedding(folder / "x.npy.gz", options));
    } catch (const InputError& error) {
      CHECK(error.code() == ExitCode::kUnreadable);
      return std::string(error.what());
    }
    return std::string("read");
  };
  CHECK_THAT(refusal(npy_file("'<f4'", false, "(3, 2)", floats({1, 2, 3}))),
             Contains("the end of the file within the array"));
  CHECK_THAT(refusal(npy_file("'<f4'", true, "(2, 2)", floats({1, 2, 3, 4}))),
             Contains("Fortran's order") && Contains("gunzip --keep"));
  CHECK_THAT(refusal(npy_file("'<c8'", false, "(1, 1)", floats({1, 2}))), Contains("complex"));
  CHECK_THAT(refusal(npy_file("'<f4'", false, "(3,)", floats({1, 2, 3}))),
             Contains("a matrix with a row for each entity"));
  CHECK_THAT(refusal(npy_file("'<f4'", false, "(9000000000, 0)", "")),
             Contains("a row of numbers for each name"));
  CHECK_THAT(refusal(npy_file("'<f4'", false, "(2, 900000000000)", floats({1}))),
             Contains("memory"));
  CHECK_THAT(refusal(npy_file("'<f4'", false, "(64, 64)", std::string(16384, 'a')), 8192),
             Contains("memory"));
}
