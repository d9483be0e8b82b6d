#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kgaudit::cli {

/// A work that a system, a measure or a data set comes from.
struct Reference {
  std::string_view key;     ///< "fisher2020"
  std::string_view names;   ///< what a source calls it begins so: "Fisher", "PyTorch-BigGraph"
  std::string_view year;    ///< and goes on to this; "" where the name is enough
  std::string_view bibtex;  ///< the entry, with a newline at its end
};

/// Ourselves first, then the others by name.
[[nodiscard]] std::span<const Reference> references();

/// The works that the source of a roster entry or the citation of a card names, in the order of
/// `references`: "Fisher et al. 2020, section 2; PyTorch-BigGraph".
[[nodiscard]] std::vector<const Reference*> references_in(std::string_view source);

}  // namespace kgaudit::cli
