#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "datasets/name_matching.hpp"
#include "datasets/people_file.hpp"

namespace kgaudit::run {

/// Which rows of an embedding an audit needs that asks no relation: those of a graph's entities,
/// those of the people in a file, and those that bear the name of a value they have ("female",
/// "nurse"). Of a dump of many millions of rows these few are kept while it is read. Rows are told
/// one by one, in the order of the file.
class WantedRows {
 public:
  /// `entities` are the graph's names, none where there is no graph.
  WantedRows(const datasets::PeopleTable& people, const datasets::MatchOptions& matching,
             std::span<const std::string> entities = {});

  /// The next row; true if it is to be kept.
  bool add(std::string_view name);

  /// How many rows were told.
  [[nodiscard]] std::uint64_t seen() const { return seen_; }
  /// Numbers of the rows to keep, ascending.
  [[nodiscard]] const std::vector<std::uint64_t>& kept() const { return kept_; }
  /// How the people's names met those of all rows; a row's number is its place among the kept ones.
  [[nodiscard]] datasets::NameMatches matches() const { return among_kept(people_.finish()); }
  /// The same of the graph's names.
  [[nodiscard]] datasets::NameMatches entity_matches() const {
    return among_kept(entities_.finish());
  }

 private:
  [[nodiscard]] datasets::NameMatches among_kept(datasets::NameMatches matches) const;

  datasets::NameMatcher people_;
  datasets::NameMatcher entities_;
  std::unordered_set<std::string> values_;
  std::vector<std::uint64_t> kept_;
  std::uint64_t seen_ = 0;
};

}  // namespace kgaudit::run
