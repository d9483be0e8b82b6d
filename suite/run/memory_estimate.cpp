#include "suite/run/memory_estimate.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "models/embedding/archive.hpp"
#include "models/embedding/embedding_table.hpp"
#include "models/training/optimizer.hpp"
#include "models/training/system.hpp"
#include "suite/base/error.hpp"
#include "suite/base/text.hpp"
#include "suite/run/provenance.hpp"
#include "suite/run/training.hpp"

namespace kgaudit::run {
namespace {

/// A ranking scores so many bytes of candidates at a time, on each thread (metrics::rank_triples).
constexpr std::uint64_t kRankingBlock = std::uint64_t{16} << 20U;

/// Counts bytes of state in place of writing them.
class CountingArchive final : public models::Archive {
 public:
  [[nodiscard]] std::uint64_t counted() const { return bytes_; }

 private:
  void bytes(std::string_view /*name*/, void* /*data*/, std::size_t size) override {
    bytes_ += size;
  }
  std::uint64_t bytes_ = 0;
};

std::uint64_t state_of_rows(const models::OptimizerEntry& optimizer, std::size_t rows,
                            std::size_t width) {
  CountingArchive archive;
  optimizer.make(rows, width)->visit(archive);
  return archive.counted();
}

/// What the rule keeps for one row more.
std::uint64_t state_of_a_row(const models::OptimizerEntry& optimizer, std::size_t width) {
  return state_of_rows(optimizer, 2, width) - state_of_rows(optimizer, 1, width);
}

}  // namespace

MemoryEstimate memory_estimate(const Plan& plan, const datasets::Dataset& data) {
  const Parameters& training = plan.training();
  const std::size_t width = training.count("dimension");
  const std::uint64_t row = models::FloatTable(0, width).stride() * sizeof(float);
  const std::uint64_t entities = data.graph.entity_count();
  const std::uint64_t relations =
      data.graph.relation_count() * (training.flag("reciprocal") ? 2 : 1);
  const models::OptimizerEntry& optimizer = models::find_optimizer(training.text("optimizer"));
  const std::uint64_t threads = worker_threads(plan);

  MemoryEstimate estimate;
  std::set<std::string> trained;
  for (const std::string& id : plan.systems) trained.insert(trained_by(plan.systems, id));
  estimate.trainings = trained.size();
  estimate.rule = optimizer.id;
  estimate.data = resident_memory();
  estimate.tables = estimate.trainings * (entities + relations) * row;
  estimate.optimizer =
      estimate.trainings * (entities + relations) * state_of_a_row(optimizer, width);

  const std::uint64_t batch = training.count("batch_size");
  const std::uint64_t chunk = training.count("chunk_size");
  const std::uint64_t negatives = training.count("uniform_negatives");
  const std::uint64_t chunks = (batch + chunk - 1) / std::max<std::uint64_t>(chunk, 1);
  const std::uint64_t candidates =
      negatives + (training.flag("in_batch_negatives") ? 2 * chunk : 0) + 1;
  // Heads, tails and candidates of both directions, once as rows and once as gradients; scores of
  // the chunks that are under way.
  estimate.batch = estimate.trainings * (2 * (2 * batch + 2 * chunks * negatives) * row +
                                         2 * threads * chunk * candidates * sizeof(float));

  std::uint64_t copies = 1;
  for (const std::string& id : plan.systems) {
    // Post-hoc systems publish a table for all attributes and one for each.
    if (models::find_system(id).erase == nullptr) continue;
    copies = std::max<std::uint64_t>(copies, 1 + data.attributes.sensitive().size());
  }
  estimate.scores = threads * kRankingBlock;
  estimate.measured = copies * (entities + relations) * row + estimate.scores;
  return estimate;
}

std::string MemoryEstimate::in_words() const {
  return fmt::format(
      "about {}: {} with the data loaded, {} for the rows of {} training{}, {} for the optimiser, "
      "{} for batches and their candidates, {} for measuring",
      bytes_text(total()), bytes_text(data), bytes_text(tables), trainings,
      trainings == 1 ? "" : "s", bytes_text(optimizer), bytes_text(batch), bytes_text(measured));
}

std::string MemoryEstimate::advice(std::uint64_t limit) const {
  if (data >= limit) {
    return "a smaller graph, or more memory: the loaded data alone take more than that";
  }
  const std::uint64_t largest =
      std::max({tables, optimizer, batch, scores, measured - std::min(scores, measured)});
  if (largest == scores) return "fewer --threads";
  std::string advice;
  if (largest == batch) {
    advice = "a smaller training.batch_size or training.uniform_negatives (--set)";
  } else {
    advice = "a smaller --dimension";
    // Adam and Adagrad keep numbers for each of a row's; this rule keeps one a row, SGD none.
    if (largest == optimizer && rule != "row-adagrad") {
      advice += ", or --set training.optimizer=row-adagrad";
    }
  }
  // The rows that are measured are one training's at a time.
  const bool side_by_side = largest == tables || largest == optimizer || largest == batch;
  if (trainings > 1 && side_by_side) {
    advice += ", or fewer --systems (each seed trains them side by side)";
  }
  return advice;
}

void require_memory(const MemoryEstimate& estimate, std::uint64_t limit) {
  if (estimate.total() <= limit) return;
  throw InputError::usage(
      "--max-memory",
      fmt::format("{}; the run is estimated to hold {}", bytes_text(limit), estimate.in_words()),
      fmt::format("at least {}", bytes_text(estimate.total())), estimate.advice(limit));
}

}  // namespace kgaudit::run
