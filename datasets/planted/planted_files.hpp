#pragma once

#include <filesystem>

#include "datasets/dataset.hpp"
#include "suite/base/parameters.hpp"
#include "suite/base/progress.hpp"

namespace kgaudit::datasets {

/// Writes train.txt, valid.txt, test.txt, card.toml and truth.json into the new folder `directory`
/// (it must not exist, or be empty), which appears only when all of it is written. load_dataset
/// reads it. Throws InputError (usage) when the folder holds something or the disk refuses.
void write_planted_people(const std::filesystem::path& directory, const Parameters& parameters,
                          Progress& progress = silent_progress());

/// Reads the truth.json that write_planted_people wrote. InputError (unreadable) with its place.
[[nodiscard]] PlantedTruth load_truth(const std::filesystem::path& file,
                                      const KnowledgeGraph& graph);

}  // namespace kgaudit::datasets
