#include "suite/plan/dataset_source.hpp"

#include <filesystem>

#include "datasets/load_dataset.hpp"
#include "datasets/planted/planted_people.hpp"
#include "suite/base/error.hpp"

namespace kgaudit::run {
namespace {

std::optional<std::filesystem::path> path_in(const Parameters& source, std::string_view key) {
  if (source.text(key).empty()) return std::nullopt;
  return source.text(key);
}

}  // namespace

std::span<const ParameterSpec> dataset_options(std::string_view dataset_id) {
  if (dataset_id == datasets::kPlantedPeopleId) return datasets::planted_people_parameters();
  return {};
}

datasets::DatasetSource dataset_source(const Plan& plan) {
  const Parameters& source = plan.dataset();
  const auto card = path_in(source, "card");
  if (const auto triples = path_in(source, "triples")) return datasets::dataset_at(*triples, card);
  if (card) return datasets::CardOfFiles{*card};
  return datasets::KnownDataset{source.text("id")};
}

std::string graph_name(const Plan& plan) {
  try {
    return datasets::name_of(dataset_source(plan));
  } catch (const InputError&) {
    return graph_name_by_path(plan);
  }
}

std::string graph_name_by_path(const Plan& plan) {
  const Parameters& source = plan.dataset();
  if (const auto card = path_in(source, "card")) return card->stem();
  if (const auto triples = path_in(source, "triples")) {
    // A trailing slash would leave an empty file name.
    return (*triples / "").parent_path().filename();
  }
  return source.text("id");
}

datasets::Dataset load_dataset(const Plan& plan, const std::string& mirror, Progress& progress) {
  datasets::LoadOptions options;
  if (!mirror.empty()) options.fetch.mirror = mirror;
  options.whitelist = path_in(plan.dataset(), "whitelist");
  if (const Parameters* planted = plan.dataset_options()) options.planted = *planted;
  return datasets::load_dataset(dataset_source(plan), options, progress);
}

}  // namespace kgaudit::run
