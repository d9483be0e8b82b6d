#include "datasets/triple_format.hpp"

#include <utility>

namespace kgaudit::datasets {

TripleLines::TripleLines(TripleInput& input, std::string_view record, Progress& progress,
                         const ReadLimits& limits)
    : place_(input.place),
      record_(record),
      progress_(progress),
      stage_(progress, fmt::format("reading {}", input.place)),
      reader_(*input.bytes, input.place, limits.line_bytes) {}

bool TripleLines::next() {
  // How often progress is told, without a clock call a line.
  constexpr std::uint64_t kPace = 65536;
  while (reader_.next()) {
    if (blank_) throw error_at(number() - 1, "an empty line", record_);
    if (number() % kPace == 0) {
      stage_.advance(number(), "lines");
      if (progress_.stop_requested()) throw Interrupted();
    }
    if (!line().empty()) return true;
    blank_ = true;
  }
  return false;
}

std::string_view TripleLines::first() {
  if (!reader_.next()) throw empty_file();
  return line();
}

InputError TripleLines::error_at(std::uint64_t number, std::string got, std::string expected,
                                 std::string advice) const {
  return InputError::unreadable(fmt::format("{}:{}", place_, number), std::move(got),
                                std::move(expected), std::move(advice));
}

InputError TripleLines::empty_file() const {
  return error_at(1, "an empty file", "one triple a line");
}

}  // namespace kgaudit::datasets
