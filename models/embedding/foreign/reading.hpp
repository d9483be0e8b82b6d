#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "models/embedding/foreign/foreign_embedding.hpp"
#include "models/embedding/foreign/foreign_path.hpp"
#include "suite/base/error.hpp"

namespace kgaudit::models {

/// Parts that several readers share.

/// A table of ours as a tensor that keeps it.
[[nodiscard]] TensorView tensor_of(FloatTable table, std::string name = "");

/// Of `seen` entity rows the reader kept those that ReadOptions::keep wanted; says so if they are
/// fewer.
void count_rows_left(ForeignEmbedding& embedding, std::uint64_t kept, std::uint64_t seen);

/// Two matrices of as many rows, one beside the other: real and imaginary parts that a tool keeps
/// in tables of their own become halves. Throws InputError (unreadable) at `place`.
[[nodiscard]] TensorView side_by_side(const TensorView& left, const TensorView& right,
                                      std::string_view place, MemoryBudget& budget);

/// What a pickle mentions, as one finding.
void note_pickle(ForeignEmbedding& embedding, std::span<const std::string> notes);

/// A JSON file in the folder; nothing if it is not there, is no JSON or is no object. Configuration
/// files of other tools may hold NaN and the like, which is no reason to refuse the vectors.
[[nodiscard]] std::optional<nlohmann::ordered_json> config_in(ForeignPath& path,
                                                              std::string_view name);
/// A key of a configuration; nothing if it is absent or of another type.
[[nodiscard]] std::optional<std::string> config_text(const nlohmann::ordered_json& config,
                                                     std::string_view key);
[[nodiscard]] std::optional<double> config_number(const nlohmann::ordered_json& config,
                                                  std::string_view key);
[[nodiscard]] std::optional<bool> config_flag(const nlohmann::ordered_json& config,
                                              std::string_view key);

/// A known kind of model whose score needs more than a row for each entity and relation, or a file
/// that lacks what its kind has: "a TransH model, whose score needs ...".
[[nodiscard]] InputError not_row_by_row(const ForeignPath& path, std::string got,
                                        std::string advice = "");

/// A file that lacks what belongs to it, or holds something else than it seems to.
[[nodiscard]] InputError half_of(const ForeignPath& path, std::string got, std::string expected,
                                 std::string advice);

/// The file of relations that belongs to one of entities by its name: "relation_embeddings.npy" of
/// "entity_embeddings.npy"; "" of other names.
[[nodiscard]] std::string relation_file_of(const std::string& entities);

/// The one number of a tensor with one element.
[[nodiscard]] std::optional<double> only_number(const TensorView& tensor);

/// A number as a field of a text: nothing if it is none. Infinite values and NaN are numbers here;
/// one too small for a float is 0.
[[nodiscard]] std::optional<float> float_from(std::string_view text);

/// The last part of a dotted name: "TransE" of "pykeen.models.unimodal.trans_e.TransE".
[[nodiscard]] std::string_view last_part(std::string_view dotted);

}  // namespace kgaudit::models
