#include "reports/record/sweep_record.hpp"
#include "suite/base/error.hpp"
#include "tests/fuzz/fuzz_target.hpp"

namespace kgaudit::fuzz::targets {

/// sweep.jsonl of `kgaudit bench --sweep`. What is read is written as it reads.
void sweeps(std::string_view bytes) {
  const reports::SweepRecord sweep = reports::parse_sweep(bytes, "sweep.jsonl");
  const std::string line = to_json_line(sweep.sweep);
  KGA_REQUIRE(reports::parse_sweep_line(line, "again") == sweep.sweep, "{} reads as another sweep",
              line);
  for (const reports::PointLine& point : sweep.points) {
    KGA_REQUIRE(reports::parse_point_line(to_json_line(point), "again") == point,
                "{} reads as another point", to_json_line(point));
  }
}

}  // namespace kgaudit::fuzz::targets
