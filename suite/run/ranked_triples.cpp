#include "suite/run/ranked_triples.hpp"

#include <algorithm>
#include <numeric>
#include <span>
#include <string_view>

#include "suite/base/rng.hpp"

namespace kgaudit::run {
namespace {

/// Places in a set of n triples: all, or a sample of `wanted` in the order drawn.
std::vector<std::uint32_t> drawn_places(std::size_t n, std::size_t wanted,
                                        std::string_view stream) {
  std::vector<std::uint32_t> places(n);
  std::iota(places.begin(), places.end(), 0U);
  if (wanted == 0 || wanted >= n) return places;
  Rng(0, stream).shuffle(std::span<std::uint32_t>(places));
  places.resize(wanted);
  return places;
}

}  // namespace

std::vector<datasets::Triple> validation_triples(const datasets::Dataset& data,
                                                 const Parameters& evaluation) {
  const std::span<const datasets::Triple> valid = data.graph.valid();
  std::vector<datasets::Triple> triples;
  for (const std::uint32_t place :
       drawn_places(valid.size(), evaluation.count("validation_sample"), "run.validation_sample")) {
    if (!data.attributes.sensitive_index(valid[place].relation)) triples.push_back(valid[place]);
  }
  return triples;
}

std::vector<std::uint32_t> test_places(const datasets::KnowledgeGraph& graph,
                                       const Parameters& evaluation) {
  std::vector<std::uint32_t> places =
      drawn_places(graph.test().size(), evaluation.count("test_sample"), "run.test_sample");
  std::ranges::sort(places);
  return places;
}

}  // namespace kgaudit::run
