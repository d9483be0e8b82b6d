#include "metrics/person_features.hpp"

namespace kgaudit::metrics {

void SparseRows::push_back(std::span<const std::uint32_t> ones) {
  entries.insert(entries.end(), ones.begin(), ones.end());
  begin.push_back(entries.size());
}

PersonFeatures rows_of(const PersonFeatures& all, std::span<const std::size_t> chosen) {
  PersonFeatures result;
  if (all.links.rows() == 0) {
    result.numbers = rows_of(all.numbers, chosen);
    return result;
  }
  result.links.columns = all.links.columns;
  for (const std::size_t i : chosen) result.links.push_back(all.links.row(i));
  return result;
}

void standardise(PersonFeatures& train, PersonFeatures& test) {
  if (train.links.rows() == 0) standardise(train.numbers, test.numbers);
}

}  // namespace kgaudit::metrics
