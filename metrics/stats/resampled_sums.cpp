#include "metrics/stats/resampled_sums.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>

namespace kgaudit::metrics::stats {

DrawTable::DrawTable(std::size_t rows, std::size_t columns)
    : rows_(rows),
      columns_(columns),
      lines_((columns + kLanes - 1) / kLanes),
      data_(rows * lines_) {
  KGA_REQUIRE(rows >= 1 && rows <= std::numeric_limits<std::uint32_t>::max() && columns >= 1,
              "{} rows of {} columns", rows, columns);
}

double& DrawTable::at(std::size_t row, std::size_t column) {
  KGA_REQUIRE(row < rows_ && column < columns_, "place {}, {}", row, column);
  return data_[row * lines_ + column / kLanes].lane[column % kLanes];
}

double DrawTable::at(std::size_t row, std::size_t column) const {
  KGA_REQUIRE(row < rows_ && column < columns_, "place {}, {}", row, column);
  return data_[row * lines_ + column / kLanes].lane[column % kLanes];
}

void DrawTable::add_draws(std::size_t begin, std::size_t count, Rng& rng,
                          std::span<double> sums) const {
  constexpr std::size_t kBatch = 1024;  // draws whose places are made before they are used
  KGA_REQUIRE(begin + count <= rows_ && sums.size() == columns_, "{} + {} of {} rows, {} sums",
              begin, count, rows_, sums.size());
  std::array<std::uint32_t, kBatch> places{};
  for (std::size_t done = 0; done < count; done += kBatch) {
    const std::size_t take = std::min(kBatch, count - done);
    rng.fill_below(std::span(places).first(take), static_cast<std::uint32_t>(count));
    for (std::size_t l = 0; l < lines_; ++l) {
      const Line* first = data_.data() + begin * lines_ + l;
      // Four independent sums hide the latency of the addition.
      std::array<Line, 4> part{};
      std::size_t i = 0;
      for (; i + 4 <= take; i += 4) {
        for (std::size_t k = 0; k < 4; ++k) part[k] += first[places[i + k] * lines_];
      }
      for (; i < take; ++i) part[0] += first[places[i] * lines_];
      part[0] += part[1];
      part[2] += part[3];
      part[0] += part[2];
      const std::size_t lanes = std::min(kLanes, columns_ - l * kLanes);
      for (std::size_t k = 0; k < lanes; ++k) sums[l * kLanes + k] += part[0].lane[k];
    }
  }
}

std::vector<std::vector<double>> resampled_sums(const DrawTable& table,
                                                std::span<const std::size_t> begins,
                                                const Resampling& resampling,
                                                std::string_view stream, ThreadPool& pool) {
  KGA_REQUIRE(begins.size() >= 2 && begins.front() == 0 && begins.back() == table.rows(),
              "{} bounds of strata", begins.size());
  std::vector<std::vector<double>> result(table.columns(),
                                          std::vector<double>(resampling.replicates));
  for_each_replicate(resampling, stream, pool, [&](std::size_t b, Rng& rng) {
    std::vector<double> sums(table.columns(), 0.0);
    for (std::size_t s = 0; s + 1 < begins.size(); ++s) {
      table.add_draws(begins[s], begins[s + 1] - begins[s], rng, sums);
    }
    for (std::size_t c = 0; c < sums.size(); ++c) result[c][b] = sums[c];
  });
  return result;
}

}  // namespace kgaudit::metrics::stats
