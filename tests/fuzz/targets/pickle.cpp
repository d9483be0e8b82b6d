#include "models/embedding/pickle/pickle.hpp"

#include "models/embedding/foreign/numpy_arrays.hpp"
#include "suite/base/error.hpp"
#include "tests/fuzz/fuzz_target.hpp"

namespace kgaudit::fuzz::targets {
namespace {

/// Asks a value everything that readers ask. A value may be shared by many: `left` bounds the work.
void look_at(const models::PickleValue& value, std::size_t& left, int depth) {
  if (!value || left == 0 || depth > 40) return;
  --left;
  static_cast<void>(value.boolean());
  static_cast<void>(value.integer());
  static_cast<void>(value.number());
  static_cast<void>(value.text());
  static_cast<void>(value.bytes());
  static_cast<void>(value.symbol());
  static_cast<void>(value.get("ent"));
  static_cast<void>(value.spelled());
  static_cast<void>(models::pickled_name(value));
  try {
    static_cast<void>(models::numpy_array(value, "pickle"));
  } catch (const InputError&) {
    // An array that is cut off.
  }
  for (std::size_t i = 0; i < value.size() && left > 0; ++i) look_at(value.at(i), left, depth + 1);
  for (std::size_t i = 0; i < value.pairs() && left > 0; ++i) {
    const auto [key, own] = value.pair(i);
    look_at(key, left, depth + 1);
    look_at(own, left, depth + 1);
  }
  look_at(value.arguments(), left, depth + 1);
  look_at(value.state(), left, depth + 1);
}

}  // namespace

void pickle(std::string_view bytes) {
  {
    MemoryBudget budget(kFuzzMemory);
    const models::Pickle read(bytes, "pickle", budget);
    std::size_t left = 1000;
    look_at(read.root(), left, 0);
    static_cast<void>(read.persistent_values());
  }
  read_embedding(scratch_file("pickle", "model.pkl", bytes), "pickled-vectors");
}

}  // namespace kgaudit::fuzz::targets
