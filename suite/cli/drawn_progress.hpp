#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "suite/base/progress.hpp"
#include "suite/cli/console.hpp"

namespace kgaudit::cli {

/// Progress on stderr: the share of the whole job and the time left where they are known, else
/// those of the stage. On a terminal: one line, drawn anew at most ten times a second. Elsewhere: a
/// plain line every ten seconds and a dot every two, so that a log shows that the job lives. Tells
/// that a wish to stop was heard. With --quiet: nothing.
class DrawnProgress : public Progress {
 public:
  explicit DrawnProgress(const Console& console);
  ~DrawnProgress() override;

  void begin(std::string_view stage, std::uint64_t total) override;
  void advance(std::uint64_t done, std::string_view note) override;
  void end() override;
  void give_up() override;
  void foresee(const Outlook& outlook) override;
  void warn(std::string_view message) override;

 private:
  using Clock = std::chrono::steady_clock;

  /// Draws where the job itself has been silent.
  void beat();
  void beat_until_stopped();
  void start_beating();
  [[nodiscard]] std::string state_text() const;
  [[nodiscard]] std::string whole_text() const;
  void draw_line();
  void erase_line();

  const Console& console_;
  /// Of everything below: the heartbeat has a thread of its own.
  std::mutex mutex_;
  std::string stage_;
  std::string note_;
  std::uint64_t total_ = 0;
  std::uint64_t done_ = 0;
  std::uint64_t done_at_start_ = 0;  ///< a resumed stage begins in the middle
  bool started_ = false;
  bool in_stage_ = false;
  Clock::time_point begun_;
  Clock::time_point shown_;  ///< a line
  Clock::time_point alive_;  ///< a line or a dot
  std::optional<Outlook> outlook_;
  Clock::time_point foreseen_;
  bool line_on_screen_ = false;
  bool stop_told_ = false;
  bool stopped_ = false;
  std::condition_variable stop_;
  std::thread heart_;
};

}  // namespace kgaudit::cli
