#include "models/debiasing/chosen_attribute.hpp"

#include <string>
#include <vector>

#include <fmt/format.h>

#include "suite/base/error.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::models {

const datasets::PersonAttribute& chosen_attribute(const datasets::Dataset& data,
                                                  std::string_view id, std::string_view system) {
  if (const datasets::PersonAttribute* found = data.attributes.find(id)) return *found;
  std::vector<std::string_view> ids;
  for (const datasets::PersonAttribute& a : data.attributes.sensitive()) ids.push_back(a.id());
  if (id.empty() && !ids.empty()) return data.attributes.sensitive().front();
  const std::string place = fmt::format("system.{}: attribute", system);
  const std::string complaint =
      id.empty() ? fmt::format("dataset {} has no sensitive relation", data.id)
                 : fmt::format("'{}' is no sensitive attribute of {}", printable(id), data.id);
  if (ids.empty()) {
    throw InputError::usage(place, complaint, "a dataset card that names at least one");
  }
  throw InputError::none_of(place, complaint, id, ids);
}

}  // namespace kgaudit::models
