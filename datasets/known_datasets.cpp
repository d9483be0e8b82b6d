#include "datasets/known_datasets.hpp"

#include "datasets/planted/planted_people.hpp"

namespace kgaudit::datasets {

std::vector<DatasetSummary> list_datasets() {
  std::vector<DatasetSummary> all;
  const auto add = [&](const DatasetCard& card) {
    DatasetSummary summary{
        card.id, card.title, card.description, card.licence, card.citation, card.expected, {}, 0};
    for (const CardPersonRelation& source : card.sensitive) summary.sensitive.push_back(source.id);
    for (const CardFile& file : card.files) summary.download_bytes += file.bytes;
    all.push_back(std::move(summary));
  };
  for (const DatasetCard& card : embedded_cards()) add(card);
  add(parse_card(planted_people_card(), std::string(kPlantedPeopleId)));
  return all;
}

}  // namespace kgaudit::datasets
