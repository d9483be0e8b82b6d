#include "suite/plan/plan.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "suite/base/error.hpp"
#include "suite/base/thread_pool.hpp"

namespace kgaudit::run {
namespace {

const PlanSection* find_section(const Plan& plan, std::string_view path) {
  const auto found = std::find_if(plan.sections.begin(), plan.sections.end(),
                                  [&](const PlanSection& s) { return s.path == path; });
  return found == plan.sections.end() ? nullptr : &*found;
}

}  // namespace

const Parameters& Plan::section(std::string_view path) const {
  const PlanSection* found = find_section(*this, path);
  KGA_REQUIRE(found != nullptr, "the plan has no section {}", path);
  return found->values;
}

const Parameters& Plan::system(std::string_view id) const {
  return section(fmt::format("system.{}", id));
}

const Parameters& Plan::metric(std::string_view id) const {
  return section(fmt::format("metric.{}", id));
}

const Parameters* Plan::dataset_options() const {
  const PlanSection* found = find_section(*this, "dataset." + dataset().text("id"));
  return found == nullptr ? nullptr : &found->values;
}

std::size_t worker_threads(const Plan& plan) {
  const std::size_t wanted = plan.execution().count("threads");
  return wanted == 0 ? available_processors() : wanted;
}

bool Plan::operator==(const Plan& other) const {
  const auto same_section = [](const PlanSection& a, const PlanSection& b) {
    return a.path == b.path && a.values.entries() == b.values.entries();
  };
  return preset == other.preset && systems == other.systems && seeds == other.seeds &&
         metrics == other.metrics &&
         std::equal(sections.begin(), sections.end(), other.sections.begin(), other.sections.end(),
                    same_section);
}

}  // namespace kgaudit::run
