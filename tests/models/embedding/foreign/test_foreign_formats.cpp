#include <string>

#include <nlohmann/json.hpp>

#include "models/embedding/foreign/embedding_format.hpp"
#include "suite/base/error.hpp"
#include "tests/models/embedding/foreign/built_files.hpp"
#include "tests/packed_bytes.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::models;
using namespace kgaudit::tests;
using Catch::Matchers::Contains;
using Names = std::vector<std::string>;

namespace {

/// A folder with two entities and a relation, written by hand.
struct Case {
  std::string id;
  std::string file;
  std::string bytes;
  std::string model;
};

const std::vector<float> kEntities = {1, 2, 3, 4, 5, 6};
const std::vector<float> kRelations = {7, 8, 9};

std::vector<std::string> hypotheses_of(const ForeignEmbedding& embedding) {
  std::vector<std::string> ids;
  for (const ScoreHypothesis& one : score_hypotheses(embedding)) ids.push_back(one.score);
  return ids;
}

}  // namespace

TEST_CASE("Files written byte by byte are read by the reader that they call for",
          "[models][openke][torchkge][pyg][pykeen][torch-state][npy][npz][safetensors]") {
  const TemporaryDirectory folder;
  write_file(folder / "entity2id.txt", "2\na\t0\nb\t1\n");
  write_file(folder / "relation2id.txt", "1\nr\t0\n");
  const auto tensors = [](const std::string& entities, const std::string& relations) {
    return std::vector<BuiltTensor>{{entities, {2, 3}, kEntities}, {relations, {1, 3}, kRelations}};
  };
  const auto openke = tensors("ent_embeddings.weight", "rel_embeddings.weight");
  const std::string header = R"({"entities":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},)"
                             R"("relations":{"dtype":"F32","shape":[1,3],"data_offsets":[24,36]}})";
  const std::vector<Case> cases = {
      {"openke", "a.ckpt", torch_zip(openke), "TransE"},
      {"openke", "b.ckpt", torch_legacy(openke), "TransE"},
      {"openke", "c.json",
       R"({"zero_const": [0], "ent_embeddings.weight": [[1,2,3],[4,5,6]],)"
       R"( "rel_embeddings.weight": [[7,8,9]]})",
       "TransE"},
      {"torchkge", "d.pt", torch_zip(tensors("ent_emb.weight", "rel_emb.weight")), "TransE"},
      {"pyg", "e.pt", torch_zip(tensors("node_emb.weight", "rel_emb.weight")), "TransE"},
      {"pykeen", "f.pt",
       torch_zip(tensors("entity_embeddings._embeddings.weight",
                         "relation_embeddings._embeddings.weight")),
       ""},
      {"torch-state", "g.pt", torch_zip(tensors("my_ent", "my_rel")), ""},
      {"npz", "h.npz",
       zip_file({stored("entities.npy", npy_file("'<f4'", false, "(2, 3)", floats(kEntities))),
                 stored("relations.npy", npy_file("'<f4'", false, "(1, 3)", floats(kRelations)))}),
       ""},
      {"safetensors", "i.safetensors",
       little<std::uint64_t>(header.size()) + header + floats(kEntities) + floats(kRelations), ""},
  };
  for (const Case& one : cases) {
    CAPTURE(one.file);
    write_file(folder / one.file, one.bytes);
    const ForeignEmbedding read = read_foreign_embedding(folder / one.file);
    CHECK(read.format == one.id);
    CHECK(read.model == one.model);
    CHECK(read.entity_names == Names{"a", "b"});
    CHECK(read.relation_names == Names{"r"});
    MemoryBudget budget;
    const ConvertedRows rows = rows_of(read.entities, "t", budget);
    CHECK(rows.rows.row(1)[0] == 4.0F);
    REQUIRE(read.relations.size() == 1);
    CHECK(rows_of(read.relations[0].rows, "t", budget).rows.row(0)[2] == 9.0F);
    CHECK(hypotheses_of(read).at(0) == "transe-l1");
    CHECK(read.files.at(0).name == one.file);
    CHECK(read.files.at(0).sha256.size() == 64);
  }
}

TEST_CASE(
    "Vectors alone are read from text and binary, packed or not",
    "[models][word2vec-text][word2vec-binary][number-rows][csv][json-vectors][pickled-vectors]"
    "[headerless-binary]") {
  const TemporaryDirectory folder;
  const auto check = [&](const std::string& id, const std::string& file, const std::string& bytes,
                         const Names& names, ReadOptions options = {}) {
    CAPTURE(file, bytes);
    write_file(folder / file, bytes);
    const ForeignEmbedding read = read_foreign_embedding(folder / file, options);
    CHECK(read.format == id);
    CHECK(read.entity_names == names);
    CHECK(read.entities.shape == std::vector<std::uint64_t>{2, 3});
    MemoryBudget budget;
    const ConvertedRows rows = rows_of(read.entities, "t", budget);
    CHECK(rows.rows.row(0)[0] == 1.0F);
    CHECK(rows.rows.row(1)[2] == 6.5F);
    CHECK(score_hypotheses(read).empty());
  };
  check("word2vec-text", "a.txt", "2 3\nx 1 2 3\ny 4 5 6.5\n", {"x", "y"});
  check("word2vec-text", "b.txt", "x 1 2 3\ny 2 4 5 6.5\n", {"x", "y 2"});
  check("word2vec-text", "c.txt", "2 3\nx y 1 2 3\n\" 4 5 6.5 \n", {"x y", "\""});
  check("word2vec-text", "c.txt.gz", gzip_member("2 3\nx 1 2 3\ny 4 5 6.5\n"), {"x", "y"});
  check("text-rows", "d.tsv", "x\t1\t2\t3\n7\t4\t5\t6.5\n", {"x", "7"});
  check("number-rows", "e.txt", "1\t2\t3\t\n4\t5\t6.5\t\n", {});
  check("number-rows", "f.txt", "# saved\n1.0 2.0 3.0\n4.0 5.0 6.5\n", {});
  check("text-rows", "g.tsv", "12\t1.0\t2\t3\n13\t4\t5\t6.5\n", {"12", "13"});
  check("csv", "h.csv", "name,d0,d1,d2\n\"x, \"\"y\"\"\",1,2,3\nz,4,5,6.5\n", {"x, \"y\"", "z"});
  check("csv", "i.csv", ",0,1,2\nx,1,2,3\ny,4,5,6.5\n", {"x", "y"});
  check("json-vectors", "j.json", R"({"x": [1, 2, 3], "y": [4, 5, 6.5]})", {"x", "y"});
  check("word2vec-binary", "k.bin",
        "2 3\nx " + floats({1, 2, 3}) + "\ny " + floats({4, 5, 6.5F}) + "\n", {"x", "y"});
  check("word2vec-binary", "l.bin", "2 3\nx " + floats({1, 2, 3}) + "y " + floats({4, 5, 6.5F}),
        {"x", "y"});
  ReadOptions three;
  three.dimension = 3;
  check("headerless-binary", "m.bin", floats({1, 2, 3, 4, 5, 6.5F}), {}, three);
}

TEST_CASE("What an option says wins over what a file says, and both are shown", "[models]") {
  const TemporaryDirectory folder;
  write_file(folder / "a.ckpt", torch_zip({{"ent_embeddings.weight", {2, 3}, kEntities},
                                           {"rel_embeddings.weight", {1, 3}, kRelations}}));
  ReadOptions options;
  options.norm = 2;
  options.normalise = false;
  options.model = "TransE";
  const ForeignEmbedding read = read_foreign_embedding(folder / "a.ckpt", options);
  const auto hypotheses = score_hypotheses(read);
  REQUIRE(hypotheses.size() == 1);
  CHECK(hypotheses[0].score == "transe-l2");
  CHECK_FALSE(hypotheses[0].normalise);
  CHECK(read.conclusion("norm")->why == "--norm says so; the files: 1 or 2");
}

TEST_CASE("Inverse relations and complex layouts of PyKEEN and others are told apart",
          "[models][pykeen][openke]") {
  const TemporaryDirectory folder;
  write_file(folder / "a.ckpt", torch_zip({{"ent_re_embeddings.weight", {1, 2}, {1, 2}},
                                           {"ent_im_embeddings.weight", {1, 2}, {3, 4}},
                                           {"rel_re_embeddings.weight", {1, 2}, {5, 6}},
                                           {"rel_im_embeddings.weight", {1, 2}, {7, 8}}}));
  const ForeignEmbedding complex = read_foreign_embedding(folder / "a.ckpt");
  CHECK(complex.model == "ComplEx");
  CHECK(complex.complex_layout == ComplexLayout::kHalves);
  MemoryBudget budget;
  const ConvertedRows rows = rows_of(complex.entities, "t", budget);
  CHECK(rows.rows.row(0)[1] == 2.0F);
  CHECK(rows.rows.row(0)[2] == 3.0F);
  CHECK(hypotheses_of(complex) == Names{"complex"});
  write_file(folder / "b.ckpt", torch_zip({{"ent_embeddings.weight", {1, 4}, {1, 2, 3, 4}},
                                           {"rel_embeddings.weight", {1, 2}, {5, 6}},
                                           {"rel_embedding_range", {1}, {2.0F}}}));
  const ForeignEmbedding rotate = read_foreign_embedding(folder / "b.ckpt");
  CHECK(rotate.model == "RotatE");
  CHECK(*rotate.phase_scale == near(1.5707963267948966));
  CHECK(hypotheses_of(rotate) == Names{"rotate"});
}

TEST_CASE("A folder with several embeddings asks for one of them", "[models]") {
  const TemporaryDirectory folder;
  const std::string npy = npy_file("'<f4'", false, "(2, 3)", floats(kEntities));
  write_file(folder / "one.npy", npy);
  write_file(folder / "README.md", "text is not asked");
  CHECK(read_foreign_embedding(folder.path()).entities.rows() == 2);
  write_file(folder / "two.npy", npy);
  CHECK_THROWS_WITH(read_foreign_embedding(folder.path()), Contains("one.npy, two.npy"));
}
