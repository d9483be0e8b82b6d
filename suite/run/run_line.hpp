#pragma once

#include <string>
#include <utility>
#include <vector>

#include "datasets/dataset.hpp"
#include "reports/record/run_record.hpp"
#include "suite/plan/plan.hpp"
#include "suite/run/provenance.hpp"

namespace kgaudit::run {

/// The first line of a run's record: its plan, data, build and machine, and the words for the
/// entities in facets. `started` is the time as text.
[[nodiscard]] reports::RunLine run_line(const Plan& plan, const datasets::Dataset& data,
                                        Fingerprint machine, std::string started);
/// The same with the settings that captions show, for a plan without training.
[[nodiscard]] reports::RunLine run_line(const Plan& plan, const datasets::Dataset& data,
                                        Fingerprint machine, std::string started,
                                        std::vector<std::pair<std::string, std::string>> settings);

/// What is odd about the data, as a note that begins with how often.
[[nodiscard]] reports::FindingLine integrity_line(const datasets::IntegrityFinding& finding);

}  // namespace kgaudit::run
