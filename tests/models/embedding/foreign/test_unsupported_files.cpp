#include <string>

#include <catch2/catch.hpp>

#include "models/embedding/foreign/embedding_format.hpp"
#include "suite/base/error.hpp"
#include "tests/models/embedding/foreign/built_files.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::models;
using namespace kgaudit::tests;
using Catch::Matchers::Contains;

TEST_CASE("Models whose scores need more than rows are named and refused", "[models][hostile]") {
  const TemporaryDirectory folder;
  write_file(folder / "transh.ckpt", torch_legacy({{"ent_embeddings.weight", {2, 2}, {1, 2, 3, 4}},
                                                   {"rel_embeddings.weight", {1, 2}, {5, 6}},
                                                   {"norm_vector.weight", {1, 2}, {7, 8}}}));
  CHECK_THROWS_WITH(read_foreign_embedding(folder / "transh.ckpt"), Contains("TransH"));
  // The last bytes are those of every table file of TensorFlow V1.
  write_file(folder / "model.vec.tf",
             "model/ent_embeddings" + std::string("\x57\xfb\x80\x8b\x24\x75\x47\xdb", 8));
  CHECK_THROWS_WITH(read_foreign_embedding(folder / "model.vec.tf"), Contains("TensorFlow V1"));
  std::filesystem::create_directories(folder / "saved");
  write_file(folder / "saved/saved_model.pb", "\x08\x01");
  CHECK_THROWS_WITH(read_foreign_embedding(folder / "saved"), Contains("SavedModel"));
}

TEST_CASE("A tab at the end of KB2E's lines is no further number", "[models][number-rows]") {
  const TemporaryDirectory folder;
  write_file(folder / "entity2vec.bern", "1\t2\t\n3\t4\t\n");
  write_file(folder / "entity2id.txt", "a 0\nb 1\n");
  const ForeignEmbedding read = read_foreign_embedding(folder / "entity2vec.bern");
  CHECK(read.entities.shape == std::vector<std::uint64_t>{2, 2});
  CHECK(read.entity_names == std::vector<std::string>{"a", "b"});
  CHECK(read.finding("trailing-separator") != nullptr);
}

TEST_CASE("A file of names is refused where the rows have their own, or there is no such file",
          "[models][text-rows]") {
  const TemporaryDirectory folder;
  write_file(folder / "rows.tsv", "a\t1\t2\nb\t3\t4\n");
  write_file(folder / "names.txt", "x\ny\n");
  const auto complaint = [&](ReadOptions options) {
    try {
      static_cast<void>(read_foreign_embedding(folder / "rows.tsv", options));
    } catch (const InputError& error) {
      return std::pair(error.code(), std::string(error.what()));
    }
    return std::pair(ExitCode::kPass, std::string("accepted"));
  };
  ReadOptions options;
  options.entities = folder / "names.txt";
  auto [code, text] = complaint(options);
  CHECK(code == ExitCode::kUsage);
  CHECK_THAT(text, Contains("--entities: ") && Contains("has its names"));
  options.entities = folder / "missing.txt";
  std::tie(code, text) = complaint(options);
  CHECK(code == ExitCode::kUnreadable);
  CHECK_THAT(text, Contains("missing.txt: no such file"));
  ReadOptions relations;
  relations.relations = folder / "names.txt";
  std::tie(code, text) = complaint(relations);
  CHECK(code == ExitCode::kUsage);
  CHECK_THAT(text, Contains("--relations: ") && Contains("has no relations"));
  CHECK(complaint({}).second == "accepted");
}

TEST_CASE("A map that has more names than the file has rows is never paired with them",
          "[models][npy]") {
  const TemporaryDirectory folder;
  write_file(folder / "rotate_entity_embeddings.npy",
             npy_file("'<f4'", false, "(2, 2)", floats({1, 2, 3, 4})));
  write_file(folder / "names.txt", "a\nb\nc\n");
  ReadOptions options;
  options.entities = folder / "names.txt";
  const ForeignEmbedding read =
      read_foreign_embedding(folder / "rotate_entity_embeddings.npy", options);
  CHECK(read.entity_names.empty());
  REQUIRE(read.finding("names-and-rows") != nullptr);
  CHECK(read.finding("names-and-rows")->weight == Finding::Weight::kError);
}
