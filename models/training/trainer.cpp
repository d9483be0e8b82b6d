#include "models/training/trainer.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

#include <fmt/format.h>

#include "models/debiasing/prior_removal.hpp"
#include "models/training/batch_sampler.hpp"
#include "models/training/chunk_step.hpp"
#include "models/training/loss.hpp"
#include "models/training/occurrences.hpp"
#include "models/training/optimizer.hpp"
#include "models/training/training_identity.hpp"
#include "models/training/training_parameters.hpp"
#include "suite/base/error.hpp"
#include "suite/base/pool_blocks.hpp"
#include "suite/base/rng.hpp"

namespace kgaudit::models {
namespace {

constexpr std::size_t kRowsPerTask = 64;
// How far ahead single numbers are asked for: a graph of a million entities has no list that fits
// the caches.
constexpr std::size_t kIdsAhead = 32;

void fill_normal(FloatTable& table, std::size_t first, std::size_t count, double scale,
                 const Rng& stream, std::uint64_t first_index) {
  for (std::size_t i = 0; i < count; ++i) {
    Rng rng = stream.at(first_index + i);
    for (float& x : table.values(first + i)) x = static_cast<float>(scale * rng.normal());
  }
}

/// What a training begins with, apart from its tables.
struct Beginning {
  std::unique_ptr<System> system;
  std::optional<std::vector<datasets::Triple>> own_triples;  ///< the system's, if it has any
};

Beginning begin_training(const SystemEntry& entry, const datasets::Dataset& data,
                         const Parameters& training, const Parameters& system_parameters,
                         std::uint64_t seed, ThreadPool& pool) {
  const ScoreFunction& score = find_score(training.text("score")).function();
  const std::size_t dimension = training.count("dimension");
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
  Beginning begun;
  begun.system = make_system(entry, data, training, system_parameters, seed, pool);
  begun.own_triples = begun.system->training_triples();
  if (begun.own_triples && begun.own_triples->empty()) {
    throw InputError::usage(fmt::format("system {}", entry.id), "it leaves no triple to train on",
                            "at least one training triple");
  }
  return begun;
}

}  // namespace

struct Trainer::State {
  const datasets::Dataset& data;
  const SystemEntry& entry;
  const ScoreFunction& score;
  const OptimizerEntry& optimizer;
  ThreadPool& pool;
  std::uint64_t seed;
  TrainingOptions options;
  std::string identity;

  EmbeddingTable table;  ///< relations hold the twins too: (R + twins) rows a direction
  std::size_t relation_rows = 0;
  std::unique_ptr<RowOptimizer> entity_optimizer;
  std::unique_ptr<RowOptimizer> relation_optimizer;
  std::unique_ptr<System> system;
  std::optional<std::vector<datasets::Triple>> own_triples;  ///< the system's, if it has any
  std::optional<TrainedAttributeVectors> vectors;
  std::optional<BatchSampler> sampler;
  datasets::KnownTriples known;
  ChunkSettings settings;

  std::uint32_t epoch = 0;
  std::uint64_t step = 0;
  bool diverged = false;

  // Scratch: nothing below outlives a batch.
  std::vector<ChunkGradient> gradients;  ///< per chunk
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
        optimizer(find_optimizer(training.text("optimizer"))),
        pool(p),
        seed(s),
        options(training) {
    Beginning begun = begin_training(entry, data, training, system_parameters, seed, pool);
    system = std::move(begun.system);
    own_triples = std::move(begun.own_triples);
    const std::span<const datasets::Triple> train =
        own_triples ? std::span<const datasets::Triple>(*own_triples) : data.graph.train();
    sampler.emplace(train, data.graph.entity_count(), options, seed, pool);
    vectors = system->attribute_vectors();
    make_tables();
    make_settings(training);
    identity = training_identity(entry.id, seed, data, training, system_parameters);
  }

  void make_tables() {
    const double scale = options.initial_scale;
    const std::size_t relations = data.graph.relation_count();
    relation_rows = relations + (vectors ? data.attributes.sensitive().size() : 0);
    const std::size_t directions = options.reciprocal ? 2 : 1;
    table.reciprocal = options.reciprocal;
    table.entities = FloatTable(data.graph.entity_count(), options.dimension);
    table.relations =
        FloatTable(relation_rows * directions, score.relation_width(options.dimension));
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
    entity_optimizer = optimizer.make(table.entities.rows(), table.entities.width());
    relation_optimizer = optimizer.make(table.relations.rows(), table.relations.width());
  }

  void make_settings(const Parameters& training) {
    settings.score = &score;
    settings.loss = &find_loss(training.text("loss"));
    settings.loss_settings = {
        .margin = static_cast<float>(training.real("margin")),
        .temperature = static_cast<float>(training.real("adversarial_temperature"))};
    settings.dimension = options.dimension;
    settings.in_batch_negatives = options.in_batch_negatives;
    if (options.filter_negatives) {
      known = datasets::KnownTriples(data.graph.entity_count(), data.graph.relation_count(),
                                     {data.graph.train()});
      settings.known = &known;
    }
    settings.relations = &table.relations;
    settings.relation_count = relation_rows;
    settings.reciprocal = options.reciprocal;
    settings.graph_relations = data.graph.relation_count();
    settings.vectors = vectors;
    if (const AttributeSet detached = system->detached(); detached != 0) {
      settings.detached.assign(relation_rows, Detached::kNone);
      for (std::size_t j = 0; j < data.attributes.sensitive().size(); ++j) {
        if ((detached >> j & 1U) == 0) continue;
        for (const auto& by : data.attributes.sensitive()[j].source().sources()) {
          settings.detached[by.relation.index()] = by.inverse ? Detached::kTail : Detached::kHead;
        }
      }
    }
    workers.assign(pool.threads(), ChunkStep(settings));
    row_scratch.assign(pool.threads(),
                       FloatTable(1, std::max(options.dimension, table.relations.width())));
  }

  EpochReport run_epoch(const std::function<void(double)>& told) {
    KGA_REQUIRE(!diverged, "epoch {} of {} has no numbers to go on with", epoch + 1, entry.id);
    const auto start = std::chrono::steady_clock::now();
    sampler->begin_epoch(epoch);
    double loss = 0.0;
    for (std::size_t b = 0; b < sampler->batches(); ++b) {
      loss += run_batch(b);
      // The rows are no longer finite either: the rest of the epoch would be wasted.
      if (!std::isfinite(loss)) break;
      if (told) told(static_cast<double>(b + 1) / static_cast<double>(sampler->batches()));
    }
    ++epoch;
    EpochReport report;
    report.epoch = epoch;
    report.losses.emplace_back("likelihood", loss / static_cast<double>(sampler->triples()));
    for (auto& named : system->take_losses()) report.losses.push_back(std::move(named));
    report.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    const auto is_finite = [](const auto& named) { return std::isfinite(named.second); };
    diverged = !std::ranges::all_of(report.losses, is_finite) || !table.entities.all_finite() ||
               !table.relations.all_finite();
    report.diverged = diverged;
    return report;
  }

  double run_batch(std::size_t index) {
    sampler->draw(index, step);
    note_entities();
    const std::size_t chunks = sampler->chunks();
    if (gradients.size() < chunks) gradients.resize(chunks);
    Batch batch;
    batch.learning_rate = options.learning_rate_at(step, sampler->batches());
    batch.progress = std::min(
        1.0, static_cast<double>(step) /
                 (static_cast<double>(sampler->batches()) * static_cast<double>(options.epochs)));
    batch.step = ++step;
    batch.index = index;
    batch.positives = sampler->positives();
    batch.entities = entity_rows.ids();
    batch.slot = entity_rows.slot();

    EntityRows source{&table.entities, nullptr};
    const bool transformed = transform_rows(batch);
    if (transformed) source = {&transformed_rows, entity_rows.slot().data()};
    pool.run(chunks, [&](std::size_t c, std::size_t worker) {
      const auto drawn = sampler->negatives_of(c);
      workers[worker].run({sampler->positives_of(c), drawn.first(options.uniform_negatives),
                           drawn.last(options.uniform_negatives), source},
                          gradients[c]);
    });
    update_entities(batch, transformed);
    update_rows(
        batch, *relation_optimizer, table.relations, relation_occurrences,
        [](const ChunkGradient& chunk) -> const SparseGradient& { return chunk.relations; },
        options.relation_decay);
    if (vectors) {
      update_rows(
          batch, *vectors->optimizer, *vectors->vectors, vector_occurrences,
          [](const ChunkGradient& chunk) -> const SparseGradient& { return chunk.vectors.rows(); },
          0.0F);
    }
    system->after_update(batch, table);
    double loss = 0.0;
    for (std::size_t c = 0; c < chunks; ++c) loss += gradients[c].loss;
    return loss;
  }

  void note_entities() {
    entity_rows.begin_batch(data.graph.entity_count());
    const auto positives = sampler->positives();
    for (std::size_t i = 0; i < positives.size(); ++i) {
      if (i + kIdsAhead < positives.size()) {
        entity_rows.prefetch(positives[i + kIdsAhead].head.value);
        entity_rows.prefetch(positives[i + kIdsAhead].tail.value);
      }
      entity_rows.note(positives[i].head.value);
      entity_rows.note(positives[i].tail.value);
    }
    for (std::size_t c = 0; c < sampler->chunks(); ++c) {
      const auto drawn = sampler->negatives_of(c);
      for (std::size_t i = 0; i < drawn.size(); ++i) {
        if (i + kIdsAhead < drawn.size()) entity_rows.prefetch(drawn[i + kIdsAhead]);
        entity_rows.note(drawn[i]);
      }
    }
  }

  bool transform_rows(const Batch& batch) {
    if (!system->transforms()) return false;
    const std::size_t n = batch.entities.size();
    batch_rows.grow(n, options.dimension);
    transformed_rows.grow(n, options.dimension);
    for_rows(n, [&](std::size_t i, std::size_t) {
      std::copy_n(table.entities.row(batch.entities[i]), table.entities.stride(),
                  batch_rows.row(i));
    });
    return system->transform(batch, batch_rows, transformed_rows);
  }

  /// `part_of(chunk)` is a SparseGradient.
  template <typename F>
  void collect(Occurrences& occurrences, const F& part_of) {
    gradient_list.clear();
    for (std::size_t c = 0; c < sampler->chunks(); ++c) {
      gradient_list.push_back(&part_of(gradients[c]));
    }
    occurrences.collect(gradient_list);
  }

  void update_entities(const Batch& batch, bool transformed) {
    collect(entity_rows,
            [](const ChunkGradient& chunk) -> const SparseGradient& { return chunk.entities; });
    const bool collected = transformed || system->adds_gradient();
    const auto ids = entity_rows.ids();
    if (collected) {
      batch_gradient.grow(ids.size(), options.dimension);
      for_rows(ids.size(), [&](std::size_t i, std::size_t) {
        entity_rows.sum(i, batch_gradient.row(i), batch_gradient.stride());
      });
      if (transformed) system->transform_gradient(batch, batch_gradient);
      if (system->adds_gradient()) system->add_gradient(batch, table, batch_gradient);
    }
    for_rows(ids.size(), [&](std::size_t i, std::size_t worker) {
      if (i + FloatTable::kAhead < ids.size()) {
        entity_optimizer->prefetch(ids[i + FloatTable::kAhead]);
        table.entities.prefetch(ids[i + FloatTable::kAhead]);
      }
      float* gradient = collected ? batch_gradient.row(i) : row_scratch[worker].row(0);
      if (!collected) entity_rows.sum(i, gradient, table.entities.stride());
      apply(batch, *entity_optimizer, table.entities, entity_rows, i, gradient,
            options.entity_decay);
    });
  }

  /// One update of the few rows of a small table.
  template <typename F>
  void update_rows(const Batch& batch, RowOptimizer& rule, FloatTable& rows,
                   Occurrences& occurrences, const F& part_of, float decay) {
    occurrences.begin_batch(rows.rows());
    for (std::size_t c = 0; c < sampler->chunks(); ++c) {
      for (const std::uint32_t id : part_of(gradients[c]).ids) occurrences.note(id);
    }
    collect(occurrences, part_of);
    pool.run(occurrences.ids().size(), [&](std::size_t i, std::size_t worker) {
      float* gradient = row_scratch[worker].row(0);
      occurrences.sum(i, gradient, rows.stride());
      apply(batch, rule, rows, occurrences, i, gradient, decay);
    });
  }

  static void apply(const Batch& batch, RowOptimizer& rule, FloatTable& rows,
                    const Occurrences& occurrences, std::size_t i, float* gradient, float decay) {
    const std::uint32_t id = occurrences.ids()[i];
    float* x = rows.row(id);
    if (decay > 0.0F) {
      const float share = decay * static_cast<float>(occurrences.count(i));
      for (std::size_t k = 0; k < rows.stride(); ++k) gradient[k] += share * x[k];
    }
    rule.apply(id, x, gradient, batch.learning_rate, batch.step);
  }

  template <typename F>
  void for_rows(std::size_t n, const F& per_row) {
    run_in_blocks(pool, n, kRowsPerTask, per_row);
  }

  /// The table as others see it: without twins.
  [[nodiscard]] std::shared_ptr<const EmbeddingTable> published() const {
    auto copy = std::make_shared<EmbeddingTable>();
    copy->entities = table.entities;
    copy->reciprocal = options.reciprocal;
    const std::size_t relations = data.graph.relation_count();
    const std::size_t directions = options.reciprocal ? 2 : 1;
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
    entity_optimizer->visit(archive);
    relation_optimizer->visit(archive);
    system->visit(archive);
  }
};

std::unique_ptr<System> make_system(const SystemEntry& entry, const datasets::Dataset& data,
                                    const Parameters& training, const Parameters& system_parameters,
                                    std::uint64_t seed, ThreadPool& pool) {
  return entry.make(
      {data, training, find_score(training.text("score")).function(), training.count("dimension"),
       find_optimizer(training.text("optimizer")), seed, pool},
      system_parameters);
}

void require_trainable(const datasets::Dataset& data, const SystemEntry& system,
                       const Parameters& training, const Parameters& system_parameters,
                       std::uint64_t seed, ThreadPool& pool) {
  static_cast<void>(begin_training(system, data, training, system_parameters, seed, pool));
}

Trainer::Trainer(const datasets::Dataset& data, const SystemEntry& system,
                 const Parameters& training, const Parameters& system_parameters,
                 std::uint64_t seed, ThreadPool& pool)
    : state_(std::make_unique<State>(data, system, training, system_parameters, seed, pool)) {}
Trainer::~Trainer() = default;
Trainer::Trainer(Trainer&&) noexcept = default;
Trainer& Trainer::operator=(Trainer&&) noexcept = default;

EpochReport Trainer::run_epoch(const std::function<void(double)>& told) {
  return state_->run_epoch(told);
}
std::uint32_t Trainer::epochs_done() const { return state_->epoch; }

std::vector<ModelView> Trainer::publish() const { return publish_through(*state_->system); }

std::vector<ModelView> Trainer::publish_through(System& reader) const {
  std::vector<ModelView> views;
  for (TableView& view : reader.views(state_->published())) {
    if (state_->options.prior_removal) {
      view.table = without_prior(std::move(view.table), state_->score, state_->data.attributes);
    }
    views.push_back({std::move(view.id), std::move(view.attribute),
                     LinkScorer(std::move(view.table), state_->score, std::move(view.vectors))});
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
