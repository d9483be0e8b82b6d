#include <memory>

#include "datasets/named_triples.hpp"
#include "datasets/triple_format.hpp"
#include "suite/base/progress.hpp"
#include "tests/fuzz/fuzz_target.hpp"

namespace kgaudit::fuzz::targets {
namespace {

/// Cuts `rest` at the next line of three dashes.
std::string_view next_part(std::string_view& rest) {
  constexpr std::string_view kCut = "---\n";
  const std::size_t cut = rest.find(kCut);
  const std::string_view part = rest.substr(0, cut);
  rest = cut == std::string_view::npos ? std::string_view() : rest.substr(cut + kCut.size());
  return part;
}

}  // namespace

/// The files of a graph in every format, cut at lines of three dashes.
void triples(std::string_view bytes) {
  for (const datasets::TripleFormatEntry* format : datasets::triple_formats()) {
    datasets::TripleInputs inputs;
    std::string_view rest = bytes;
    for (const auto& file : format->files) {
      inputs[file.role] = {std::make_unique<MemorySource>(next_part(rest)), std::string(file.name)};
    }
    try {
      static_cast<void>(format->read(inputs, silent_progress(), {}));
    } catch (const InputError&) {
      continue;  // the next format may take it
    }
  }
}

}  // namespace kgaudit::fuzz::targets
