#pragma once

#include <cstdint>
#include <vector>

#include "datasets/knowledge_graph.hpp"

namespace kgaudit::metrics {

/// Triples of the train set that an entity stands in.
struct Degree {
  std::uint32_t as_head = 0;
  std::uint32_t as_tail = 0;

  [[nodiscard]] double total() const {
    return static_cast<double>(as_head) + static_cast<double>(as_tail);
  }
};

/// The degree of every entity, by its index.
[[nodiscard]] std::vector<Degree> train_degrees(const datasets::KnowledgeGraph& graph);

}  // namespace kgaudit::metrics
