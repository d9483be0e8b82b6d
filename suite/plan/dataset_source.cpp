#include "suite/plan/dataset_source.hpp"

#include "datasets/load_dataset.hpp"
#include "datasets/planted/planted_people.hpp"

namespace kgaudit::run {
namespace {

/// A name with '/' is a path to the datasets room, whatever else it may look like.
std::string as_path(const std::string& path) {
  return path.find('/') == std::string::npos ? "./" + path : path;
}

std::string name_for_loading(const Parameters& source) {
  if (!source.text("triples").empty()) return as_path(source.text("triples"));
  if (!source.text("card").empty()) return as_path(source.text("card"));
  return source.text("id");
}

}  // namespace

std::span<const ParameterSpec> dataset_options(std::string_view dataset_id) {
  if (dataset_id == datasets::kPlantedPeopleId) return datasets::planted_people_parameters();
  return {};
}

datasets::Dataset load_dataset(const Plan& plan, const std::string& mirror, Progress& progress) {
  const Parameters& source = plan.dataset();
  datasets::LoadOptions options;
  options.progress = &progress;
  if (!mirror.empty()) options.fetch.mirror = mirror;
  const bool triples_and_card = !source.text("triples").empty() && !source.text("card").empty();
  if (triples_and_card) options.card = source.text("card");
  if (!source.text("whitelist").empty()) options.whitelist = source.text("whitelist");
  if (const Parameters* planted = plan.dataset_options()) options.planted = *planted;
  return datasets::load_dataset(name_for_loading(source), options);
}

}  // namespace kgaudit::run
