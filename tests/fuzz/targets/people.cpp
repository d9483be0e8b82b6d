#include "datasets/people_dataset.hpp"
#include "tests/fuzz/fuzz_target.hpp"

namespace kgaudit::fuzz::targets {

/// A file about people, and two of them among the rows of an embedding.
void people(std::string_view bytes) {
  const auto file = scratch_file("people", "people.csv", bytes);
  Parameters parameters(datasets::people_parameters());
  datasets::Dataset data = datasets::dataset_of_rows("rows", {"Ada", "<http://x/Bob>"}, "rows");
  static_cast<void>(datasets::add_people_file(data, file, parameters));
}

}  // namespace kgaudit::fuzz::targets
