#include "models/embedding/writing/embedding_writer.hpp"

#include <atomic>
#include <cmath>
#include <cstring>
#include <limits>

#include "models/embedding/foreign/embedding_format.hpp"
#include "models/embedding/foreign/export_manifest.hpp"
#include "models/embedding/foreign/name_search.hpp"
#include "models/embedding/foreign/reading.hpp"
#include "suite/base/error.hpp"
#include "tests/models/reference.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::models;
using namespace kgaudit::tests;
using Catch::Matchers::Contains;

namespace {

namespace fs = std::filesystem;

/// Rows with every kind of float that text could spoil.
FloatTable delicate_table(std::size_t rows, std::size_t width) {
  FloatTable table = normal_table(rows, width, 5);
  table.row(0)[0] = std::numeric_limits<float>::max();
  table.row(0)[1] = std::numeric_limits<float>::denorm_min();
  table.row(0)[2] = -0.0F;
  table.row(1)[0] = 1.0F / 3.0F;
  table.row(1)[1] = 1.0F;
  table.row(1)[2] = -std::numeric_limits<float>::min();
  return table;
}

/// Seven entities, three relations and their inverses.
ForeignEmbedding small_embedding() {
  ForeignEmbedding embedding;
  embedding.tool = "somebody's";
  embedding.model = "TransE";
  embedding.norm = 1;
  embedding.normalise = false;
  embedding.gamma = 12.5;
  embedding.inverse_layout = InverseLayout::kAppended;
  embedding.entities = tensor_of(delicate_table(7, 5));
  embedding.relations.push_back({RelationSide::kBoth, tensor_of(delicate_table(6, 5))});
  embedding.conclude("model", "TransE", "a guess", Certainty::kGuessed, "--model");
  embedding.conclude("inverse relations", "appended", "twice as many rows", Certainty::kDerived);
  attach_entity_names(embedding, {"/m/01", "12", "René", "a,b", "it's", "x:y", "Z"}, "here");
  attach_relation_names(embedding, {"gender", "/people/person/born", "p3"}, "here");
  return embedding;
}

WrittenEmbedding written_to(const ForeignEmbedding& embedding, const std::vector<std::string>& ids,
                            const fs::path& folder,
                            const std::optional<std::vector<std::uint64_t>>& rows = {}) {
  MemoryBudget budget;
  return write_embedding(embedding, output_formats_named(ids, "--to"), folder, "input", budget,
                         rows);
}

std::string digest_of(const TensorView& table) {
  MemoryBudget budget;
  return rows_of(table, "table", budget).rows.digest().hex();
}

void check_same(const ForeignEmbedding& back, const ForeignEmbedding& original) {
  CHECK(back.format == "kgaudit");
  CHECK(back.entity_names == original.entity_names);
  CHECK(back.relation_names == original.relation_names);
  CHECK(digest_of(back.entities) == digest_of(original.entities));
  REQUIRE(back.relations.size() == original.relations.size());
  for (std::size_t i = 0; i < back.relations.size(); ++i) {
    CHECK(digest_of(back.relations[i].rows) == digest_of(original.relations[i].rows));
    CHECK(back.relations[i].side == original.relations[i].side);
  }
  CHECK(back.tool == original.tool);
  CHECK(back.model == original.model);
  CHECK(back.norm == original.norm);
  CHECK(back.comparator == original.comparator);
  CHECK(back.normalise == original.normalise);
  CHECK(back.gamma == original.gamma);
  CHECK(back.complex_layout == original.complex_layout);
  CHECK(back.inverse_layout == original.inverse_layout);
  for (const Conclusion& one : original.conclusions) {
    INFO(one.what);
    const Conclusion* said = back.conclusion(one.what);
    REQUIRE(said != nullptr);
    if (one.what.ends_with("names")) continue;  // found in another file now
    CHECK(said->value == one.value);
    CHECK(said->certainty == one.certainty);
  }
}

/// The message with which names are refused for a format; nothing is written.
std::string name_refusal(const std::vector<std::string>& names, const std::string& format) {
  const TemporaryDirectory folder;
  ForeignEmbedding embedding;
  embedding.entities = tensor_of(normal_table(names.size(), 3, 1));
  embedding.entity_names = names;
  try {
    static_cast<void>(written_to(embedding, {format}, folder / "out"));
  } catch (const InputError& error) {
    CHECK(error.code() == ExitCode::kUsage);
    CHECK(fs::is_empty(folder.path()));
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("Every output format says what it is and which reader brings it back", "[models]") {
  for (const OutputFormat* format : output_formats()) {
    INFO(std::string(format->id));
    CHECK(&find_output_format(format->id) == format);
    CHECK_FALSE(format->description.empty());
    CHECK(format->ending.starts_with("."));
    CHECK(find_embedding_format(format->reader).id == format->reader);
  }
  CHECK_THROWS_AS(output_formats_named(std::vector<std::string>{}, "--to"), InputError);
  CHECK_THROWS_AS(output_formats_named(std::vector<std::string>{"tvs"}, "--to"), InputError);
  const std::vector<std::string> twice = {"tsv", "npy", "tsv"};
  CHECK(output_formats_named(twice, "--to").size() == 2);
}

TEST_CASE("An embedding comes back from every pair of formats to the bit",
          "[models][kgaudit][npy][tsv][word2vec][word2vec-binary][safetensors]") {
  const ForeignEmbedding original = small_embedding();
  for (const OutputFormat* first : output_formats()) {
    for (const OutputFormat* second : output_formats()) {
      INFO(first->id << " to " << second->id);
      const TemporaryDirectory folder;
      static_cast<void>(written_to(original, {std::string(first->id)}, folder / "one"));
      const ForeignEmbedding between = read_foreign_embedding(folder / "one");
      check_same(between, original);
      const WrittenEmbedding done = written_to(between, {std::string(second->id)}, folder / "two");
      check_same(read_foreign_embedding(folder / "two"), original);
      CHECK(done.entities == 7);
      CHECK(done.relations == 6);
      CHECK(done.rounded == 0);
      for (const std::string& file : done.files) CHECK(fs::exists(folder.path() / "two" / file));
    }
  }
}

TEST_CASE("Each file alone is read with its names, without the description beside it",
          "[models][npy][tsv]") {
  const ForeignEmbedding original = small_embedding();
  for (const OutputFormat* format : output_formats()) {
    INFO(format->id);
    const TemporaryDirectory folder;
    static_cast<void>(written_to(original, {std::string(format->id)}, folder / "out"));
    for (const bool entities : {true, false}) {
      const std::string name = std::string(entities ? "entity" : "relation") + "_embeddings" +
                               std::string(format->ending);
      const ForeignEmbedding back = read_foreign_embedding(folder.path() / "out" / name);
      CHECK(back.format == format->reader);
      CHECK(back.entity_names ==
            (entities ? original.entity_names
                      : relation_row_names(original.relation_names, InverseLayout::kAppended)));
      CHECK(digest_of(back.entities) ==
            digest_of(entities ? original.entities : original.relations[0].rows));
    }
  }
}

TEST_CASE("Text says numbers in their shortest form and binary files have the bytes of floats",
          "[models][tsv][word2vec][npy][safetensors][word2vec-binary]") {
  const TemporaryDirectory folder;
  FloatTable table(2, 2);
  table.row(0)[0] = 0.1F;
  table.row(0)[1] = 2.0F;
  table.row(1)[0] = -1.5F;
  table.row(1)[1] = 1e-10F;
  ForeignEmbedding embedding;
  embedding.entities = tensor_of(table);
  embedding.entity_names = {"a", "b"};
  static_cast<void>(written_to(
      embedding, {"tsv", "word2vec", "npy", "safetensors", "word2vec-binary"}, folder / "out"));
  const fs::path out = folder / "out";
  CHECK(read_file(out / "entity_embeddings.tsv") == "a\t0.1\t2.0\nb\t-1.5\t1e-10\n");
  CHECK(read_file(out / "entity_embeddings.w2v.txt") == "2 2\na 0.1 2.0\nb -1.5 1e-10\n");
  const float numbers[] = {0.1F, 2.0F, -1.5F, 1e-10F};
  const std::string bytes(reinterpret_cast<const char*>(numbers), sizeof numbers);
  const std::string npy = read_file(out / "entity_embeddings.npy");
  CHECK(npy.size() == 128 + 16);
  CHECK(npy.starts_with(std::string("\x93NUMPY\x01\x00\x76\x00{'descr': '<f4'", 25)));
  CHECK(npy.ends_with("\n" + bytes));
  const std::string safe = read_file(out / "entity_embeddings.safetensors");
  CHECK(safe.ends_with(bytes));
  CHECK(safe.substr(8).starts_with(
      R"({"embeddings":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]}})"));
  CHECK(read_file(out / "entity_embeddings.w2v.bin") ==
        "2 2\na " + bytes.substr(0, 8) + "\nb " + bytes.substr(8) + "\n");
  CHECK(read_file(out / "entity_ids.json") == "[\n\"a\",\n\"b\"\n]\n");
}

TEST_CASE(
    "Names that a format can't hold are refused before anything is written, with one that can",
    "[models][tsv][word2vec][word2vec-binary][npy][safetensors]") {
  CHECK_THAT(name_refusal({"a", "b\tc", "d\te"}, "tsv"),
             Contains("the entity name 'b\\x09c' of row 2, with a tab, for tsv") &&
                 Contains("npy, which holds all of these names"));
  CHECK_THAT(name_refusal({"a", "b\nc"}, "tsv"), Contains("a line end"));
  CHECK_THAT(name_refusal({"\"a\"", "b"}, "tsv"), Contains("a quote at its beginning"));
  CHECK_THAT(name_refusal({"a", ""}, "tsv"), Contains("nothing in it"));
  CHECK_THAT(name_refusal({"a", "b", "a"}, "tsv"), Contains("a name that an earlier row has"));
  CHECK_THAT(name_refusal({"a", "b c"}, "word2vec"), Contains("a blank") && Contains("npy"));
  CHECK_THAT(name_refusal({"a b", "c"}, "word2vec-binary"), Contains("a blank"));
  CHECK_THAT(name_refusal({"a", "b\xff"}, "npy"),
             Contains("bytes that are not UTF-8") && Contains("word2vec-binary, which holds"));
  CHECK_THAT(name_refusal({"a", "b\xff"}, "safetensors"), Contains("not UTF-8"));
  CHECK_THAT(name_refusal({"a c", "b\xff"}, "tsv"), Contains("no format here holds all of these"));
  CHECK_THAT(name_refusal({"nan", "-2.5"}, "tsv"), Contains("look like"));
  // What is held: blanks and quotes within a name, bytes that are not UTF-8, a very long name.
  const std::string long_name(1988, 'n');
  CHECK(name_refusal({"b c", "d \"e\" f", long_name}, "tsv").empty());
  CHECK(name_refusal({"d\"e\"", long_name, "\xc3\xa9"}, "word2vec").empty());
  CHECK(name_refusal({"b\xff", long_name}, "word2vec-binary").empty());
  for (const char* format : {"npy", "safetensors"}) {
    CHECK(name_refusal({"b c", "d\te", "f\ng", "\"h\"", "", long_name}, format).empty());
  }
}

TEST_CASE("Any name that a format takes comes back to the byte", "[models][tsv]") {
  const std::string long_name = std::string(1987, 'n') + "\xc3\xa9";
  const std::vector<std::string> names = {"b",   "1",    "-2.5", "nan", "x,1,2", "{\"a\":1}",
                                          "[1]", "'q\"", "(dp0", "PK",  "#",     long_name};
  for (const OutputFormat* format : output_formats()) {
    INFO(format->id);
    const TemporaryDirectory folder;
    ForeignEmbedding embedding;
    embedding.entities = tensor_of(delicate_table(names.size(), 4));
    embedding.entity_names = names;
    static_cast<void>(written_to(embedding, {std::string(format->id)}, folder / "out"));
    const ForeignEmbedding back = read_foreign_embedding(
        folder.path() / "out" / ("entity_embeddings" + std::string(format->ending)));
    CHECK(back.entity_names == names);
    CHECK(digest_of(back.entities) == digest_of(embedding.entities));
  }
}

TEST_CASE("Rows are picked in the order that is asked for, with their names and vectors",
          "[models][kgaudit]") {
  const TemporaryDirectory folder;
  ForeignEmbedding embedding = small_embedding();
  embedding.attribute_vectors.push_back(
      {"gender", {"male", "female"}, tensor_of(delicate_table(2, 5)), {0, 1, -1, 1, 0, -1, -1}});
  const std::vector<std::uint64_t> rows = {3, 0, 5};
  static_cast<void>(written_to(embedding, {"npy"}, folder / "out", rows));
  const ForeignEmbedding back = read_foreign_embedding(folder / "out");
  CHECK(back.entity_names == std::vector<std::string>{"a,b", "/m/01", "x:y"});
  MemoryBudget budget;
  CHECK(digest_of(back.entities) ==
        rows_of(embedding.entities, "t", budget, rows).rows.digest().hex());
  REQUIRE(back.attribute_vectors.size() == 1);
  CHECK(back.attribute_vectors[0].attribute == "gender");
  CHECK(back.attribute_vectors[0].names == std::vector<std::string>{"male", "female"});
  CHECK(back.attribute_vectors[0].row_of == std::vector<std::int32_t>{1, 0, -1});
  CHECK(digest_of(back.attribute_vectors[0].rows) ==
        digest_of(embedding.attribute_vectors[0].rows));
}

TEST_CASE("Rows without names go where names stand beside, and nowhere else", "[models][kgaudit]") {
  const TemporaryDirectory folder;
  ForeignEmbedding embedding = small_embedding();
  embedding.entity_names.clear();
  CHECK_THROWS_AS(written_to(embedding, {"tsv"}, folder / "out"), InputError);
  CHECK_FALSE(fs::exists(folder / "out"));
  static_cast<void>(written_to(embedding, {"npy"}, folder / "out"));
  CHECK(read_foreign_embedding(folder / "out").entity_names.empty());
  // A folder that holds something is left as it is.
  CHECK_THROWS_AS(written_to(embedding, {"npy"}, folder / "out"), InputError);
}

TEST_CASE("Two relation tables keep their sides, and complex numbers become pairs",
          "[models][kgaudit]") {
  const TemporaryDirectory folder;
  ForeignEmbedding embedding = small_embedding();
  embedding.inverse_layout = InverseLayout::kNone;
  embedding.relations = {{RelationSide::kTails, tensor_of(delicate_table(3, 5))},
                         {RelationSide::kHeads, tensor_of(normal_table(3, 5, 9))}};
  static_cast<void>(written_to(embedding, {"word2vec", "npy"}, folder / "sides"));
  check_same(read_foreign_embedding(folder / "sides"), embedding);

  ForeignEmbedding complex;
  complex.entities = tensor_of(normal_table(4, 16, 3));
  complex.entities.type = NumberType::kComplex64;
  complex.entities.shape = {4, 8};
  complex.entities.strides = {8, 1};
  complex.entity_names = {"a", "b", "c", "d"};
  static_cast<void>(written_to(complex, {"npy"}, folder / "complex"));
  const ForeignEmbedding back = read_foreign_embedding(folder / "complex");
  CHECK(back.complex_layout == ComplexLayout::kInterleaved);
  CHECK(back.entities.width() == 16);
  CHECK(digest_of(back.entities) == digest_of(complex.entities));
}

TEST_CASE("A description that was tampered with is refused with its key", "[models][kgaudit]") {
  const TemporaryDirectory folder;
  static_cast<void>(written_to(small_embedding(), {"npy"}, folder / "out"));
  const fs::path file = folder.path() / "out" / kManifestFile;
  const std::string text = read_file(file);
  const auto complaint = [&](const std::string& from, const std::string& to) {
    std::string changed = text;
    const std::size_t at = changed.find(from);
    REQUIRE(at != std::string::npos);
    write_file(file, changed.replace(at, from.size(), to));
    try {
      static_cast<void>(read_foreign_embedding(folder / "out"));
    } catch (const InputError& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  CHECK_THAT(complaint("\"kgaudit_embedding\": 1", "\"kgaudit_embedding\": 2"),
             Contains("version 2"));
  CHECK_THAT(complaint("\"norm\": 1", "\"norm\": 3"), Contains("norm 3"));
  CHECK_THAT(complaint("\"appended\"", "\"both\""), Contains("inverse_layout"));
  CHECK_THAT(complaint("\"rows\": 7", "\"rows\": 8"), Contains("8 x 5"));
  CHECK_THAT(complaint("\"reader\": \"npy\"", "\"reader\": \"npi\""), Contains("npi"));
  CHECK_THAT(complaint("\"entity_embeddings.npy\"", "\"../../../etc/passwd\""), Contains("passwd"));
  CHECK_THAT(complaint("\"formats\"", "\"formatz\""), Contains("the key 'formats' is missing"));
  CHECK_THAT(complaint("\"rows\": 7", "\"rows\": 9223372036854775807"), Contains("a shape of"));
}

TEST_CASE(
    "Rows of text and word2vec that go through a scratch file take no memory and no other bits",
    "[models][tsv][word2vec][word2vec-binary]") {
  const ForeignEmbedding original = small_embedding();
  const TemporaryDirectory folder;
  static_cast<void>(written_to(original, {"tsv", "word2vec", "word2vec-binary"}, folder / "one"));
  for (const char* ending : {".tsv", ".w2v.txt", ".w2v.bin"}) {
    INFO(ending);
    const fs::path file = folder / "one" / (std::string("entity_embeddings") + ending);
    ReadOptions options;
    options.scratch = folder / "one";
    // Names take a few hundred bytes of it: no row would have room.
    options.max_memory = 1500;
    CHECK_NOTHROW(read_foreign_embedding(file, options));
    const ForeignEmbedding back = read_foreign_embedding(file, options);
    CHECK(back.entity_names == original.entity_names);
    CHECK(digest_of(back.entities) == digest_of(original.entities));
    options.scratch.clear();
    options.max_memory = 600;
    CHECK_THROWS_WITH(read_foreign_embedding(file, options), Contains("--max-memory"));
  }
}

TEST_CASE("A table of many pieces is written row by row as it is", "[models][npy][tsv]") {
  // As many rows as three pieces hold.
  ForeignEmbedding embedding;
  embedding.entities = tensor_of(normal_table(3000, 1000, 9));
  for (int i = 0; i < 3000; ++i) embedding.entity_names.push_back(fmt::format("e{}", i));
  const TemporaryDirectory folder;
  std::vector<std::uint64_t> rows;
  for (std::uint64_t i = 0; i < 2900; ++i) rows.push_back((i * 7) % 3000);
  const WrittenEmbedding done = written_to(embedding, {"npy"}, folder / "out", rows);
  CHECK(done.entities == 2900);
  const ForeignEmbedding back = read_foreign_embedding(folder / "out");
  MemoryBudget budget;
  CHECK(rows_of(back.entities, "back", budget).rows.digest() ==
        rows_of(embedding.entities, "original", budget, rows).rows.digest());
}

TEST_CASE("Writing that the user stops leaves nothing", "[models]") {
  const TemporaryDirectory folder;
  std::atomic<bool> stop = true;
  Progress progress;
  progress.watch(&stop);
  MemoryBudget budget;
  const std::vector<std::string> ids = {"npy"};
  CHECK_THROWS_AS(write_embedding(small_embedding(), output_formats_named(ids, "--to"),
                                  folder / "out", "input", budget, {}, nullptr, progress),
                  Interrupted);
  CHECK(fs::is_empty(folder.path()));
}
