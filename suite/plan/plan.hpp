#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "suite/base/parameters.hpp"

namespace kgaudit::run {

/// One parameter table of a plan, under the path of its TOML table: "training",
/// "system.kl+attr", "metric.score_gap", "dataset.planted-people" ...
struct PlanSection {
  std::string path;
  std::string meaning;  ///< the comment above the table
  Parameters values;
};

/// A fully resolved run: which data, which systems with which parameters, which seeds, which
/// metrics. Every default is written out, so a plan means the same in every later version.
///
/// A printed plan reads back as the same (plan_text.hpp, plan_resolution.hpp). A plan holds
/// sections only for what it lists: the parameters of a system that does not run are no part of it.
struct Plan {
  std::string preset;                ///< the named parameter set that the plan started from
  std::vector<std::string> systems;  ///< roster ids, in the order of the rows and of training
  std::vector<std::uint64_t> seeds;  ///< each system is trained once with each
  std::vector<std::string> metrics;  ///< roster ids, in the order of measuring
  std::vector<PlanSection> sections;

  /// The table with this path; BrokenInvariant if the plan has none.
  [[nodiscard]] const Parameters& section(std::string_view path) const;
  [[nodiscard]] const Parameters& dataset() const { return section("dataset"); }
  [[nodiscard]] const Parameters& training() const { return section("training"); }
  [[nodiscard]] const Parameters& evaluation() const { return section("evaluation"); }
  [[nodiscard]] const Parameters& timing() const { return section("timing"); }
  [[nodiscard]] const Parameters& statistics() const { return section("statistics"); }
  [[nodiscard]] const Parameters& execution() const { return section("run"); }
  [[nodiscard]] const Parameters& system(std::string_view id) const;
  [[nodiscard]] const Parameters& metric(std::string_view id) const;
  /// The chosen dataset's own options, e.g. the planted graph's size; nullptr if it has none.
  [[nodiscard]] const Parameters* dataset_options() const;

  bool operator==(const Plan& other) const;
};

/// The worker threads that the plan's `run.threads` asks for; at least 1.
[[nodiscard]] std::size_t worker_threads(const Plan& plan);

}  // namespace kgaudit::run
