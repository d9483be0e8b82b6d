#include <array>
#include <string>
#include <vector>

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

TEST_CASE("A first line that counts the columns is no row", "[models][csv][text-rows]") {
  const TemporaryDirectory folder;
  const auto names_in = [&](const std::string& text) {
    write_file(folder / "rows.tsv", text);
    return read_foreign_embedding(folder / "rows.tsv", {}).entity_names;
  };
  const auto line = [](const std::string& name, const std::vector<int>& numbers) {
    std::string text = name;
    for (const int number : numbers) text += "\t" + std::to_string(number);
    return text + "\n";
  };
  const std::string row = line("x", {4, 0, 1, 9, 2, 2, 0, 5});
  CHECK(names_in(line("entity", {0, 1, 2, 3, 4, 5, 6, 7}) + row + row) == Names{"x", "x"});
  CHECK(names_in(line("entity", {1, 2, 3, 4, 5, 6, 7, 8}) + row + row) == Names{"x", "x"});
  const std::string other = line("y", {0, 1, 2, 3, 4, 5, 6, 8});
  CHECK(names_in(other + row) == Names{"y", "x"});
  CHECK(names_in("y\t0\t1\t2\nx\t4\t5\t6\n") == Names{"y", "x"});
  // So few columns are a header below a word that heads names; else they are a row, and it is said.
  CHECK(names_in("name,0,1,2,3\nx,4,5,6,7\n") == Names{"x"});
  CHECK(names_in("Entity\t0\t1\t2\nx\t4\t5\t6\n") == Names{"x"});
  CHECK(names_in("y,0,1,2,3\nx,4,5,6,7\n") == Names{"y", "x"});
  CHECK(read_foreign_embedding(folder / "rows.tsv").finding("row-counts-columns") != nullptr);
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

TEST_CASE("A folder is read by its one file of text, where none of its files is binary",
          "[models][word2vec-text][csv][text-rows][openke]") {
  for (const auto& [id, file, bytes] : std::vector<std::array<std::string, 3>>{
           {"word2vec-text", "vectors.txt", "2 3\nx 1 2 3\ny 4 5 6.5\n"},
           {"text-rows", "rows.tsv", "x\t1\t2\t3\ny\t4\t5\t6.5\n"},
           {"csv", "rows.csv", "name,a,b,c\nx,1,2,3\ny,4,5,6.5\n"},
           {"openke", "transe.json",
            R"({"ent_embeddings.weight": [[1,2,3],[4,5,6.5]],)"
            R"( "rel_embeddings.weight": [[7,8,9]]})"}}) {
    CAPTURE(file);
    const TemporaryDirectory folder;
    write_file(folder / file, bytes);
    write_file(folder / "README.md", "rows of text, of which none is a row\n");
    write_file(folder / "entity2id.txt", "2\nx\t0\ny\t1\n");
    write_file(folder / "train2id.txt", "2\n0 1 0\n1 0 0\n");
    const ForeignEmbedding read = read_foreign_embedding(folder.path());
    CHECK(read.format == id);
    CHECK(read.entity_names == Names{"x", "y"});
    CHECK(read.entities.rows() == 2);
  }
}

TEST_CASE("Files of entities and of relations in one folder are one embedding",
          "[models][headerless-binary][npy]") {
  const TemporaryDirectory parent;
  const std::filesystem::path folder = parent / "dimension_3";
  std::filesystem::create_directories(folder);
  write_file(folder / "entity2vec.bin", floats(kEntities));
  write_file(folder / "relation2vec.bin", floats(kRelations));
  const ForeignEmbedding read = read_foreign_embedding(folder);
  CHECK(read.format == "headerless-binary");
  CHECK(read.entities.shape == std::vector<std::uint64_t>{2, 3});
  REQUIRE(read.relations.size() == 1);
  CHECK(read.relations[0].rows.shape == std::vector<std::uint64_t>{1, 3});
  // Of other kinds the entities are read alone, and it is said.
  const TemporaryDirectory texts;
  write_file(texts / "entity_vectors.txt", "2 3\nx 1 2 3\ny 4 5 6.5\n");
  write_file(texts / "relation_vectors.txt", "1 3\nr 7 8 9.5\n");
  const ForeignEmbedding alone = read_foreign_embedding(texts.path());
  CHECK(alone.entity_names == Names{"x", "y"});
  CHECK_THAT(alone.finding("relations-left")->text, Contains("relation_vectors.txt is not read"));
}

TEST_CASE("A folder of runs counts its files and folders and lists what lies below", "[models]") {
  const TemporaryDirectory folder;
  write_file(folder / "README.md", "two runs\n");
  const auto complaint = [&] {
    try {
      static_cast<void>(read_foreign_embedding(folder.path()));
    } catch (const InputError& error) {
      return error.complaint();
    }
    return Complaint{};
  };
  CHECK(complaint().got == "a folder with 1 file and 0 folders, none of that kind");
  CHECK(complaint().advice == "the path of the file that holds the entities");
  std::filesystem::create_directories(folder / "one");
  std::filesystem::create_directories(folder / "two");
  write_file(folder / "one/rows.npy", npy_file("'<f4'", false, "(2, 3)", floats(kEntities)));
  write_file(folder / "two/vectors.txt", "2 3\nx 1 2 3\ny 4 5 6.5\n");
  CHECK(complaint().got == "a folder with 1 file and 2 folders, none of that kind");
  CHECK(complaint().advice == "one of these below it: one/rows.npy, two/vectors.txt");
}

TEST_CASE("A width that the file does not have is refused", "[models][npy]") {
  const TemporaryDirectory folder;
  write_file(folder / "x.npy", npy_file("'<f4'", false, "(2, 3)", floats(kEntities)));
  ReadOptions options;
  options.dimension = 2;
  CHECK_THROWS_WITH(read_foreign_embedding(folder / "x.npy", options),
                    Contains("--dimension: 2") && Contains("3, the numbers in a row of"));
  options.dimension = 3;
  CHECK(read_foreign_embedding(folder / "x.npy", options).entities.width() == 3);
}

TEST_CASE("GraphVite's pickle sets its items twice and is read once", "[models][graphvite]") {
  const std::string dict = global_op("easydict", "EasyDict") + ")\x81";
  const auto object = [&](const std::string& items) {
    return dict + "(" + items + "u}(" + items + "ub";
  };
  const std::string ids = text_op("entity2id") + "}(" + text_op("b") + "K\x01" + text_op("a") +
                          std::string("K\0u", 3) + text_op("relation2id") + "}" + text_op("r") +
                          std::string("K\0s", 3);
  const std::string tables = text_op("entity_embeddings") + array_op(2, 3, floats(kEntities)) +
                             text_op("relation_embeddings") + array_op(1, 3, floats(kRelations));
  const TemporaryDirectory folder;
  write_file(folder / "model.pkl",
             "\x80\x04" +
                 object(text_op("graph") + object(ids) + text_op("solver") + object(tables)) + ".");
  const ForeignEmbedding read = read_foreign_embedding(folder / "model.pkl");
  CHECK(read.format == "graphvite");
  CHECK(read.entity_names == Names{"a", "b"});
  CHECK(read.relation_names == Names{"r"});
  MemoryBudget budget;
  CHECK(rows_of(read.entities, "t", budget).rows.row(1)[1] == 5.0F);
}

TEST_CASE("LibKGE's package has names, a norm and appended inverse relations", "[models][libkge]") {
  const auto item = [](const std::string& key, const std::string& value) {
    return text_op(key) + value;
  };
  const std::string state =
      "}(" +
      item("_base_model._entity_embedder._embeddings.weight", tensor_op("0", {2, 3}, {3, 1})) +
      item("_base_model._relation_embedder._embeddings.weight", tensor_op("1", {2, 3}, {3, 1})) +
      "u";
  const std::string options =
      "}(" + item("model", text_op("reciprocal_relations_model")) +
      item("reciprocal_relations_model",
           "}" + item("base_model", "}" + item("type", text_op("transe")) + "s") + "s") +
      item("transe", "}" + item("l_norm", "G" + std::string("\x40\0\0\0\0\0\0\0", 8)) + "s") + "u";
  const std::string root =
      "\x80\x02}(" + item("type", text_op("package")) + item("model", state + "}\x86") +
      item("config",
           global_op("kge.config", "Config") + ")\x81}" + item("options", options) + "sb") +
      item("dataset",
           "}" +
               item("meta", "}(" + item("entity_ids", "](" + text_op("a") + text_op("b") + "e") +
                                item("relation_ids", "]" + text_op("r") + "a") + "u") +
               "s") +
      "u.";
  const TemporaryDirectory folder;
  write_file(folder / "model.pt",
             torch_zip_of(root, {stored("archive/data/0", floats(kEntities)),
                                 stored("archive/data/1", floats({7, 8, 9, -7, -8, -9}))}));
  const ForeignEmbedding read = read_foreign_embedding(folder / "model.pt");
  CHECK(read.format == "libkge");
  CHECK(read.model == "TransE");
  CHECK(read.norm == 2);
  CHECK(read.inverse_layout == InverseLayout::kAppended);
  CHECK(read.relation_count() == 1);
  CHECK(read.entity_names == Names{"a", "b"});
  CHECK(read.relation_names == Names{"r"});
  CHECK(hypotheses_of(read) == Names{"transe-l2"});
}

TEST_CASE("DGL-KE's folder is read with either spelling of its keys", "[models][dgl-ke]") {
  for (const char* config : {R"({"model_name": "TransE_l1", "hidden_dim": 3, "gamma": 12.0})",
                             R"({"model": "TransE_l1", "emb_size": 3, "gamma": 12.0,)"
                             R"( "emap_file": "names.tsv"})"}) {
    CAPTURE(config);
    const TemporaryDirectory folder;
    write_file(folder / "config.json", config);
    write_file(folder / "x_TransE_l1_entity.npy",
               npy_file("'<f4'", false, "(2, 3)", floats(kEntities)));
    write_file(folder / "x_TransE_l1_relation.npy",
               npy_file("'<f4'", false, "(1, 3)", floats(kRelations)));
    write_file(folder / "names.tsv", "1\tb\n0\ta\n");
    write_file(folder / "entities.tsv", "0\ta\n1\tb\n");
    const ForeignEmbedding read = read_foreign_embedding(folder.path());
    CHECK(read.format == "dgl-ke");
    CHECK(read.norm == 1);
    CHECK(read.gamma == 12.0);
    CHECK(read.entity_names == Names{"a", "b"});
    CHECK(hypotheses_of(read) == Names{"transe-l1"});
    CHECK(read_foreign_embedding(folder / "x_TransE_l1_entity.npy").format == "dgl-ke");
    std::filesystem::remove(folder / "x_TransE_l1_entity.npy");
    CHECK_THROWS_WITH(read_foreign_embedding(folder.path()), Contains("half a checkpoint"));
  }
}

TEST_CASE("Marius' rows are counted by its mapping", "[models][marius]") {
  const TemporaryDirectory folder;
  write_file(folder / "embeddings.bin", floats(kEntities));
  write_file(folder / "node_mapping.txt", "x,1\ny,0\n");
  write_file(folder / "relation_mapping.txt", "r,0\n");
  write_file(folder / "model.pt", torch_zip({{"relation_embeddings", {1, 3}, {7, 8, 9}},
                                             {"inverse_relation_embeddings", {1, 3}, {1, 2, 3}}}));
  const ForeignEmbedding read = read_foreign_embedding(folder.path());
  CHECK(read.format == "marius");
  CHECK(read.entity_names == Names{"y", "x"});
  CHECK(read.entities.shape == std::vector<std::uint64_t>{2, 3});
  REQUIRE(read.relations.size() == 2);
  CHECK(read.relation_names == Names{"r"});
  CHECK(read.model.empty());
  write_file(folder / "full_config.yaml", "model:\n  decoder:\n    type: TRANSE\n");
  const ForeignEmbedding stated = read_foreign_embedding(folder.path());
  CHECK(stated.model == "TransE");
  CHECK(stated.norm == 2);
  write_file(folder / "full_config.yaml",
             "model:\n  encoder:\n    layers:\n      - - type: GNN\n  decoder: {type: TRANSE}\n");
  CHECK_THROWS_WITH(read_foreign_embedding(folder.path()), Contains("graph layers"));
  std::filesystem::remove(folder / "full_config.yaml");
  write_file(folder / "node_mapping.txt", "x,1\ny,0\nz,2\nu,3\n");
  CHECK_THROWS_AS(read_foreign_embedding(folder.path()), InputError);
}

TEST_CASE("PyTorch-BigGraph's text keeps the names of its own lines", "[models][pbg-tsv]") {
  const TemporaryDirectory folder;
  write_file(folder / "entity_embeddings.tsv", "a \"q\"\t1\t2\n#b\t3\t4\n");
  write_file(folder / "relation_types_parameters.tsv",
             "r\tlhs\ttranslation\ttranslations\t2\t5\t6\n"
             "r\trhs\ttranslation\ttranslations\t2\t7\t8\n");
  std::filesystem::create_directories(folder / "run");
  std::filesystem::create_directories(folder / "data");
  write_file(folder / "run/config.json", R"({"entity_path": "data", "dimension": 400})");
  write_file(folder / "data/entity_names_all_0.json", R"(["#b", "a \"q\""])");
  const ForeignEmbedding read = read_foreign_embedding(folder / "entity_embeddings.tsv");
  CHECK(read.format == "pbg-tsv");
  CHECK(read.entity_names == Names{"a \"q\"", "#b"});
  REQUIRE(read.relations.size() == 2);
  CHECK(read.relations[0].side == RelationSide::kTails);
  CHECK(read.relation_names == Names{"r"});
  // Files of other runs are told, and never joined by row.
  CHECK_THAT(read.finding("mixed-runs")->text, Contains("400 numbers a row"));
  CHECK_THAT(read.finding("name-order")->text, Contains("0 of 2 in the same place"));
}

TEST_CASE("The dump of Wikidata is read in one pass, and only what is wanted is kept",
          "[models][pbg-tsv]") {
  const TemporaryDirectory folder;
  write_file(folder / "w.tsv.gz", gzip_member("3\t1\t2\n<Q1>\t1\t2\n\"F o\"@fr\t3\t4\n<Q3>\t5\t6\n"
                                              "<P1>\t7\t8\n<P1>_reverse_relation\t9\t10\n"));
  ReadOptions options;
  options.keep = [](std::string_view name) { return name.starts_with("<Q"); };
  const ForeignEmbedding read = read_foreign_embedding(folder / "w.tsv.gz", options);
  CHECK(read.entity_names == Names{"<Q1>", "<Q3>"});
  CHECK(read.finding("rows-left") != nullptr);
  REQUIRE(read.relations.size() == 2);
  CHECK(read.relations[0].side == RelationSide::kHeads);
  CHECK(read.relation_names == Names{"<P1>"});
  CHECK(hypotheses_of(read).at(0) == "transe-dot");
  write_file(folder / "w.tsv", "4\t1\t2\n<Q1>\t1\t2\n");
  CHECK_THROWS_WITH(read_foreign_embedding(folder / "w.tsv"), Contains("4, as the first line"));
}
