#include "suite/base/memory_budget.hpp"

#include <array>
#include <cmath>

#include "suite/base/error.hpp"
#include "suite/base/text.hpp"

namespace kgaudit {

void MemoryBudget::take(std::uint64_t count, std::uint64_t size, std::string_view place,
                        std::string_view what) {
  std::uint64_t bytes = 0;
  if (!__builtin_mul_overflow(count, size, &bytes) && bytes <= left()) {
    taken_ += bytes;
    return;
  }
  const bool absurd = size != 0 && count > (std::uint64_t{1} << 62U) / size;
  throw InputError::unreadable(
      std::string(place),
      absurd ? fmt::format("{} of {} x {} bytes", what, with_thousands(count), size)
             : fmt::format("{} of {}", what, bytes_text(bytes)),
      fmt::format("at most {} in memory", bytes_text(left())),
      absurd ? "the file says what cannot be: fetch it again"
             : "a larger --max-memory, if the machine has it");
}

std::uint64_t parse_memory_size(std::string_view text, std::string_view place) {
  struct Unit {
    std::string_view name;
    double bytes;
  };
  static constexpr std::array kUnits = {
      Unit{"", 1},
      Unit{"b", 1},
      Unit{"k", 1024},
      Unit{"kib", 1024},
      Unit{"kb", 1e3},
      Unit{"m", 1048576},
      Unit{"mib", 1048576},
      Unit{"mb", 1e6},
      Unit{"g", 1073741824},
      Unit{"gib", 1073741824},
      Unit{"gb", 1e9},
      Unit{"t", 1099511627776},
      Unit{"tib", 1099511627776},
      Unit{"tb", 1e12},
  };
  const std::size_t digits = text.find_first_not_of("0123456789.");
  const auto number = parse_double(text.substr(0, digits));
  std::string unit;
  if (digits != std::string_view::npos) {
    for (const char c : text.substr(digits)) {
      if (c != ' ') unit += ascii_small(c);
    }
  }
  for (const Unit& known : kUnits) {
    if (known.name != unit || !number) continue;
    const double bytes = *number * known.bytes;
    if (bytes >= 1 && bytes < 0x1p62) return static_cast<std::uint64_t>(bytes);
  }
  throw InputError::usage(std::string(place), fmt::format("'{}'", printable(text)),
                          "a size of memory, as 500M, 8G or a number of bytes");
}

}  // namespace kgaudit
