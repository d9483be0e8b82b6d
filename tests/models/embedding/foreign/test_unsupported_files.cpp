#include <array>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "models/embedding/foreign/embedding_format.hpp"
#include "suite/base/error.hpp"
#include "tests/models/embedding/foreign/built_files.hpp"
#include "tests/packed_bytes.hpp"
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

namespace {

/// Reads a file of the folder, or the folder, and says what was wrong with it.
Complaint complaint_about(const std::filesystem::path& path) {
  try {
    static_cast<void>(read_foreign_embedding(path));
  } catch (const InputError& error) {
    CHECK(error.code() == ExitCode::kUnreadable);
    return error.complaint();
  }
  FAIL("nothing was refused");
  return {};
}

const std::string kHdf5 = std::string("\x89HDF\r\n\x1a\n", 8) + std::string(64, '\0');

}  // namespace

TEST_CASE("Single files of PyTorch-BigGraph's checkpoints say what is missing", "[models][pbg]") {
  const TemporaryDirectory folder;
  write_file(folder / "embeddings_all_0.v20.h5", kHdf5);
  write_file(folder / "model.v200.h5", kHdf5);
  const Complaint rows = complaint_about(folder / "embeddings_all_0.v20.h5");
  CHECK_THAT(rows.got, Contains("PyTorch-BigGraph, with its entities and without names"));
  CHECK_THAT(rows.advice, Contains("config.json is not beside it"));
  CHECK_THAT(complaint_about(folder / "model.v200.h5").got,
             Contains("with its relations and without its entities"));
  CHECK_THAT(complaint_about(folder.path()).got,
             Contains("half a checkpoint of PyTorch-BigGraph: embeddings_all_0.v20.h5") &&
                 Contains("no config.json"));
  write_file(folder / "config.json", "{}");
  CHECK(complaint_about(folder / "model.v200.h5").advice == folder.path().string());
  write_file(folder / "model.h5", kHdf5);
  CHECK_THAT(complaint_about(folder / "model.h5").got, Contains("an HDF5 file by itself"));
}

TEST_CASE("TensorFlow's checkpoints and SavedModels are named, whichever part is given",
          "[models][hostile]") {
  const TemporaryDirectory folder;
  for (const char* name : {"two", "saved/variables"}) {
    std::filesystem::create_directories(folder / name);
  }
  const std::string index = "ent" + std::string("\x57\xfb\x80\x8b\x24\x75\x47\xdb", 8);
  write_file(folder / "two/embedding.ckpt-1.index", index);
  write_file(folder / "two/embedding.ckpt-1.data-00000-of-00001", std::string(64, '\0'));
  CHECK_THAT(complaint_about(folder / "two").got, Contains("a checkpoint folder of TensorFlow"));
  CHECK_THAT(complaint_about(folder / "two/embedding.ckpt-1.index").got,
             Contains("an index of a TensorFlow checkpoint"));
  CHECK_THAT(complaint_about(folder / "two/embedding.ckpt-1.data-00000-of-00001").got,
             Contains("the numbers of a TensorFlow checkpoint"));
  write_file(folder / "saved/saved_model.pb", "\x08\x01");
  write_file(folder / "saved/variables/variables.index", index);
  write_file(folder / "saved/variables/variables.data-00000-of-00001", std::string(64, '\0'));
  CHECK_THAT(complaint_about(folder / "saved/saved_model.pb").got, Contains("a SavedModel"));
  CHECK_THAT(complaint_about(folder / "saved/variables").got,
             Contains("the variables of a SavedModel"));
}

TEST_CASE("Archives are named with the command that unpacks them", "[models][hostile]") {
  const TemporaryDirectory folder;
  std::string tar = "vectors.txt" + std::string(246, '\0') + "ustar  " + std::string(761, '\0');
  write_file(folder / "a.tar", tar);
  write_file(folder / "a.tar.gz", gzip_member(tar));
  write_file(folder / "a.zip", zip_file({stored("dimension_50/entity2vec.bin", floats({1, 2}))}));
  write_file(folder / "a.xz", std::string("\xfd"
                                          "7zXZ\0\0\4",
                                          8) +
                                  std::string(24, '\0'));
  write_file(folder / "a.7z", "7z\xbc\xaf\x27\x1c" + std::string(24, '\0'));
  for (const auto& [file, what, command] :
       std::vector<std::array<std::string, 3>>{{"a.tar", "a tar archive", "tar -xf"},
                                               {"a.tar.gz", "a packed tar archive", "tar -xf"},
                                               {"a.zip", "a zip archive", "unzip"},
                                               {"a.xz", "packed with xz", "unxz"},
                                               {"a.7z", "a 7z archive", "7z x"}}) {
    CAPTURE(file);
    const Complaint complaint = complaint_about(folder / file);
    CHECK_THAT(complaint.got, Contains(what));
    CHECK_THAT(complaint.advice, Contains("unpack it (" + command));
  }
}

TEST_CASE("Marius' CSV export is named, and so is where its rows can be read", "[models][marius]") {
  const TemporaryDirectory folder;
  write_file(folder / "embeddings.csv", "id,embedding\n0,\"[0.1 0.2]\"\n1,\"[0.3 0.4]\"\n");
  const Complaint complaint = complaint_about(folder / "embeddings.csv");
  CHECK_THAT(complaint.got, Contains("a CSV export of Marius"));
  CHECK_THAT(complaint.advice, Contains("embeddings.bin"));
}

TEST_CASE("AmpliGraph 2's files for TensorBoard are paired, beside a checkpoint of TensorFlow",
          "[models][number-rows]") {
  const TemporaryDirectory folder;
  write_file(folder / "embeddings_projector.tsv", "0.1\t0.2\t0.3\n0.4\t0.5\t0.6\n");
  write_file(folder / "metadata.tsv", "Abelar Hightower\nAddam\n");
  write_file(folder / "checkpoint", "model_checkpoint_path: \"embedding.ckpt-1\"\n");
  write_file(folder / "embedding.ckpt-1.index", std::string("\x57\xfb\x80\x8b\x24\x75\x47\xdb", 8));
  write_file(folder / "embedding.ckpt-1.data-00000-of-00001", std::string(64, '\0'));
  for (const std::filesystem::path& path : {folder.path(), folder / "embeddings_projector.tsv"}) {
    const ForeignEmbedding read = read_foreign_embedding(path);
    CHECK(read.tool == "AmpliGraph");
    CHECK(read.entities.shape == std::vector<std::uint64_t>{2, 3});
    CHECK(read.entity_names == std::vector<std::string>{"Abelar Hightower", "Addam"});
  }
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
