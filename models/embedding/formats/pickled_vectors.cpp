#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "models/embedding/foreign/embedding_format.hpp"
#include "models/embedding/foreign/name_search.hpp"
#include "models/embedding/foreign/numpy_arrays.hpp"
#include "models/embedding/foreign/reading.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::models::embedding_formats_roster {
namespace {

constexpr std::string_view kPickleAdvice =
    "save the rows with numpy.save, and their names one a line for --entities";

bool sniff_pickled_vectors(ForeignPath& path) {
  return !path.is_folder() && path.pickle() != nullptr;
}

/// Reads one vector into a row; what it is made of decides.
class VectorRows {
 public:
  VectorRows(ForeignPath& path, std::size_t rows) : path_(path), count_(rows) {}

  void add(const PickleValue& value, std::string_view name) {
    const auto array = numpy_array(value, path_.place());
    const std::size_t width = array && array->shape.size() == 1 ? array->shape[0]
                              : array                           ? 0
                                                                : value.size();
    if (width == 0) throw refuse(fmt::format("no vector for '{}'", printable(name)));
    if (next_ == 0) {
      path_.budget().take(count_, (width + 16) * sizeof(float), path_.place(), "rows of floats");
      table_ = FloatTable(count_, width);
    }
    if (width != table_.width()) {
      throw refuse(fmt::format("a vector of {} numbers for '{}' after one of {}", width,
                               printable(name), table_.width()));
    }
    float* const row = table_.row(next_++);
    if (array) {
      TensorView line = *array;
      line.shape = {1, width};
      line.strides = {1, line.strides[0]};
      MemoryBudget one(path_.budget().left());
      const ConvertedRows converted = rows_of(line, path_.place(), one);
      std::copy_n(converted.rows.row(0), width, row);
      return;
    }
    for (std::size_t k = 0; k < width; ++k) {
      const auto number = value.at(k).number();
      if (!number) throw refuse(fmt::format("no vector for '{}'", printable(name)));
      row[k] = static_cast<float>(*number);
    }
  }
  [[nodiscard]] FloatTable take() { return std::move(table_); }

 private:
  [[nodiscard]] InputError refuse(std::string got) const {
    return InputError::unreadable(path_.place(), std::move(got),
                                  "a dict of names and vectors of one length");
  }
  ForeignPath& path_;
  std::size_t count_;
  std::size_t next_ = 0;
  FloatTable table_;
};

ForeignEmbedding read_pickled_vectors(ForeignPath& path) {
  const auto pickle = path.pickle();
  const PickleValue root = pickle->root();
  ForeignEmbedding embedding;
  if (auto matrix = numpy_array(root, path.place()); matrix && matrix->is_matrix()) {
    embedding.entities = std::move(*matrix);
    embedding.conclude("entity table", "the array", "the pickle is one matrix",
                       Certainty::kDerived);
    note_pickle(embedding, pickle->notes());
    attach_names(path, embedding);
    return embedding;
  }
  if (root.pairs() == 0) {
    throw half_of(path, fmt::format("a pickle of {}, of no known tool", root.spelled()),
                  "a pickle of a dict with a vector for each name, or of one matrix",
                  std::string(kPickleAdvice));
  }
  VectorRows rows(path, root.pairs());
  std::vector<std::string> names;
  for (std::size_t i = 0; i < root.pairs(); ++i) {
    const auto [key, value] = root.pair(i);
    const auto name = pickled_name(key);
    if (!name) {
      throw half_of(path, fmt::format("a pickle of a dict with the key {}", key.spelled()),
                    "a pickle of a dict with a vector for each name", std::string(kPickleAdvice));
    }
    names.push_back(*name);
    rows.add(value, *name);
  }
  embedding.entities = tensor_of(rows.take());
  embedding.conclude("entity table", "the dict", "a vector for each name", Certainty::kDerived);
  attach_entity_names(embedding, std::move(names), "keys of the dict");
  note_pickle(embedding, pickle->notes());
  return embedding;
}

}  // namespace

extern const EmbeddingFormat pickled_vectors;
constinit const EmbeddingFormat pickled_vectors = {
    .id = "pickled-vectors",
    .title = "pickle of vectors",
    .description =
        "Pickle of a dict with a vector (numpy array or list) for each name, or of one matrix",
    .source = "pickle.dump of what people make of their vectors; PyKEEN 0.0.x writes both forms",
    .pitfalls = "It says neither model nor relations.",
    .sniff = &sniff_pickled_vectors,
    .read = &read_pickled_vectors,
};

}  // namespace kgaudit::models::embedding_formats_roster
