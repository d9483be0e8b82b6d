#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/embedding/foreign/tensor.hpp"
#include "suite/base/files/byte_source.hpp"

namespace kgaudit::models {

/// How sure a reader is of what it says about a file.
enum class Certainty {
  kStated,   ///< the file or one beside it says so
  kDerived,  ///< no other reading fits the shapes
  kGuessed,  ///< usual for the tool; another reading fits too
};
[[nodiscard]] std::string_view certainty_words(Certainty certainty);

/// One thing that a reader concluded, for people to check.
struct Conclusion {
  std::string what;  ///< "model", "norm", "entity names" ...; one of each in an embedding
  std::string value;
  std::string why;
  Certainty certainty = Certainty::kStated;
  std::string option;  ///< that overrides it: "--norm"; empty if nothing does
};

/// Something about the files that a user should know before trusting a figure.
struct Finding {
  enum class Weight {
    kNote,     ///< worth knowing
    kWarning,  ///< may spoil figures
    kError,    ///< names and rows, or files among themselves, do not belong together
  };
  Weight weight = Weight::kNote;
  std::string id;  ///< "names-and-rows", "doubled-relations" ...: stable, for programs
  std::string text;
};

/// Which halves of an entity row are the real and the imaginary parts.
enum class ComplexLayout {
  kNone,         ///< rows are real
  kHalves,       ///< all real parts, then all imaginary ones
  kInterleaved,  ///< real and imaginary parts alternate
};

/// Where a table keeps the inverse of relation r of R.
enum class InverseLayout {
  kNone,
  kInterleaved,  ///< rows 2r and 2r + 1
  kAppended,     ///< rows r and R + r
};

/// Which queries a relation table is for.
enum class RelationSide {
  kBoth,
  kTails,  ///< (h, r, ?): the head's row is moved
  kHeads,  ///< (?, r, t): the tail's row is moved
};

struct RelationTable {
  RelationSide side = RelationSide::kBoth;
  TensorView rows;
};

/// The vectors that a system of ours publishes beside its rows for one sensitive attribute, see
/// AttributeVectors.
struct VectorTable {
  std::string attribute;           ///< its id
  std::vector<std::string> names;  ///< per row: the values that it stands for, joined by '+'
  TensorView rows;
  std::vector<std::int32_t> row_of;  ///< per row of the entities: its vector, or -1 for none
};

/// The run of ours that an embedding comes from: what has to be known to get its figures again.
struct RunOrigin {
  std::string system;
  std::string view;                      ///< "a", "s:gender"; empty for most systems
  std::optional<std::string> attribute;  ///< that the view is for; nothing: all of them
  std::uint64_t seed = 0;
  std::string plan;               ///< as a record has it: JSON
  std::string graph_hash;         ///< of the graph that the run trained on
  bool vectors_left_out = false;  ///< the system has attribute vectors, which are not here
};

/// An embedding that another tool trained, as one of the readers understands it. All that scores
/// depend on stands here with its reason; what is not known is absent, never a default. Names are
/// bytes as in the file; without names, or where they do not fit, rows stay without a name.
struct ForeignEmbedding {
  std::string format;  ///< id of the reader
  std::string tool;    ///< "OpenKE", "PyTorch-BigGraph", ...; empty if nobody can tell
  std::string model;   ///< as the field writes it: "TransE", "ComplEx"; empty if unknown

  TensorView entities;                      ///< a matrix: a row for each entity
  std::uint64_t rows_left = 0;              ///< entity rows that ReadOptions::keep did not want
  std::vector<RelationTable> relations;     ///< none for word vectors
  std::vector<std::string> entity_names;    ///< as many as rows, or none
  std::vector<std::string> relation_names;  ///< of the real relations, inverse ones not counted

  std::optional<int> norm;        ///< p of the distance that a translation model uses
  std::string comparator;         ///< "dot", "cos", "l2", "squared_l2" where the tool has one
  std::optional<bool> normalise;  ///< entities (and for OpenKE relations) to length 1 first
  ComplexLayout complex_layout = ComplexLayout::kNone;
  InverseLayout inverse_layout = InverseLayout::kNone;
  std::optional<double> phase_scale;  ///< of rotations: angle = number x this, in radians
  std::optional<double> gamma;

  std::string score;    ///< id of the one score of ours that fits; empty: see score_hypotheses
  std::string formula;  ///< of that score, for people and other programs
  std::vector<VectorTable> attribute_vectors;  ///< only of systems of ours
  std::optional<RunOrigin> origin;             ///< only of runs of ours

  std::vector<Conclusion> conclusions;
  std::vector<Finding> findings;
  std::vector<SourceFile> files;  ///< all that were read
  /// Keeps what the tensors look at in memory.
  std::shared_ptr<const void> owner;

  void conclude(std::string what, std::string value, std::string why,
                Certainty certainty = Certainty::kStated, std::string option = "");
  void note(std::string id, std::string text, Finding::Weight weight = Finding::Weight::kNote);
  /// The conclusion about `what`, or nothing.
  [[nodiscard]] const Conclusion* conclusion(std::string_view what) const;
  [[nodiscard]] const Finding* finding(std::string_view id) const;
  /// Why rows have no names: what a finding says of their lists, else "rows without names".
  [[nodiscard]] std::string why_without_names(bool of_entities = true) const;
  /// Relations without their inverses; 0 without a table.
  [[nodiscard]] std::uint64_t relation_count() const;
};

/// One reading of an embedding that its shapes allow. An audit scores known triples under each and
/// keeps the one that fits.
struct ScoreHypothesis {
  std::string score;  ///< id of a score: "transe-l1", "complex" ...
  std::optional<int> norm;
  bool normalise = false;
  ComplexLayout layout = ComplexLayout::kNone;
};

/// All readings that the embedding's shapes and conclusions leave open, the likeliest first; none
/// for word vectors. What was stated or given by an option is not varied.
[[nodiscard]] std::vector<ScoreHypothesis> score_hypotheses(const ForeignEmbedding& embedding);

}  // namespace kgaudit::models
