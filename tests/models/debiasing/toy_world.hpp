#pragma once

#include <cstddef>
#include <string_view>
#include <utility>

#include "models/training/optimizer.hpp"
#include "models/training/system.hpp"
#include "models/training/training_parameters.hpp"
#include "tests/models/reference.hpp"
#include "tests/models/toy_graph.hpp"

namespace kgaudit::tests {

/// Everything that a debiasing loss or system of toy people needs.
struct ToyWorld {
  explicit ToyWorld(std::string_view score_id, datasets::Dataset d = toy_people(),
                    std::size_t threads = 1)
      : data(std::move(d)),
        entry(models::find_score(score_id)),
        training(models::training_parameters()),
        pool(threads),
        table(*normal_embedding(data, entry.function(), kDimension, false, 31)) {}

  [[nodiscard]] models::TrainingSetup setup(std::string_view optimizer = "row-adagrad") {
    return {data, training, entry.function(), kDimension, models::find_optimizer(optimizer),
            1,    pool};
  }

  static constexpr std::size_t kDimension = 6;
  datasets::Dataset data;
  const models::ScoreEntry& entry;
  Parameters training;
  ThreadPool pool;
  models::EmbeddingTable table;
};

}  // namespace kgaudit::tests
