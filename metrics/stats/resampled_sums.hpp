#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "metrics/stats/outcome.hpp"
#include "suite/base/rng.hpp"
#include "suite/base/thread_pool.hpp"

namespace kgaudit::metrics::stats {

/// The kernel of every bootstrap here: rows of numbers that are drawn as wholes, with replacement,
/// and summed column by column. What is resampled (a triple, a person) is one row; the systems are
/// columns, so one draw serves all of them and differences stay paired.
///
/// Memory: a row is padded to lines of 8 doubles that begin at a cache line; a draw of up to 8
/// columns then costs one load.
class DrawTable {
 public:
  DrawTable(std::size_t rows, std::size_t columns);

  [[nodiscard]] std::size_t rows() const { return rows_; }
  [[nodiscard]] std::size_t columns() const { return columns_; }
  [[nodiscard]] double& at(std::size_t row, std::size_t column);
  [[nodiscard]] double at(std::size_t row, std::size_t column) const;

  /// Adds `count` rows, drawn from the rows [begin, begin + count), to `sums` (one a column).
  /// Four running sums a column, folded in fixed order: the bits depend on the stream alone.
  void add_draws(std::size_t begin, std::size_t count, Rng& rng, std::span<double> sums) const;

 private:
  static constexpr std::size_t kLanes = 8;
  struct alignas(64) Line {
    std::array<double, kLanes> lane{};
    void operator+=(const Line& other) {
      for (std::size_t k = 0; k < kLanes; ++k) lane[k] += other.lane[k];
    }
  };

  std::size_t rows_;
  std::size_t columns_;
  std::size_t lines_;  // a row
  std::vector<Line> data_;
};

/// result[c][b]: the sum of column c in replicate b. Stratum s is the rows [begins[s],
/// begins[s + 1]) and gives as many draws as it has rows; `begins` starts with 0 and ends with
/// table.rows(). Replicate b draws from the stream (seed, `stream`, b).
[[nodiscard]] std::vector<std::vector<double>> resampled_sums(const DrawTable& table,
                                                              std::span<const std::size_t> begins,
                                                              const Resampling& resampling,
                                                              std::string_view stream,
                                                              ThreadPool& pool);

/// Calls `replicate(b, rng)` for every replicate b with the stream (seed, `stream`, b), in
/// parallel; it must write to what belongs to b alone.
template <typename Replicate>
void for_each_replicate(const Resampling& resampling, std::string_view stream, ThreadPool& pool,
                        const Replicate& replicate) {
  constexpr std::size_t kChunk = 16;  // replicates a task: enough to hide what a task costs
  KGA_REQUIRE(resampling.replicates >= 100, "replicates = {}", resampling.replicates);
  const Rng origin(resampling.seed, stream);
  const std::size_t replicates = resampling.replicates;
  pool.run((replicates + kChunk - 1) / kChunk, [&](std::size_t chunk, std::size_t /*worker*/) {
    for (std::size_t b = chunk * kChunk; b < replicates && b < (chunk + 1) * kChunk; ++b) {
      Rng rng = origin.at(b);
      replicate(b, rng);
    }
  });
}

}  // namespace kgaudit::metrics::stats
