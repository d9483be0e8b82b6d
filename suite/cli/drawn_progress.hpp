#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "suite/base/progress.hpp"
#include "suite/cli/console.hpp"

namespace kgaudit::cli {

/// Progress on stderr. On a terminal: one line with the expected time left, drawn anew at most ten
/// times a second. Elsewhere: a plain line every few seconds. With --quiet: nothing.
class DrawnProgress : public Progress {
 public:
  explicit DrawnProgress(const Console& console) : console_(console) {}
  ~DrawnProgress() override;

  void begin(std::string_view stage, std::uint64_t total) override;
  void advance(std::uint64_t done, std::string_view note) override;
  void end() override;
  void give_up() override;
  void warn(std::string_view message) override;

 private:
  using Clock = std::chrono::steady_clock;

  [[nodiscard]] std::string state_text() const;
  void draw_line();
  void erase_line();

  const Console& console_;
  std::string stage_;
  std::string note_;
  std::uint64_t total_ = 0;
  std::uint64_t done_ = 0;
  std::uint64_t done_at_start_ = 0;  ///< a resumed stage begins in the middle
  bool started_ = false;
  Clock::time_point begun_;
  Clock::time_point shown_;
  bool line_on_screen_ = false;
};

}  // namespace kgaudit::cli
