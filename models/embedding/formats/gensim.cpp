#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "models/embedding/foreign/embedding_format.hpp"
#include "models/embedding/foreign/name_map.hpp"
#include "models/embedding/foreign/name_search.hpp"
#include "models/embedding/foreign/numpy_arrays.hpp"
#include "models/embedding/foreign/reading.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::models::embedding_formats_roster {
namespace {

/// Arrays that gensim found too large for the pickle lie beside it under these endings.
constexpr std::string_view kSideEndings[] = {".vectors.npy", ".syn0.npy", ".wv.vectors.npy",
                                             ".wv.syn0.npy"};

bool sniff_gensim(ForeignPath& path) {
  if (path.is_folder()) return false;
  const auto pickle = path.pickle();
  return pickle != nullptr && pickle->root().symbol().starts_with("gensim.");
}

struct Vocabulary {
  std::vector<std::string> names;
  std::string source;
  std::uint64_t nulls = 0;
};

Vocabulary listed_names(const PickleValue& list, std::string source) {
  Vocabulary vocabulary;
  vocabulary.source = std::move(source);
  for (std::size_t i = 0; i < list.size(); ++i) {
    const auto name = pickled_name(list.at(i));
    vocabulary.names.push_back(name.value_or(""));
    if (!name) ++vocabulary.nulls;
  }
  return vocabulary;
}

/// gensim 3 numbers rows in the Vocab objects; the order of the dict is another.
std::optional<Vocabulary> numbered_names(const PickleValue& vocab, const std::string& place) {
  std::vector<std::string> names;
  std::vector<std::int64_t> ids;
  for (std::size_t i = 0; i < vocab.pairs(); ++i) {
    const auto [name, entry] = vocab.pair(i);
    const auto index = entry.get("index").integer();
    const auto text = pickled_name(name);
    if (!text || !index) return std::nullopt;
    names.push_back(*text);
    ids.push_back(*index);
  }
  if (names.empty()) return std::nullopt;
  return Vocabulary{ordered_names(std::move(names), ids, place + ":vocab"), "vocab, by index", 0};
}

ForeignEmbedding read_gensim(ForeignPath& path) {
  const auto pickle = path.pickle();
  const PickleValue root = pickle->root();
  // A whole model keeps its vectors in a part of its own.
  const PickleValue inner = root.get("wv");
  const PickleValue vectors = inner ? inner : root;
  ForeignEmbedding embedding;
  embedding.tool = "gensim";
  embedding.conclude("tool", "gensim", fmt::format("a pickle of {}", root.symbol()));
  embedding.model = "";

  Vocabulary vocabulary;
  if (const PickleValue four = vectors.get("index_to_key"); four.size() > 0) {
    vocabulary = listed_names(four, "index_to_key");
  } else if (auto numbered = numbered_names(vectors.get("vocab"), path.place())) {
    vocabulary = std::move(*numbered);
  } else {
    vocabulary = listed_names(vectors.get("index2word"), "index2word");
  }
  std::optional<TensorView> rows;
  for (const std::string_view key : {"vectors", "syn0"}) {
    if (!rows) rows = numpy_array(vectors.get(key), path.place());
  }
  const std::string nulls =
      vocabulary.nulls == 0 ? std::string()
                            : fmt::format(", {} of them None", with_thousands(vocabulary.nulls));
  for (const std::string_view ending : kSideEndings) {
    const std::string side = path.file_name() + std::string(ending);
    if (rows || !path.has(side)) continue;
    const auto file = path.open(side);
    rows = parse_npy(file->bytes(), file->path().string());
    embedding.conclude("entity table", side, "the array beside the pickle");
  }
  if (!rows) {
    throw half_of(
        path,
        fmt::format("half a gensim model: {} names{} in the pickle, and no {}{} beside it",
                    with_thousands(vocabulary.names.size()), nulls, path.file_name(),
                    kSideEndings[inner ? 2 : 0]),
        "the pickle and the arrays that gensim saved with it, in one folder",
        "the .npy file from where the pickle came from");
  }
  embedding.entities = std::move(*rows);
  if (!embedding.entities.is_matrix()) {
    throw not_row_by_row(path, fmt::format("vectors of {}", embedding.entities.shape_text()));
  }
  if (vocabulary.nulls > 0) {
    embedding.note(
        "names-null",
        fmt::format("{} of the {} names in index_to_key are None", with_thousands(vocabulary.nulls),
                    with_thousands(vocabulary.names.size())),
        Finding::Weight::kWarning);
  }
  attach_entity_names(embedding, std::move(vocabulary.names), vocabulary.source);
  note_pickle(embedding, pickle->notes());
  return embedding;
}

}  // namespace

extern const EmbeddingFormat gensim;
constinit const EmbeddingFormat gensim = {
    .id = "gensim",
    .title = "gensim KeyedVectors",
    .description =
        "Pickle of KeyedVectors or of a whole model of gensim 3 or 4, with its large arrays in "
        ".npy "
        "files beside it; RDF2Vec and KGvec2go ship such files",
    .source = "gensim: models/keyedvectors.py, utils.py (SaveLoad)",
    .pitfalls =
        "Word vectors have no relations. In gensim 3 the row of a name is its Vocab.index, not its "
        "place in the dict.",
    .sniff = &sniff_gensim,
    .read = &read_gensim,
};

}  // namespace kgaudit::models::embedding_formats_roster
