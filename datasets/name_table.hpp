#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kgaudit::datasets {

/// At most so many names are in one table.
inline constexpr std::uint64_t kMostNames = std::uint64_t{1} << 31U;

/// Unique names with dense ids 0 .. size() - 1, found by name.
class NameTable {
 public:
  NameTable() = default;
  /// The names get their places as ids. They must be unique (BrokenInvariant otherwise).
  explicit NameTable(std::vector<std::string> names);

  /// The id of a name; a new name gets the next one.
  std::uint32_t id(std::string_view name);
  [[nodiscard]] std::optional<std::uint32_t> find(std::string_view name) const;
  [[nodiscard]] std::size_t size() const { return names_.size(); }
  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }
  /// Hands the names over, by id; the table is empty afterwards.
  [[nodiscard]] std::vector<std::string> take();

 private:
  [[nodiscard]] std::size_t slot_of(std::string_view name) const;
  void rebuild(std::size_t slots);

  std::vector<std::string> names_;
  // Open addressing, at most half full; id + 1, 0 = free. Four bytes a slot, so that ten million
  // names cost 128 MiB instead of the node and pointer a name of std::unordered_map.
  std::vector<std::uint32_t> slots_;
};

}  // namespace kgaudit::datasets
