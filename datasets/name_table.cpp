#include "datasets/name_table.hpp"

#include <algorithm>
#include <bit>
#include <functional>
#include <utility>

#include "suite/base/error.hpp"

namespace kgaudit::datasets {

NameTable::NameTable(std::vector<std::string> names) : names_(std::move(names)) {
  KGA_REQUIRE(names_.size() <= kMostNames, "{} names", names_.size());
  rebuild(std::bit_ceil(names_.size() * 2 + 1));
}

std::uint32_t NameTable::id(std::string_view name) {
  if ((names_.size() + 1) * 2 > slots_.size()) {
    rebuild(std::max<std::size_t>(1024, slots_.size() * 2));
  }
  const std::size_t slot = slot_of(name);
  if (slots_[slot] == 0) {
    names_.emplace_back(name);
    slots_[slot] = static_cast<std::uint32_t>(names_.size());
  }
  return slots_[slot] - 1;
}

std::optional<std::uint32_t> NameTable::find(std::string_view name) const {
  if (slots_.empty()) return std::nullopt;
  const std::uint32_t found = slots_[slot_of(name)];
  if (found == 0) return std::nullopt;
  return found - 1;
}

std::vector<std::string> NameTable::take() {
  slots_.clear();
  return std::exchange(names_, {});
}

std::size_t NameTable::slot_of(std::string_view name) const {
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = std::hash<std::string_view>{}(name)&mask;
  while (slots_[slot] != 0 && names_[slots_[slot] - 1] != name) slot = (slot + 1) & mask;
  return slot;
}

void NameTable::rebuild(std::size_t slots) {
  slots_.assign(slots, 0);
  for (std::size_t id = 0; id < names_.size(); ++id) {
    std::uint32_t& slot = slots_[slot_of(names_[id])];
    KGA_REQUIRE(slot == 0, "ids {} and {} have the same name '{}'", slot - 1, id,
                printable(names_[id]));
    slot = static_cast<std::uint32_t>(id + 1);
  }
}

}  // namespace kgaudit::datasets
