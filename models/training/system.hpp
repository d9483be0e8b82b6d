#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "datasets/dataset.hpp"
#include "models/embedding/archive.hpp"
#include "models/embedding/embedding_table.hpp"
#include "models/scoring/attribute_rules.hpp"
#include "models/scoring/score_function.hpp"
#include "models/training/optimizer.hpp"
#include "suite/base/parameters.hpp"
#include "suite/base/thread_pool.hpp"

namespace kgaudit::models {

/// What a system is made for.
struct TrainingSetup {
  const datasets::Dataset& data;
  const Parameters& training;  ///< the shared table
  const ScoreFunction& score;
  std::size_t dimension;
  const OptimizerEntry& optimizer;
  std::uint64_t seed;
  ThreadPool& pool;
};

/// What a system may see of the batch that is being trained.
struct Batch {
  std::uint64_t step = 0;  ///< from 1, over the whole training
  std::size_t index = 0;   ///< of the batch in its epoch
  double progress = 0.0;   ///< share of the training's batches that lie before this one, in [0, 1)
  float learning_rate = 0.0F;  ///< of this step, warm-up included
  std::span<const datasets::Triple> positives;
  std::span<const std::uint32_t> entities;  ///< distinct entities: positives' and negatives'
  /// Per entity of the graph: its place in `entities`; meaningful only for those in it.
  std::span<const std::uint32_t> slot;
};

/// The attribute vectors that a system trains with the triples (KL+Attr), as the trainer sees them.
struct TrainedAttributeVectors {
  const AttributeRules* rules = nullptr;
  const datasets::AttributeTable* attributes = nullptr;
  FloatTable* vectors = nullptr;  ///< row first_row[j] + v is a_{j,v}
  std::span<const std::size_t> first_row;
  RowOptimizer* optimizer = nullptr;
  /// The sensitive relations, whose triples are trained a second time under the twin relation.
  /// Every twin_every-th of them in a chunk; 0 = none.
  std::size_t twin_every = 1;
  /// 0: rows and vectors learn from the same scores. n: rows learn from scores without vectors, and
  /// the vectors alone, from every n-th triple of a chunk, what the rows leave over.
  std::size_t residual_every = 0;
};

/// One way to read a trained table, see ModelView.
struct TableView {
  std::string id;
  std::optional<std::string> attribute;
  std::shared_ptr<const EmbeddingTable> table;
  std::shared_ptr<const AttributeVectors> vectors;
};

/// What a debiasing system adds to the likelihood training that all systems share. The hooks are
/// called once a batch, in the order below, always from one thread; a system that runs on the pool
/// keeps to the determinism rule of ThreadPool. The base class is Basic: it adds nothing.
class System {
 public:
  virtual ~System() = default;

  /// The triples to train on in place of the graph's train list (fewer, more, or some repeated);
  /// asked once, before the first batch. Nothing = the train list. Filtered negatives and measuring
  /// keep to the graph's own lists.
  [[nodiscard]] virtual std::optional<std::vector<datasets::Triple>> training_triples() const {
    return std::nullopt;
  }

  /// Attribute vectors to train with the triples, or nothing.
  [[nodiscard]] virtual std::optional<TrainedAttributeVectors> attribute_vectors() { return {}; }

  /// Sensitive attributes (by index) whose own triples move no person's row: only the relation's
  /// and the values' rows learn from them. Asked once, before the first batch.
  [[nodiscard]] virtual AttributeSet detached() const { return 0; }

  /// True when `transform` may replace rows: they are then gathered for it.
  [[nodiscard]] virtual bool transforms() const { return false; }
  /// Replaces the batch's entity rows before scoring: y = f(x), both entities.size() x dimension.
  /// Returns false to leave them as they are in this batch (y is then not read).
  virtual bool transform(const Batch& batch, const FloatTable& x, FloatTable& y) {
    static_cast<void>(batch), static_cast<void>(x), static_cast<void>(y);
    return false;
  }
  /// Back through `transform`: turns dL/dy (in place) into dL/dx, and adds the system's own terms.
  virtual void transform_gradient(const Batch& batch, FloatTable& gradient) {
    static_cast<void>(batch), static_cast<void>(gradient);
  }

  /// True when `add_gradient` has something to add: the likelihood's gradient is then collected
  /// first.
  [[nodiscard]] virtual bool adds_gradient() const { return false; }
  /// Adds the system's own dL/dE to the likelihood's (rows in slot order), to be applied together.
  virtual void add_gradient(const Batch& batch, const EmbeddingTable& table, FloatTable& gradient) {
    static_cast<void>(batch), static_cast<void>(table), static_cast<void>(gradient);
  }
  /// Steps of its own, after the likelihood's update.
  virtual void after_update(const Batch& batch, EmbeddingTable& table) {
    static_cast<void>(batch), static_cast<void>(table);
  }

  /// Named means of the system's own losses since the last call.
  virtual std::vector<std::pair<std::string, double>> take_losses() { return {}; }

  /// How the table (real relations only) is to be read; by default as it is.
  [[nodiscard]] virtual std::vector<TableView> views(std::shared_ptr<const EmbeddingTable> table) {
    return {{"", std::nullopt, std::move(table), nullptr}};
  }

  /// All state beyond the table.
  virtual void visit(Archive& archive) { static_cast<void>(archive); }
};

/// How a range is walked: by equal factors, or by equal steps.
enum class Scale { kLog, kLinear };

/// A parameter worth searching (`kgaudit tune`), with the part of its range that makes sense.
struct Tunable {
  std::string_view parameter;  ///< of the system's own table: a real, an integer or a word
  double low = 0.0;            ///< of a number; > 0 on a log scale
  double high = 0.0;
  Scale scale = Scale::kLog;
  /// Whether it is (part of) the weight that trades quality for neutrality: a sweep walks all such
  /// parameters of a system together, each from its low to its high.
  bool swept = false;
  /// It matters only for data with this sensitive attribute; "" = always, kOtherAttributes = with
  /// any attribute that no other row names.
  std::string_view attribute{};
  /// Of a word: those that make sense, two or more, in no order; low, high and scale say nothing
  /// then.
  std::span<const std::string_view> choices{};
};
inline constexpr std::string_view kOtherAttributes = "*";

struct PostHocTask;

/// One roster entry: a debiasing system as users see it, and how to make it.
struct SystemEntry {
  std::string_view id;
  std::string_view title;
  std::string_view in_words;  ///< what it does, for a reader who skips the formula
  std::string_view formula;   ///< the loss, in words and symbols
  std::string_view source;
  std::string_view pitfalls;
  /// The parameters beyond the shared training table (`[system.<id>]` of a plan).
  std::span<const ParameterSpec> (*parameters)();
  std::unique_ptr<System> (*make)(const TrainingSetup&, const Parameters&);
  /// Post-hoc systems only: changes the entity rows of a finished table, see
  /// models/debiasing/erasing/post_hoc.hpp.
  void (*erase)(const PostHocTask& task, FloatTable& entities) = nullptr;
  /// It adds nothing to the reference's training and only reads the finished table its own way: one
  /// training serves both. Its System has no hook but `views`, and no state.
  bool trains_as_reference = false;
  /// Whether a plan that names no systems runs it.
  bool by_default = true;
  /// What a search may change; empty = the system is trained as it is.
  std::span<const Tunable> tunable{};
};

/// All systems in roster order.
[[nodiscard]] std::span<const SystemEntry* const> systems();
/// The system that the others are compared with: the roster's first, which adds nothing to the
/// likelihood training.
[[nodiscard]] const SystemEntry& reference_system();
/// Throws InputError (usage) naming the nearest known id.
[[nodiscard]] const SystemEntry& find_system(std::string_view id);

}  // namespace kgaudit::models
