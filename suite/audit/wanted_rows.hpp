#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "datasets/name_matching.hpp"
#include "datasets/people_file.hpp"

namespace kgaudit::run {

/// Which rows of an embedding an audit of people needs: those of the people, and those that bear
/// the name of a value they have ("female", "nurse"). Of a dump of many millions of rows these few
/// are kept while it is read. Rows are told one by one, in the order of the file.
class WantedRows {
 public:
  WantedRows(const datasets::PeopleTable& people, const datasets::MatchOptions& matching);

  /// The next row; true if it is to be kept.
  bool add(std::string_view name);

  /// How many rows were told.
  [[nodiscard]] std::uint64_t seen() const { return seen_; }
  /// Numbers of the rows to keep, ascending.
  [[nodiscard]] const std::vector<std::uint64_t>& kept() const { return kept_; }
  /// How the people's names met those of all rows; a row's number is its place among the kept ones.
  [[nodiscard]] datasets::NameMatches matches() const;

 private:
  datasets::NameMatcher matcher_;
  std::unordered_set<std::string> values_;
  std::vector<std::uint64_t> kept_;
  std::uint64_t seen_ = 0;
};

}  // namespace kgaudit::run
