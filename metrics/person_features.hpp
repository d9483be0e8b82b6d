#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "metrics/feature_matrix.hpp"

namespace kgaudit::metrics {

/// Rows of a matrix of zeros and ones: of each row, the columns that hold a 1.
struct SparseRows {
  std::uint32_t columns = 0;
  std::vector<std::size_t> begin = {0};  ///< per row: its first entry; one more at the end
  std::vector<std::uint32_t> entries;    ///< column numbers, ascending within a row

  [[nodiscard]] std::size_t rows() const { return begin.size() - 1; }
  [[nodiscard]] std::span<const std::uint32_t> row(std::size_t i) const {
    return {entries.data() + begin[i], begin[i + 1] - begin[i]};
  }
  /// Appends a row; `ones` are ascending and below `columns`.
  void push_back(std::span<const std::uint32_t> ones);
};

/// What a probe is shown of persons, one row each: numbers, or links to entities. One of the two is
/// empty.
struct PersonFeatures {
  FeatureMatrix numbers;
  SparseRows links;

  [[nodiscard]] std::size_t rows() const {
    return links.rows() > 0 ? links.rows() : static_cast<std::size_t>(numbers.rows());
  }
};

/// The chosen rows, in the order given.
[[nodiscard]] PersonFeatures rows_of(const PersonFeatures& all,
                                     std::span<const std::size_t> chosen);

/// `standardise` for the numbers; links stay as they are.
void standardise(PersonFeatures& train, PersonFeatures& test);

}  // namespace kgaudit::metrics
