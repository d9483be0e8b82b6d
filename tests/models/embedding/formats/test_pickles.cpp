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
using PickledNames = std::vector<std::string>;

namespace {

const std::vector<float> kTwoRows = {1, 2, 3, 4, 5, 6};
const std::string kProtocol = "\x80\x03";

float second_row_begins_with(const ForeignEmbedding& embedding) {
  MemoryBudget budget;
  return rows_of(embedding.entities, "test", budget).rows.row(1)[0];
}

/// An object of a class: its state is set from these items.
std::string object_op(std::string_view module, std::string_view name, const std::string& items) {
  return global_op(module, name) + ")\x81}(" + items + "ub";
}

std::string none_item(std::string_view key) { return text_op(key) + "N"; }

}  // namespace

TEST_CASE("AmpliGraph 1's pickle has names, norm and tables under model_params",
          "[models][ampligraph]") {
  const auto model = [](const std::string& name, int width, const std::vector<float>& entities) {
    const int rows = static_cast<int>(entities.size()) / width;
    return kProtocol + "}(" + text_op("class_name") + text_op(name) + text_op("hyperparams") +
           "}(" + text_op("k") + int_op(3) + text_op("norm") + int_op(1) +
           text_op("normalize_ent_emb") + "\x89u" + text_op("ent_to_idx") + "}(" + text_op("b") +
           int_op(1) + text_op("a") + int_op(0) + "u" + text_op("rel_to_idx") + "}" + text_op("r") +
           int_op(0) + "s" + text_op("model_params") + "](" +
           array_op(rows, width, floats(entities)) +
           array_op(1, width, floats(std::vector<float>(static_cast<std::size_t>(width), 7.0F))) +
           "eu.";
  };
  const TemporaryDirectory folder;
  write_file(folder / "transe.pkl", model("TransE", 3, kTwoRows));
  const ForeignEmbedding transe = read_foreign_embedding(folder / "transe.pkl");
  CHECK(transe.format == "ampligraph");
  CHECK(transe.model == "TransE");
  CHECK(transe.norm == 1);
  CHECK(transe.normalise == false);
  CHECK(transe.entity_names == PickledNames{"a", "b"});
  CHECK(transe.relation_names == PickledNames{"r"});
  CHECK(second_row_begins_with(transe) == 4.0F);
  write_file(folder / "complex.pkl", model("ComplEx", 2, {1, 2, 3, 4}));
  CHECK(read_foreign_embedding(folder / "complex.pkl").complex_layout == ComplexLayout::kHalves);
}

TEST_CASE("gensim 4's vectors lie in the pickle or beside it", "[models][gensim]") {
  const std::string keys = text_op("index_to_key") + "](" + text_op("a") + text_op("b") + "e";
  const auto vectors = [&](const std::string& items) {
    return kProtocol + object_op("gensim.models.keyedvectors", "KeyedVectors", items) + ".";
  };
  const TemporaryDirectory folder;
  write_file(folder / "inside.kv",
             vectors(keys + text_op("vectors") + array_op(2, 3, floats(kTwoRows))));
  const ForeignEmbedding inside = read_foreign_embedding(folder / "inside.kv");
  CHECK(inside.format == "gensim");
  CHECK(inside.entity_names == PickledNames{"a", "b"});
  CHECK(second_row_begins_with(inside) == 4.0F);
  write_file(folder / "beside.kv", vectors(keys + none_item("vectors")));
  write_file(folder / "beside.kv.vectors.npy",
             npy_file("'<f4'", false, "(2, 3)", floats(kTwoRows)));
  CHECK(second_row_begins_with(read_foreign_embedding(folder / "beside.kv")) == 4.0F);
}

TEST_CASE("Names that are None and a missing array are told together", "[models][gensim]") {
  const TemporaryDirectory folder;
  write_file(folder / "half.kv", kProtocol +
                                     object_op("gensim.models.keyedvectors", "KeyedVectors",
                                               text_op("index_to_key") + "](NN" + text_op("a") +
                                                   "e" + none_item("vectors")) +
                                     ".");
  CHECK_THROWS_WITH(read_foreign_embedding(folder / "half.kv"),
                    Contains("3 names, 2 of them None") && Contains("half.kv.vectors.npy"));
}

TEST_CASE("gensim 3 numbers rows in its Vocab objects, not by the order of the dict",
          "[models][gensim]") {
  const auto entry = [](std::string_view name, int index) {
    return text_op(name) +
           object_op("gensim.models.keyedvectors", "Vocab",
                     text_op("count") + int_op(9) + text_op("index") + int_op(index));
  };
  const TemporaryDirectory folder;
  write_file(folder / "three.kv",
             kProtocol +
                 object_op("gensim.models.keyedvectors", "Word2VecKeyedVectors",
                           text_op("vocab") + "}(" + entry("b", 1) + entry("a", 0) + "u" +
                               text_op("vectors") + array_op(2, 3, floats(kTwoRows))) +
                 ".");
  CHECK(read_foreign_embedding(folder / "three.kv").entity_names == PickledNames{"a", "b"});
}

TEST_CASE("What a pickle lacks is said in its own words", "[models][gensim][pickled-vectors]") {
  const TemporaryDirectory folder;
  write_file(folder / "list.pkl", kProtocol + "](" + text_op("a") + text_op("b") + "e.");
  CHECK_THROWS_WITH(read_foreign_embedding(folder / "list.pkl"),
                    Contains("expected: a pickle of a dict with a vector for each name") &&
                        !Contains("a model whose score"));
  write_file(folder / "half.kv", kProtocol +
                                     object_op("gensim.models.keyedvectors", "KeyedVectors",
                                               text_op("index_to_key") + "](" + text_op("a") + "e" +
                                                   none_item("vectors")) +
                                     ".");
  CHECK_THROWS_WITH(
      read_foreign_embedding(folder / "half.kv"),
      Contains("the arrays that gensim saved with it") && !Contains("a model whose score"));
}
