#include "models/training/trainer.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "models/training/chunk_step.hpp"
#include "suite/base/error.hpp"
#include "suite/base/rng.hpp"

namespace kgaudit::models {
namespace {

std::vector<std::string> score_ids() {
  std::vector<std::string> ids;
  for (const ScoreEntry* entry : scores()) ids.emplace_back(entry->id);
  return ids;
}

std::vector<ParameterSpec> make_training_table() {
  using P = ParameterSpec;
  return {
      P::choice("score", "transe-dot", score_ids(), "score function, see `kgaudit list scores`"),
      P::integer("dimension", 200, 1, 4096, "floats",
                 "width of an entity row; even for complex scores"),
      P::flag("reciprocal", true,
              "two rows a relation, one for ranking tails and one for heads, as PyTorch-BigGraph's "
              "dynamic relations"),
      P::integer("epochs", 20, 1, 100000, "epochs", "passes over the training triples"),
      P::integer("batch_size", 1000, 1, 1000000, "triples", "positives between two updates"),
      P::integer("chunk_size", 50, 1, 100000, "triples", "positives that share their negatives"),
      P::flag("in_batch_negatives", true, "the other positives of the chunk are negatives too"),
      P::integer("uniform_negatives", 50, 0, 100000, "entities",
                 "negatives a chunk and side, drawn uniformly from all entities"),
      P::flag("filter_negatives", false, "leave out negatives that are triples of train"),
      P::choice("loss", "softmax", {"softmax", "margin", "self-adversarial"},
                "loss of a positive against its negatives"),
      P::real("margin", 1.0, 0.0, 1000.0, "score",
              "margin (gamma) of the margin and self-adversarial losses"),
      P::real("adversarial_temperature", 1.0, 0.0, 100.0, "1/score",
              "sharpness of the self-adversarial weights; 0 weighs negatives equally"),
      P::choice("optimizer", "row-adagrad", {"row-adagrad", "adagrad", "adam", "sgd"},
                "update rule of all rows"),
      P::real("learning_rate", 0.1, 1e-9, 100.0, "", "step size after the warm-up"),
      P::real("final_learning_rate", 1.0, 0.0, 1.0, "",
              "share of learning_rate reached, linearly, at the last epoch; 1 = constant"),
      P::integer("warm_up_epochs", 1, 0, 1000, "epochs", "linear rise of the learning rate from 0"),
      P::real("initial_scale", 1e-3, 1e-9, 10.0, "", "standard deviation of the initial values"),
      P::real(
          "entity_decay", 0.0, 0.0, 10.0, "",
          "L2 penalty on entity rows, a share of the row for each occurrence in a batch; 0 = none"),
      P::real("relation_decay", 0.0, 0.0, 10.0, "", "the same for relation rows"),
  };
}

constexpr std::size_t kRowsPerTask = 64;
// How far ahead memory is asked for: of single numbers, and of rows. A graph of a million entities
// has no table that fits the caches.
constexpr std::size_t kIdsAhead = 32;
constexpr std::size_t kRowsAhead = 4;

/// Distinct ids of several sparse gradients and where each occurs, in a fixed order.
struct Occurrences {
  std::vector<std::uint32_t> ids;    ///< distinct, in order of first occurrence
  std::vector<std::uint32_t> begin;  ///< per distinct id; one more at the end
  std::vector<const float*> rows;    ///< gradient rows, grouped by id
  std::vector<std::uint32_t> slot;   ///< per id of the table; valid where stamp is current
  std::vector<std::uint64_t> stamp;
  std::uint64_t current = 0;
  std::vector<std::uint32_t> fill;

  void begin_batch(std::size_t table_rows) {
    if (slot.size() != table_rows) {
      slot.assign(table_rows, 0);
      stamp.assign(table_rows, 0);
    }
    ++current;
    ids.clear();
  }
  void prefetch(std::uint32_t id) const {
    __builtin_prefetch(&stamp[id], 1);
    __builtin_prefetch(&slot[id], 1);
  }
  void note(std::uint32_t id) {
    if (stamp[id] == current) return;
    stamp[id] = current;
    slot[id] = static_cast<std::uint32_t>(ids.size());
    ids.push_back(id);
  }
  void collect(std::span<const SparseGradient* const> gradients) {
    begin.assign(ids.size() + 1, 0);
    for (const SparseGradient* g : gradients) {
      for (const std::uint32_t id : g->ids) ++begin[slot[id] + 1];
    }
    for (std::size_t i = 1; i < begin.size(); ++i) begin[i] += begin[i - 1];
    fill.assign(begin.begin(), begin.end() - 1);
    rows.resize(begin.back());
    for (const SparseGradient* g : gradients) {
      for (std::size_t i = 0; i < g->ids.size(); ++i)
        rows[fill[slot[g->ids[i]]]++] = g->rows.row(i);
    }
  }
  /// out = sum of the gradient rows of distinct id i.
  void sum(std::size_t i, float* out, std::size_t stride) const {
    std::copy_n(rows[begin[i]], stride, out);
    for (std::size_t o = begin[i] + 1; o < begin[i + 1]; ++o) {
      const float* row = rows[o];
      for (std::size_t k = 0; k < stride; ++k) out[k] += row[k];
    }
  }
  [[nodiscard]] std::size_t count(std::size_t i) const { return begin[i + 1] - begin[i]; }
};

void fill_normal(FloatTable& table, std::size_t first, std::size_t count, double scale,
                 const Rng& stream, std::uint64_t first_index) {
  for (std::size_t i = 0; i < count; ++i) {
    Rng rng = stream.at(first_index + i);
    for (float& x : table.values(first + i)) x = static_cast<float>(scale * rng.normal());
  }
}

}  // namespace

std::span<const ParameterSpec> training_parameters() {
  static const std::vector<ParameterSpec> kTable = make_training_table();
  return kTable;
}

struct Trainer::State {
  const datasets::Dataset& data;
  const SystemEntry& entry;
  const ScoreFunction& score;
  ThreadPool& pool;
  std::uint64_t seed;
  std::string identity;
  OptimizerKind optimizer_kind;

  std::size_t dimension;
  std::size_t batch_size;
  std::size_t chunk_size;
  std::size_t uniform_negatives;
  float learning_rate;
  float final_learning_rate;
  std::uint32_t epochs;
  std::uint32_t warm_up_epochs;
  float entity_decay;
  float relation_decay;
  bool reciprocal;

  EmbeddingTable table;  ///< relations hold the twins too: (R + twins) rows a direction
  std::size_t relation_rows = 0;
  RowOptimizer entity_optimizer;
  RowOptimizer relation_optimizer;
  std::unique_ptr<System> system;
  std::optional<std::vector<datasets::Triple>> own_triples;  ///< the system's, if it has any
  std::span<const datasets::Triple> train;
  std::optional<TrainedAttributeVectors> attributes;
  datasets::KnownTriples known;
  ChunkSettings settings;

  std::uint32_t epoch = 0;
  std::uint64_t step = 0;
  bool diverged = false;

  // Scratch: nothing below outlives a batch.
  std::vector<std::uint32_t> order;
  std::vector<datasets::Triple> batch_triples;
  std::vector<std::vector<std::uint32_t>>
      negatives;  ///< per chunk: tail negatives, then head negatives
  std::vector<ChunkGradient> gradients;
  std::vector<ChunkStep> workers;
  std::vector<FloatTable> row_scratch;  ///< per worker
  Occurrences entity_rows;
  Occurrences relation_occurrences;
  Occurrences vector_occurrences;
  std::vector<const SparseGradient*> gradient_list;
  FloatTable batch_rows;
  FloatTable transformed_rows;
  FloatTable batch_gradient;

  State(const datasets::Dataset& d, const SystemEntry& system_entry, const Parameters& training,
        const Parameters& system_parameters, std::uint64_t s, ThreadPool& p)
      : data(d),
        entry(system_entry),
        score(find_score(training.text("score")).function()),
        pool(p),
        seed(s) {
    dimension = training.count("dimension");
    if (dimension % score.dimension_multiple() != 0) {
      throw InputError::usage(
          "training: dimension",
          fmt::format("{} does not fit the score {}", dimension, training.text("score")),
          fmt::format("a multiple of {}", score.dimension_multiple()));
    }
    if (data.graph.train().empty()) {
      throw InputError::usage("dataset " + data.id, "there is nothing to train on",
                              "at least one training triple");
    }
    optimizer_kind = optimizer_from_text(training.text("optimizer"));
    batch_size = training.count("batch_size");
    chunk_size = std::min(training.count("chunk_size"), batch_size);
    uniform_negatives = training.count("uniform_negatives");
    learning_rate = static_cast<float>(training.real("learning_rate"));
    final_learning_rate = static_cast<float>(training.real("final_learning_rate"));
    epochs = static_cast<std::uint32_t>(training.count("epochs"));
    warm_up_epochs = static_cast<std::uint32_t>(training.count("warm_up_epochs"));
    entity_decay = static_cast<float>(training.real("entity_decay"));
    relation_decay = static_cast<float>(training.real("relation_decay"));
    reciprocal = training.flag("reciprocal");
    if (uniform_negatives == 0 && !(training.flag("in_batch_negatives") && chunk_size > 1)) {
      throw InputError::usage("training: uniform_negatives", "0, and no in-batch negatives either",
                              "at least one kind of negative");
    }
    system = entry.make({data, training, score, dimension, optimizer_kind, seed, pool},
                        system_parameters);
    own_triples = system->training_triples();
    train = own_triples ? std::span<const datasets::Triple>(*own_triples) : data.graph.train();
    if (train.empty()) {
      throw InputError::usage(fmt::format("system {}", entry.id), "it leaves no triple to train on",
                              "at least one training triple");
    }
    attributes = system->attribute_vectors();
    make_tables(training.real("initial_scale"));
    make_settings(training);
    identity = describe(training, system_parameters);
  }

  void make_tables(double scale) {
    const std::size_t relations = data.graph.relation_count();
    relation_rows = relations + (attributes ? data.attributes.sensitive().size() : 0);
    const std::size_t directions = reciprocal ? 2 : 1;
    table.reciprocal = reciprocal;
    table.entities = FloatTable(data.graph.entity_count(), dimension);
    table.relations = FloatTable(relation_rows * directions, score.relation_width(dimension));
    // Initial values are keyed by what they are for, so that a system with twin relations starts
    // from the same values as one without.
    fill_normal(table.entities, 0, table.entities.rows(), scale, Rng(seed, "initial.entities"), 0);
    for (std::size_t direction = 0; direction < directions; ++direction) {
      const std::size_t first = direction * relation_rows;
      fill_normal(table.relations, first, relations, scale, Rng(seed, "initial.relations"),
                  direction * relations);
      fill_normal(table.relations, first + relations, relation_rows - relations, scale,
                  Rng(seed, "initial.twins"), direction * (relation_rows - relations));
    }
    entity_optimizer = RowOptimizer(optimizer_kind, table.entities.rows(), dimension);
    relation_optimizer =
        RowOptimizer(optimizer_kind, table.relations.rows(), table.relations.width());
  }

  void make_settings(const Parameters& training) {
    settings.score = &score;
    settings.loss = {loss_from_text(training.text("loss")),
                     static_cast<float>(training.real("margin")),
                     static_cast<float>(training.real("adversarial_temperature"))};
    settings.dimension = dimension;
    settings.in_batch_negatives = training.flag("in_batch_negatives");
    if (training.flag("filter_negatives")) {
      known = datasets::KnownTriples(data.graph.entity_count(), data.graph.relation_count(),
                                     {data.graph.train()});
      settings.known = &known;
    }
    settings.relations = &table.relations;
    settings.relation_count = relation_rows;
    settings.reciprocal = reciprocal;
    settings.graph_relations = data.graph.relation_count();
    settings.attributes = attributes;
    if (const AttributeSet detached = system->detached(); detached != 0) {
      settings.detached.assign(relation_rows, Detached::kNone);
      for (std::size_t j = 0; j < data.attributes.sensitive().size(); ++j) {
        if ((detached >> j & 1U) == 0) continue;
        const datasets::PersonRelation& source = data.attributes.sensitive()[j].source();
        settings.detached[source.relation.index()] =
            source.inverse ? Detached::kTail : Detached::kHead;
      }
    }
    workers.assign(pool.threads(), ChunkStep(settings));
    row_scratch.assign(pool.threads(), FloatTable(1, std::max(dimension, table.relations.width())));
  }

  [[nodiscard]] std::string describe(const Parameters& training,
                                     const Parameters& system_parameters) const {
    Sha256 hasher;
    for (const Parameters* parameters : {&training, &system_parameters}) {
      for (const auto& [name, value] : parameters->entries()) {
        hasher.add(fmt::format("{}={}\n", name, value_text(value)));
      }
    }
    return fmt::format("system {} seed {} graph {} people {} parameters {}", entry.id, seed,
                       data.graph.digest().hex(), describe_people(), hasher.finish().hex());
  }

  /// What a dataset card says of the graph: it decides what systems do, and the graph's digest does
  /// not know it.
  [[nodiscard]] std::string describe_people() const {
    Sha256 hasher;
    const auto add = [&](const datasets::PersonRelation& r) {
      hasher.add(fmt::format("{} {} {}\n", r.id, r.relation.value, r.inverse));
    };
    for (const datasets::PersonAttribute& a : data.attributes.sensitive()) add(a.source());
    if (data.attributes.profession()) add(data.attributes.profession()->source());
    for (const datasets::Whitelist::Entry& allowed : data.whitelist.entries) {
      hasher.add("whitelist\n");
      for (const RelationId r : allowed.relations)
        hasher.add(fmt::format("relation {}\n", r.value));
      for (const RelationId r : allowed.inverse_relations)
        hasher.add(fmt::format("inverse relation {}\n", r.value));
      for (const EntityId e : allowed.professions)
        hasher.add(fmt::format("profession {}\n", e.value));
    }
    return hasher.finish().hex();
  }

  [[nodiscard]] float scheduled_rate(std::uint64_t batches) const {
    const auto done = static_cast<double>(step) / static_cast<double>(batches);  // in epochs
    const double warm_up = warm_up_epochs;
    if (warm_up > 0.0 && done < warm_up) {
      return learning_rate * static_cast<float>((static_cast<double>(step) + 1.0) /
                                                (static_cast<double>(batches) * warm_up));
    }
    const double rest = std::max(1e-9, static_cast<double>(epochs) - warm_up);
    const double progress = std::clamp((done - warm_up) / rest, 0.0, 1.0);
    return learning_rate *
           static_cast<float>(1.0 + (static_cast<double>(final_learning_rate) - 1.0) * progress);
  }

  EpochReport run_epoch() {
    KGA_REQUIRE(!diverged, "epoch {} of {} has no numbers to go on with", epoch + 1, entry.id);
    const auto start = std::chrono::steady_clock::now();
    order.resize(train.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<std::uint32_t>(i);
    Rng(seed, "batches", epoch).shuffle(std::span(order));
    const std::size_t batches = (train.size() + batch_size - 1) / batch_size;
    double loss = 0.0;
    for (std::size_t b = 0; b < batches; ++b) {
      const std::size_t first = b * batch_size;
      const std::size_t last = std::min(train.size(), first + batch_size);
      batch_triples.clear();
      for (std::size_t i = first; i < last; ++i) {
        if (i + kIdsAhead < order.size()) __builtin_prefetch(&train[order[i + kIdsAhead]]);
        batch_triples.push_back(train[order[i]]);
      }
      loss += run_batch(b, batches);
      // What is no number stays none, in the rows too: the rest of the epoch would be wasted.
      if (!std::isfinite(loss)) break;
    }
    ++epoch;
    EpochReport report;
    report.epoch = epoch;
    report.losses.emplace_back("likelihood", loss / static_cast<double>(train.size()));
    for (auto& named : system->take_losses()) report.losses.push_back(std::move(named));
    report.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    const auto is_finite = [](const auto& named) { return std::isfinite(named.second); };
    diverged = !std::ranges::all_of(report.losses, is_finite) || !table.entities.all_finite() ||
               !table.relations.all_finite();
    report.diverged = diverged;
    return report;
  }

  double run_batch(std::size_t index, std::size_t batches) {
    const std::size_t chunks = (batch_triples.size() + chunk_size - 1) / chunk_size;
    if (gradients.size() < chunks) gradients.resize(chunks);
    draw_negatives(chunks);
    Batch batch;
    batch.learning_rate = scheduled_rate(batches);
    batch.progress = std::min(1.0, static_cast<double>(step) / (static_cast<double>(batches) *
                                                                static_cast<double>(epochs)));
    batch.step = ++step;
    batch.index = index;
    batch.positives = batch_triples;
    batch.entities = entity_rows.ids;
    batch.slot = entity_rows.slot;

    EntityRows source{&table.entities, nullptr};
    const bool transformed = transform_rows(batch);
    if (transformed) source = {&transformed_rows, entity_rows.slot.data()};
    pool.run(chunks, [&](std::size_t c, std::size_t worker) {
      const std::size_t first = c * chunk_size;
      const std::size_t count = std::min(chunk_size, batch_triples.size() - first);
      const std::span<const std::uint32_t> drawn = negatives[c];
      workers[worker].run({{batch_triples.data() + first, count},
                           drawn.first(uniform_negatives),
                           drawn.last(uniform_negatives),
                           source},
                          gradients[c]);
    });
    update_entities(batch, chunks, transformed);
    update_relations(batch, chunks);
    if (attributes) update_vectors(batch, chunks);
    system->after_update(batch, table);
    double loss = 0.0;
    for (std::size_t c = 0; c < chunks; ++c) loss += gradients[c].loss;
    return loss;
  }

  void draw_negatives(std::size_t chunks) {
    if (negatives.size() < chunks) negatives.resize(chunks);
    const Rng stream(seed, "negatives");
    const auto entities = static_cast<std::uint32_t>(data.graph.entity_count());
    const std::size_t most = (batch_size + chunk_size - 1) / chunk_size;
    pool.run(chunks, [&](std::size_t c, std::size_t) {
      Rng rng = stream.at(step * most + c);
      negatives[c].resize(2 * uniform_negatives);
      for (std::uint32_t& e : negatives[c]) e = rng.below(entities);
    });
    entity_rows.begin_batch(data.graph.entity_count());
    for (std::size_t i = 0; i < batch_triples.size(); ++i) {
      if (i + kIdsAhead < batch_triples.size()) {
        entity_rows.prefetch(batch_triples[i + kIdsAhead].head.value);
        entity_rows.prefetch(batch_triples[i + kIdsAhead].tail.value);
      }
      entity_rows.note(batch_triples[i].head.value);
      entity_rows.note(batch_triples[i].tail.value);
    }
    for (std::size_t c = 0; c < chunks; ++c) {
      const std::vector<std::uint32_t>& drawn = negatives[c];
      for (std::size_t i = 0; i < drawn.size(); ++i) {
        if (i + kIdsAhead < drawn.size()) entity_rows.prefetch(drawn[i + kIdsAhead]);
        entity_rows.note(drawn[i]);
      }
    }
  }

  bool transform_rows(const Batch& batch) {
    if (!system->transforms()) return false;
    const std::size_t n = batch.entities.size();
    fit(batch_rows, n);
    fit(transformed_rows, n);
    pool.run(tasks(n), [&](std::size_t task, std::size_t) {
      for (std::size_t i = task * kRowsPerTask; i < std::min(n, (task + 1) * kRowsPerTask); ++i) {
        std::copy_n(table.entities.row(batch.entities[i]), table.entities.stride(),
                    batch_rows.row(i));
      }
    });
    return system->transform(batch, batch_rows, transformed_rows);
  }

  void update_entities(const Batch& batch, std::size_t chunks, bool transformed) {
    gradient_list.clear();
    for (std::size_t c = 0; c < chunks; ++c) gradient_list.push_back(&gradients[c].entities);
    entity_rows.collect(gradient_list);
    const bool collected = transformed || system->adds_gradient();
    const std::size_t n = entity_rows.ids.size();
    if (collected) {
      fit(batch_gradient, n);
      for_rows(n, [&](std::size_t i, std::size_t) {
        entity_rows.sum(i, batch_gradient.row(i), batch_gradient.stride());
      });
      if (transformed) system->transform_gradient(batch, batch_gradient);
      if (system->adds_gradient()) system->add_gradient(batch, table, batch_gradient);
    }
    for_rows(n, [&](std::size_t i, std::size_t worker) {
      if (i + kRowsAhead < n) entity_optimizer.prefetch(entity_rows.ids[i + kRowsAhead]);
      if (i + kRowsAhead < n) table.entities.prefetch(entity_rows.ids[i + kRowsAhead]);
      float* gradient = collected ? batch_gradient.row(i) : row_scratch[worker].row(0);
      if (!collected) entity_rows.sum(i, gradient, table.entities.stride());
      apply(entity_optimizer, table.entities, entity_rows, i, gradient, entity_decay, batch);
    });
  }

  void update_relations(const Batch& batch, std::size_t chunks) {
    gradient_list.clear();
    relation_occurrences.begin_batch(table.relations.rows());
    for (std::size_t c = 0; c < chunks; ++c) {
      gradient_list.push_back(&gradients[c].relations);
      for (const std::uint32_t id : gradients[c].relations.ids) relation_occurrences.note(id);
    }
    relation_occurrences.collect(gradient_list);
    pool.run(relation_occurrences.ids.size(), [&](std::size_t i, std::size_t worker) {
      float* gradient = row_scratch[worker].row(0);
      relation_occurrences.sum(i, gradient, table.relations.stride());
      apply(relation_optimizer, table.relations, relation_occurrences, i, gradient, relation_decay,
            batch);
    });
  }

  void update_vectors(const Batch& batch, std::size_t chunks) {
    gradient_list.clear();
    vector_occurrences.begin_batch(attributes->vectors->rows());
    for (std::size_t c = 0; c < chunks; ++c) {
      gradient_list.push_back(&gradients[c].vectors);
      for (const std::uint32_t id : gradients[c].vectors.ids) vector_occurrences.note(id);
    }
    vector_occurrences.collect(gradient_list);
    pool.run(vector_occurrences.ids.size(), [&](std::size_t i, std::size_t worker) {
      float* gradient = row_scratch[worker].row(0);
      vector_occurrences.sum(i, gradient, attributes->vectors->stride());
      apply(*attributes->optimizer, *attributes->vectors, vector_occurrences, i, gradient, 0.0F,
            batch);
    });
  }

  static void apply(RowOptimizer& optimizer, FloatTable& rows, const Occurrences& occurrences,
                    std::size_t i, float* gradient, float decay, const Batch& batch) {
    const std::uint32_t id = occurrences.ids[i];
    float* x = rows.row(id);
    if (decay > 0.0F) {
      const float share = decay * static_cast<float>(occurrences.count(i));
      for (std::size_t k = 0; k < rows.stride(); ++k) gradient[k] += share * x[k];
    }
    optimizer.apply(id, x, gradient, batch.learning_rate, batch.step);
  }

  static std::size_t tasks(std::size_t rows) { return (rows + kRowsPerTask - 1) / kRowsPerTask; }

  void fit(FloatTable& rows, std::size_t n) const {
    if (rows.rows() < n || rows.width() != dimension) rows = FloatTable(n + n / 4, dimension);
  }

  template <typename F>
  void for_rows(std::size_t n, const F& per_row) {
    pool.run(tasks(n), [&](std::size_t task, std::size_t worker) {
      for (std::size_t i = task * kRowsPerTask; i < std::min(n, (task + 1) * kRowsPerTask); ++i) {
        per_row(i, worker);
      }
    });
  }

  /// The table as others see it: without twins.
  [[nodiscard]] std::shared_ptr<const EmbeddingTable> published() const {
    auto copy = std::make_shared<EmbeddingTable>();
    copy->entities = table.entities;
    copy->reciprocal = reciprocal;
    const std::size_t relations = data.graph.relation_count();
    const std::size_t directions = reciprocal ? 2 : 1;
    copy->relations = FloatTable(relations * directions, table.relations.width());
    for (std::size_t direction = 0; direction < directions; ++direction) {
      std::copy_n(table.relations.row(direction * relation_rows),
                  relations * table.relations.stride(), copy->relations.row(direction * relations));
    }
    return copy;
  }

  void visit(Archive& archive) {
    archive.value("epoch", epoch);
    archive.value("step", step);
    archive.table("entities", table.entities);
    archive.table("relations", table.relations);
    entity_optimizer.visit(archive);
    relation_optimizer.visit(archive);
    system->visit(archive);
  }
};

Trainer::Trainer(const datasets::Dataset& data, const SystemEntry& system,
                 const Parameters& training, const Parameters& system_parameters,
                 std::uint64_t seed, ThreadPool& pool)
    : state_(std::make_unique<State>(data, system, training, system_parameters, seed, pool)) {}
Trainer::~Trainer() = default;
Trainer::Trainer(Trainer&&) noexcept = default;
Trainer& Trainer::operator=(Trainer&&) noexcept = default;

EpochReport Trainer::run_epoch() { return state_->run_epoch(); }
std::uint32_t Trainer::epochs_done() const { return state_->epoch; }

std::vector<ModelView> Trainer::publish() const {
  std::vector<ModelView> views;
  for (TableView& view : state_->system->views(state_->published())) {
    views.push_back({std::move(view.id), std::move(view.attribute),
                     LinkScorer(std::move(view.table), state_->score, std::move(view.attributes))});
  }
  return views;
}

Digest Trainer::digest() const {
  return hash_archive([this](Archive& archive) { state_->visit(archive); });
}

void Trainer::save(const std::filesystem::path& file) const {
  write_archive(file, state_->identity, [this](Archive& archive) { state_->visit(archive); });
}

void Trainer::load(const std::filesystem::path& file) {
  read_archive(file, state_->identity, [this](Archive& archive) { state_->visit(archive); });
  state_->diverged = false;
}

}  // namespace kgaudit::models
