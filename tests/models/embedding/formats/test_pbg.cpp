#include <string>

#include <catch2/catch.hpp>

#include "models/embedding/foreign/embedding_format.hpp"
#include "suite/base/error.hpp"
#include "tests/models/embedding/foreign/built_checkpoint.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::models;
using namespace kgaudit::tests;
using Catch::Matchers::Contains;

namespace {

float number_at(const TensorView& tensor, std::size_t row, std::size_t column) {
  MemoryBudget budget;
  return rows_of(tensor, "test", budget).rows.row(row)[column];
}

}  // namespace

TEST_CASE("A checkpoint of PyTorch-BigGraph has rows, names and two tables of relations",
          "[models][pbg]") {
  const TemporaryDirectory folder;
  write_checkpoint(folder.path());
  const ForeignEmbedding read = read_foreign_embedding(folder.path());
  CHECK(read.format == "pbg");
  CHECK(read.model == "TransE");
  CHECK(read.comparator == "dot");
  CHECK(read.entity_names == std::vector<std::string>{"a", "b"});
  CHECK(read.relation_names == std::vector<std::string>{"r", "s"});
  CHECK(number_at(read.entities, 1, 0) == 3.0F);
  REQUIRE(read.relations.size() == 2);
  // lhs moves the head, so it ranks tails.
  CHECK(read.relations[0].side == RelationSide::kTails);
  CHECK(number_at(read.relations[0].rows, 1, 1) == 8.0F);
  CHECK(read.relations[1].side == RelationSide::kHeads);
  CHECK(number_at(read.relations[1].rows, 0, 0) == -5.0F);
}

TEST_CASE("Only files of the committed version of a checkpoint are read", "[models][pbg]") {
  const TemporaryDirectory folder;
  write_checkpoint(folder.path());
  // The next version was interrupted.
  CheckpointFile(folder / "embeddings_all_0.v8.h5").put("embeddings", {2, 2}, {9, 9, 9, 9});
  CHECK(number_at(read_foreign_embedding(folder.path()).entities, 0, 0) == 1.0F);
  write_file(folder / "checkpoint_version.txt", "8");
  CHECK_THROWS_WITH(read_foreign_embedding(folder.path()), Contains("no model.v8.h5"));
  write_file(folder / "checkpoint_version.txt", "9");
  CHECK_THROWS_WITH(read_foreign_embedding(folder.path()), Contains("no embeddings_all_0.v9.h5"));
  std::filesystem::remove(folder / "checkpoint_version.txt");
  CHECK_THROWS_WITH(read_foreign_embedding(folder.path()),
                    Contains("without a finished checkpoint"));
}

TEST_CASE("A checkpoint of another width than its configuration is a finding", "[models][pbg]") {
  const TemporaryDirectory folder;
  write_checkpoint(folder.path());
  CheckpointFile(folder / "embeddings_all_0.v7.h5").put("embeddings", {2, 3}, {1, 2, 3, 4, 5, 6});
  const ForeignEmbedding read = read_foreign_embedding(folder.path());
  REQUIRE(read.finding("mixed-runs") != nullptr);
  CHECK_THAT(read.finding("mixed-runs")->text, Contains("has 3"));
}
