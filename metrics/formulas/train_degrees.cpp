#include "metrics/formulas/train_degrees.hpp"

namespace kgaudit::metrics {

std::vector<Degree> train_degrees(const datasets::KnowledgeGraph& graph) {
  std::vector<Degree> degrees(graph.entity_count());
  for (const datasets::Triple& t : graph.train()) {
    ++degrees[t.head.index()].as_head;
    ++degrees[t.tail.index()].as_tail;
  }
  return degrees;
}

}  // namespace kgaudit::metrics
