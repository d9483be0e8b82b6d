#pragma once

#include <string>
#include <utility>

#include "tests/reports/example_record.hpp"

namespace kgaudit::reports::tests {

/// `line` with another value and n.
inline MeasurementLine counted(MeasurementLine line, double value, std::uint64_t n) {
  line.measurement = Measurement::of(value, n, "", Direction::kHigher);
  return line;
}

inline Facets of_relation(const char* relation) {
  return {{"filter", "filtered"},
          {"relation", relation},
          {"set", "relation"},
          {"side", "both"},
          {"ties", "realistic"}};
}

inline Facets of_profession(const char* profession, const char* attributes) {
  return {{"attributes", attributes}, {"filter", "filtered"}, {"profession", profession},
          {"set", "profession"},      {"side", "both"},       {"ties", "realistic"}};
}

/// Two relations of 10 and 4 test triples for basic and kl.
inline RunRecord record_of_relations() {
  RunRecord record;
  record.run = example_record().run;
  auto& facts = record.measurements;
  const auto add = [&](const char* system, const char* relation, double mrr,
                       std::uint64_t triples) {
    facts.push_back(counted(fact(system, 1, "link_prediction.mrr", of_relation(relation), 0.0), mrr,
                            2 * triples));
  };
  add("basic", "rare", 0.5, 4);
  add("basic", "common", 0.25, 10);
  add("kl", "rare", 0.25, 4);
  add("kl", "common", 0.125, 10);
  for (const auto& [relation, triples] : {std::pair{"common", 10.0}, std::pair{"rare", 4.0}}) {
    facts.push_back(fact("basic", 1, "link_prediction.whitelisted_triples",
                         {{"attribute", "gender"}, {"relation", relation}}, triples));
  }
  return record;
}

}  // namespace kgaudit::reports::tests
