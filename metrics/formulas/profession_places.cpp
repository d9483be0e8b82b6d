#include "metrics/formulas/profession_places.hpp"

#include <algorithm>
#include <vector>

#include "suite/base/error.hpp"

namespace kgaudit::metrics {
namespace {

constexpr std::size_t kPersonsPerChunk = 128;

/// Fills one person's row of both matrices.
void place_all(std::span<const float> scores, std::span<const std::uint32_t> known, std::size_t top,
               Eigen::Index row, ProfessionPlaces& places) {
  std::vector<float> unknown;
  for (std::uint32_t o = 0; o < scores.size(); ++o) {
    if (!std::ranges::binary_search(known, o)) unknown.push_back(scores[o]);
  }
  std::ranges::sort(unknown);
  for (std::uint32_t o = 0; o < scores.size(); ++o) {
    const bool is_known = std::ranges::binary_search(known, o);
    ScorePlace place{0.5, 1.0};
    if (is_known && !unknown.empty()) {
      place = score_place(scores[o], unknown);
    } else if (!is_known && unknown.size() > 1) {
      // Itself is among them, and ties with itself.
      const ScorePlace with_itself = score_place(scores[o], unknown);
      const auto others = static_cast<double>(unknown.size() - 1);
      place.beaten = (with_itself.beaten * (others + 1.0) - 0.5) / others;
      place.rank = with_itself.rank - 0.5;
    }
    const auto column = static_cast<Eigen::Index>(o);
    places.beaten(row, column) = static_cast<float>(place.beaten);
    places.named(row, column) = place.rank <= static_cast<double>(top) ? 1.0F : 0.0F;
  }
}

}  // namespace

ScorePlace score_place(float score, std::span<const float> others) {
  KGA_REQUIRE(!others.empty(), "a place among none");
  const auto low = std::ranges::lower_bound(others, score);
  const auto high = std::ranges::upper_bound(others, score);
  const auto below = static_cast<double>(low - others.begin());
  const auto equal = static_cast<double>(high - low);
  const auto above = static_cast<double>(others.end() - high);
  return {(below + equal / 2.0) / static_cast<double>(others.size()), 1.0 + above + equal / 2.0};
}

ProfessionPlaces profession_places(const models::LinkScorer& scorer,
                                   const datasets::PersonAttribute& profession,
                                   std::span<const EntityId> persons, std::size_t top,
                                   ThreadPool& pool) {
  const std::span<const EntityId> values = profession.values();
  ProfessionPlaces places;
  places.beaten.resize(static_cast<Eigen::Index>(persons.size()),
                       static_cast<Eigen::Index>(values.size()));
  places.named.resize(places.beaten.rows(), places.beaten.cols());
  const std::size_t chunks = (persons.size() + kPersonsPerChunk - 1) / kPersonsPerChunk;
  pool.run(chunks, [&](std::size_t chunk, std::size_t) {
    const std::size_t first = chunk * kPersonsPerChunk;
    const std::size_t count = std::min(kPersonsPerChunk, persons.size() - first);
    std::vector<float> scores(count * values.size());
    scorer.score_candidates(persons.subspan(first, count), profession.source().relation,
                            profession.source().inverse, values, scores.data(), values.size());
    for (std::size_t i = 0; i < count; ++i) {
      place_all({&scores[i * values.size()], values.size()},
                profession.all_values(persons[first + i]), top,
                static_cast<Eigen::Index>(first + i), places);
    }
  });
  return places;
}

Eigen::VectorXd column_gaps(const ProfessionPlaces::Matrix& values,
                            const std::vector<bool>& in_group) {
  KGA_REQUIRE(static_cast<std::size_t>(values.rows()) == in_group.size(), "{} rows of {}",
              values.rows(), in_group.size());
  Eigen::VectorXd inside = Eigen::VectorXd::Zero(values.cols());
  Eigen::VectorXd outside = Eigen::VectorXd::Zero(values.cols());
  double members = 0.0;
  for (Eigen::Index i = 0; i < values.rows(); ++i) {
    const bool member = in_group[static_cast<std::size_t>(i)];
    (member ? inside : outside) += values.row(i).cast<double>().transpose();
    members += member ? 1.0 : 0.0;
  }
  const double others = static_cast<double>(values.rows()) - members;
  KGA_REQUIRE(members > 0.0 && others > 0.0, "{} members of {}", members, values.rows());
  return inside / members - outside / others;
}

}  // namespace kgaudit::metrics
