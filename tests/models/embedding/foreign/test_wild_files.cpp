#include <algorithm>
#include <bit>
#include <string>

#include "models/embedding/foreign/embedding_format.hpp"
#include "suite/base/error.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::models;
using namespace kgaudit::tests;
using Catch::Matchers::Contains;

// Real files that other tools wrote, as far as they are on this machine.

namespace {

const std::string kWild = "embeddings-wild/";

std::string refused(const std::filesystem::path& path, ExitCode code = ExitCode::kUnreadable) {
  try {
    static_cast<void>(read_foreign_embedding(path));
  } catch (const InputError& error) {
    CHECK(error.code() == code);
    return error.complaint().got;
  }
  FAIL("nothing was refused");
  return "";
}

ConvertedRows rows_in(const ForeignEmbedding& embedding) {
  MemoryBudget budget;
  return rows_of(embedding.entities, "test", budget);
}

float first_number(const TensorView& tensor) {
  MemoryBudget budget;
  return rows_of(tensor, "test", budget).rows.row(0)[0];
}

}  // namespace

TEST_CASE("A checkpoint of PyTorch-BigGraph has its names, its comparator and both sides",
          "[models][pbg]") {
  KGA_SHARED_DATA_OR_SKIP(file, "embeddings/pbg-fb15k237-transe-dot64/config.json");
  const ForeignEmbedding read = read_foreign_embedding(file.parent_path());
  CHECK(read.format == "pbg");
  CHECK(read.model == "TransE");
  CHECK(read.comparator == "dot");
  CHECK(read.entities.shape == std::vector<std::uint64_t>{14541, 64});
  REQUIRE(read.relations.size() == 2);
  CHECK(read.relations[0].side == RelationSide::kTails);
  CHECK(read.relations[1].side == RelationSide::kHeads);
  CHECK(read.relations[1].rows.shape == std::vector<std::uint64_t>{237, 64});
  CHECK(read.entity_names.size() == 14541);
  CHECK(read.relation_names.size() == 237);
  CHECK(read.files.size() == 6);
  const auto hypotheses = score_hypotheses(read);
  REQUIRE(hypotheses.size() == 1);
  CHECK(hypotheses[0].score == "transe-dot");
}

TEST_CASE("An OpenKE checkpoint of a zip and one of the old form are read with their maps",
          "[models][openke]") {
  KGA_SHARED_DATA_OR_SKIP(zip, "embeddings/openke-fb15k237-transe-l1-50/openke_transe50.ckpt");
  const ForeignEmbedding one = read_foreign_embedding(zip);
  CHECK(one.entities.shape == std::vector<std::uint64_t>{14541, 50});
  CHECK(one.entity_names.size() == 14541);
  const ForeignEmbedding folder = read_foreign_embedding(zip.parent_path());
  CHECK(folder.format == "openke");
  CHECK(folder.entity_names == one.entity_names);
  KGA_SHARED_DATA_OR_SKIP(legacy, kWild +
                                      "luofeisg+OpenKE-PuTransE/best_models/"
                                      "transe_FB15K_optimal_model.ckpt");
  const ForeignEmbedding two = read_foreign_embedding(legacy);
  CHECK(two.tool == "OpenKE");
  CHECK(two.entities.shape == std::vector<std::uint64_t>{14951, 20});
  CHECK(two.relations.at(0).rows.shape == std::vector<std::uint64_t>{1345, 20});
  // Maps without a line that counts them, in the folder of data near by.
  REQUIRE(two.entity_names.size() == 14951);
  CHECK(two.entity_names[0] == "/m/027rn");
  CHECK(two.relation_names.size() == 1345);
  CHECK(two.conclusion("entity names")->certainty == Certainty::kGuessed);
  // Neither norm nor normalisation is stored: all stay open, OpenKE's own default first.
  CHECK_FALSE(two.norm.has_value());
  CHECK(score_hypotheses(two).at(0).score == "transe-l1");
  CHECK(score_hypotheses(two).at(0).normalise);
}

TEST_CASE("The RotatE code's folder and its checkpoint hold the same rows",
          "[models][rotate-code]") {
  KGA_SHARED_DATA_OR_SKIP(checkpoint, "embeddings/rotate-code-fb15k237-transe-l1-64/checkpoint");
  const ForeignEmbedding from_zip = read_foreign_embedding(checkpoint);
  const ForeignEmbedding from_npy = read_foreign_embedding(checkpoint.parent_path());
  CHECK(from_npy.norm == 1);
  CHECK(from_npy.normalise == false);
  CHECK(rows_in(from_zip).rows.digest() == rows_in(from_npy).rows.digest());
  CHECK(from_zip.entity_names == from_npy.entity_names);
  CHECK(from_npy.relation_names.size() == 237);
}

TEST_CASE("PyKEEN's folder has doubled relations and honest symbols that look hostile",
          "[models][pykeen]") {
  KGA_SHARED_DATA_OR_SKIP(file, kWild + "HYU2023-ClassFinder+pykeen/trained_model.pkl");
  const ForeignEmbedding read = read_foreign_embedding(file.parent_path());
  CHECK(read.model == "TransE");
  CHECK(read.norm == 1);
  CHECK(read.entities.shape == std::vector<std::uint64_t>{7227, 50});
  CHECK(read.relations.at(0).rows.shape == std::vector<std::uint64_t>{436, 50});
  CHECK(read.inverse_layout == InverseLayout::kInterleaved);
  CHECK(read.relation_count() == 218);
  REQUIRE(read.relation_names.size() == 218);
  // CR is no part of a name.
  CHECK(read.relation_names[0] == "P1001_applies_to_jurisdiction");
  CHECK(read.entity_names.at(0) == "P10027");
  REQUIRE(read.finding("pickle-symbols") != nullptr);
  CHECK_THAT(read.finding("pickle-symbols")->text, Contains("builtins.getattr"));
}

TEST_CASE("PyKEEN 0.0.x's checkpoint and its pickle of vectors agree bit for bit by name",
          "[models][pykeen]") {
  KGA_SHARED_DATA_OR_SKIP(file, kWild +
                                    "i40-Tools+I40KG-Embeddings/embeddings/TransE/"
                                    "trained_model.pkl");
  const ForeignEmbedding checkpoint = read_foreign_embedding(file);
  const ForeignEmbedding pickle =
      read_foreign_embedding(file.parent_path() / "entities_to_embeddings.pkl");
  REQUIRE(checkpoint.entity_names.size() == 3370);
  REQUIRE(pickle.entity_names.size() == 3370);
  CHECK(checkpoint.relations.at(0).rows.shape == std::vector<std::uint64_t>{86, 50});
  CHECK(checkpoint.norm == 1);
  const ConvertedRows a = rows_in(checkpoint);
  const ConvertedRows b = rows_in(pickle);
  std::map<std::string, std::size_t> row_of;
  for (std::size_t i = 0; i < 3370; ++i) row_of[pickle.entity_names[i]] = i;
  std::size_t same = 0;
  std::size_t edges = 0;
  std::size_t longest = 0;
  for (std::size_t i = 0; i < 3370; ++i) {
    const std::string& name = checkpoint.entity_names[i];
    const auto at = row_of.find(name);
    if (at != row_of.end() && std::ranges::equal(a.rows.values(i), b.rows.values(at->second))) {
      ++same;
    }
    longest = std::max(longest, name.size());
    static constexpr std::string_view kEdges = " \n\t\"";
    edges += !name.empty() && (kEdges.find(name.front()) != std::string_view::npos ||
                               kEdges.find(name.back()) != std::string_view::npos ||
                               name.find_first_of("\n\t\"") != std::string::npos)
                 ? 1U
                 : 0U;
  }
  CHECK(same == 3370);
  CHECK(edges >= 136);
  CHECK(longest >= 1988);
}

TEST_CASE("AmpliGraph's pickles have their own names, norm and layout", "[models][ampligraph]") {
  KGA_SHARED_DATA_OR_SKIP(file, kWild + "zeionara+ampligraph-demo/assets/models/transe.pkl");
  const ForeignEmbedding transe = read_foreign_embedding(file);
  CHECK(transe.model == "TransE");
  CHECK(transe.norm == 1);
  CHECK(transe.entities.shape == std::vector<std::uint64_t>{2050, 150});
  CHECK(transe.entity_names.size() == 2050);
  CHECK(transe.relation_names.size() == 10);
  CHECK(transe.entity_names[0] == "Abelar Hightower");
  const ForeignEmbedding complex = read_foreign_embedding(file.parent_path() / "complex.pkl");
  CHECK(complex.complex_layout == ComplexLayout::kHalves);
  CHECK(complex.entities.width() == 300);
}

TEST_CASE("gensim 3 and 4, word2vec text and binary without line ends are read",
          "[models][gensim]") {
  KGA_SHARED_DATA_OR_SKIP(file, kWild + "dwslab+jRDF2Vec/src/test/resources/pizza_full_model.kv");
  const ForeignEmbedding three = read_foreign_embedding(file);
  CHECK(three.entities.shape == std::vector<std::uint64_t>{444, 200});
  CHECK(three.entity_names.size() == 444);
  const ForeignEmbedding whole = read_foreign_embedding(file.parent_path() / "test_model");
  CHECK(whole.entities.width() == 100);
  CHECK_THAT(whole.finding("pickle-symbols")->text, Contains("__builtin__.hash"));
  KGA_SHARED_DATA_OR_SKIP(text, kWild + "dwslab+jRDF2Vec/examples/jupyter_notebook/vectors.w2v");
  CHECK(read_foreign_embedding(text).entities.shape == std::vector<std::uint64_t>{440, 25});
  KGA_SHARED_DATA_OR_SKIP(four, kWild + "Odeuropa+kg-embeddings/embeddings/new/voc.kv");
  CHECK(read_foreign_embedding(four).entities.shape == std::vector<std::uint64_t>{2310, 100});
  const auto binary = four.parent_path() / "transe_relation.bin";
  const ForeignEmbedding rows = read_foreign_embedding(binary);
  CHECK(rows.entities.shape == std::vector<std::uint64_t>{13, 128});
  CHECK(rows.entity_names.at(12).ends_with(".csv"));
  CHECK(read_foreign_embedding(four.parent_path().parent_path() / "DistMult1000_relation.bin")
            .entities.rows() == 22);
}

TEST_CASE("KB2E's lines end with a tab and their map is separated by blanks",
          "[models][number-rows]") {
  KGA_SHARED_DATA_OR_SKIP(file, kWild + "pourreza+DataCentricRecommendation/entity2vec100.bern");
  const ForeignEmbedding read = read_foreign_embedding(file);
  CHECK(read.entities.shape == std::vector<std::uint64_t>{513, 100});
  CHECK(read.entity_names.size() == 513);
  CHECK(read.finding("trailing-separator") != nullptr);
  CHECK(first_number(read.entities) == 0.007096F);
  const ForeignEmbedding wide = read_foreign_embedding(file.parent_path() / "entity2vec.bern");
  CHECK(wide.entities.width() == 400);
  CHECK(wide.relations.at(0).rows.shape == std::vector<std::uint64_t>{1, 400});
}

TEST_CASE("Names that are not as many as the rows are never paired with them", "[models][npy]") {
  KGA_SHARED_DATA_OR_SKIP(file, kWild +
                                    "iconbaypark2900+hybrid-qml-kg-poc/data/"
                                    "complex_128d_entity_embeddings.npy");
  CHECK(read_foreign_embedding(file).entity_names.size() == 404);
  for (const char* name : {"rotate_256d_entity_embeddings.npy", "rotate_128d_entity_embeddings.npy",
                           "entity_embeddings.npy"}) {
    CAPTURE(name);
    const ForeignEmbedding read = read_foreign_embedding(file.parent_path() / name);
    CHECK(read.entity_names.empty());
    REQUIRE(read.finding("names-and-rows") != nullptr);
    CHECK(read.finding("names-and-rows")->weight == Finding::Weight::kError);
  }
}

TEST_CASE("What is known and cannot be audited row by row is named", "[models][hostile]") {
  KGA_SHARED_DATA_OR_SKIP(transh, kWild +
                                      "luofeisg+OpenKE-PuTransE/best_models/"
                                      "TransH_FB15K_optimal_model.ckpt");
  const auto luo = transh.parent_path().parent_path();
  CHECK_THAT(refused(transh), Contains("TransH"));
  CHECK_THAT(refused(transh.parent_path() / "transH_WN18_optimal_model.ckpt"), Contains("TransH"));
  CHECK_THAT(refused(luo / "res" / "model.vec.tf"), Contains("TensorFlow V1"));
  CHECK(read_foreign_embedding(luo / "res" / "transe.pt").entities.width() == 50);
  KGA_SHARED_DATA_OR_SKIP(dgl, kWild +
                                   "BoYu-Chen123+dgl_example/ckpts/TransE_l2_FB15k_0/"
                                   "FB15k_TransE_l2_relation.npy");
  CHECK_THAT(refused(dgl), Contains("half a checkpoint of DGL-KE") && Contains("_entity.npy"));
  CHECK_THAT(refused(dgl.parent_path()), Contains("half a checkpoint"));
  KGA_SHARED_DATA_OR_SKIP(pbg, kWild + "brandenkang+MetaQA_PBG/model_2/config.json");
  CHECK_THAT(refused(pbg.parent_path()), Contains("embeddings_all_0.v200.h5"));
  CHECK_THAT(refused(pbg.parent_path().parent_path() / "gensim_model.model"),
             Contains("43,234 of them None") && Contains(".vectors.npy"));
  KGA_SHARED_DATA_OR_SKIP(transr, kWild +
                                      "i40-Tools+I40KG-Embeddings/sto/relatedTo/embeddings/"
                                      "TransR/trained_model.pkl");
  CHECK_THAT(refused(transr), Contains("TransR"));
}
