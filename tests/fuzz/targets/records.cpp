#include "reports/record/run_record.hpp"
#include "tests/fuzz/fuzz_target.hpp"

namespace kgaudit::fuzz::targets {

void records(std::string_view bytes) {
  static_cast<void>(reports::parse_record(bytes, "record.jsonl"));
}

}  // namespace kgaudit::fuzz::targets
