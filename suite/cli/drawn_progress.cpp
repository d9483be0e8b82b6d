#include "suite/cli/drawn_progress.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "suite/base/text.hpp"
#include "suite/base/visible.hpp"

namespace kgaudit::cli {
namespace {

using namespace std::chrono_literals;

constexpr auto kRedrawEvery = 100ms;
constexpr auto kBeatOnTerminal = 500ms;
constexpr auto kPlainLineEvery = 10s;
constexpr auto kDotEvery = 1900ms;  // with the time that drawing takes, at most two seconds
constexpr auto kWorthMentioning = 1s;
constexpr std::size_t kBar = 20;          ///< columns
constexpr std::size_t kWideEnough = 100;  ///< for a bar

double seconds(std::chrono::steady_clock::duration duration) {
  return std::chrono::duration<double>(duration).count();
}

}  // namespace

DrawnProgress::DrawnProgress(const Console& console) : console_(console), alive_(Clock::now()) {}

DrawnProgress::~DrawnProgress() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopped_ = true;
    erase_line();
  }
  stop_.notify_all();
  if (heart_.joinable()) heart_.join();
}

void DrawnProgress::start_beating() {
  if (console_.quiet() || heart_.joinable()) return;
  heart_ = std::thread([this] { beat_until_stopped(); });
}

void DrawnProgress::beat_until_stopped() {
  std::unique_lock<std::mutex> lock(mutex_);
  const auto pause = console_.stderr_is_terminal() ? Clock::duration(kBeatOnTerminal)
                                                   : Clock::duration(kRedrawEvery);
  while (!stop_.wait_for(lock, pause, [this] { return stopped_; })) beat();
}

void DrawnProgress::beat() {
  const auto now = Clock::now();
  if (stop_requested() && !stop_told_) {
    // A step may take minutes: an epoch on a large graph.
    stop_told_ = true;
    erase_line();
    console_.note("stopping when this step is done; Ctrl-C again ends at once, without saving");
  }
  if (console_.stderr_is_terminal()) {
    if (in_stage_ && now - shown_ >= kBeatOnTerminal) draw_line();
  } else if (in_stage_ && now - shown_ >= kPlainLineEvery) {
    shown_ = alive_ = now;
    console_.note(state_text());
  } else if (now - alive_ >= kDotEvery) {
    alive_ = now;
    console_.dot();
  }
}

void DrawnProgress::begin(std::string_view stage, std::uint64_t total) {
  const std::lock_guard<std::mutex> lock(mutex_);
  stage_ = stage;
  note_.clear();
  total_ = total;
  done_ = done_at_start_ = 0;
  started_ = false;
  in_stage_ = true;
  begun_ = Clock::now();
  if (console_.stderr_is_terminal()) {
    draw_line();
  } else if (shown_ == Clock::time_point{}) {
    shown_ = begun_;  // the first plain line comes when something has been done for a while
  }
  start_beating();
}

void DrawnProgress::advance(std::uint64_t done, std::string_view note) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (!started_) done_at_start_ = done > 0 ? done - 1 : 0;
  started_ = true;
  done_ = done;
  note_ = note;
  if (console_.stderr_is_terminal() && Clock::now() - shown_ >= kRedrawEvery) draw_line();
}

void DrawnProgress::foresee(const Outlook& outlook) {
  const std::lock_guard<std::mutex> lock(mutex_);
  outlook_ = outlook;
  foreseen_ = Clock::now();
}

void DrawnProgress::end() {
  const std::lock_guard<std::mutex> lock(mutex_);
  erase_line();
  in_stage_ = false;
  const auto taken = Clock::now() - begun_;
  if (taken >= kWorthMentioning) {
    alive_ = Clock::now();
    console_.note(fmt::format("{}: done in {}", stage_, duration_text(seconds(taken))));
  }
}

void DrawnProgress::give_up() {
  const std::lock_guard<std::mutex> lock(mutex_);
  erase_line();
  in_stage_ = false;
}

void DrawnProgress::warn(std::string_view message) {
  const std::lock_guard<std::mutex> lock(mutex_);
  erase_line();
  console_.note(fmt::format("warning: {}", message));
}

std::string DrawnProgress::whole_text() const {
  const double since = seconds(Clock::now() - foreseen_);
  const double left = std::max(0.0, outlook_->seconds_left - since);
  // What was over then grows with the clock, what was left shrinks; together they stay the same.
  const double all = outlook_->share < 1.0 ? outlook_->seconds_left / (1.0 - outlook_->share) : 0.0;
  const double share = all > 0.0 ? 1.0 - left / all : outlook_->share;
  std::string text;
  if (console_.stderr_is_terminal() && console_.width() >= kWideEnough) {
    const auto full = static_cast<std::size_t>(share * static_cast<double>(kBar));
    text = fmt::format("[{}{}] ", std::string(std::min(full, kBar), '='),
                       std::string(kBar - std::min(full, kBar), ' '));
  }
  const std::string of = outlook_->whole ? "" : " of " + outlook_->of;
  text += fmt::format("{:.0f} %{}, ", std::floor(100.0 * share), of);
  // A second less than none is not said: the estimate was short.
  text += left < 1.0    ? std::string("nearly done")
          : left < 59.5 ? fmt::format("about {:.0f} s left", left)
                        : fmt::format("about {} left", duration_text(left));
  return fmt::format("{}; {}; ", text, outlook_->where);
}

std::string DrawnProgress::state_text() const {
  // Where all is done that was timed, the stage alone can say how far it is.
  const bool foretold = outlook_ && outlook_->foretells();
  std::string text = foretold ? whole_text() : "";
  text += stage_;
  if (total_ > 0) text += fmt::format(": {} of {}", with_thousands(done_), with_thousands(total_));
  if (!note_.empty()) text += fmt::format(" ({})", note_);
  const std::uint64_t fresh = done_ - std::min(done_, done_at_start_);
  if (!foretold && fresh > 0 && total_ > done_) {
    const double each = seconds(Clock::now() - begun_) / static_cast<double>(fresh);
    text += fmt::format(", {} left", duration_text(each * static_cast<double>(total_ - done_)));
  } else if (fresh == 0 || total_ == 0) {
    const auto taken = Clock::now() - begun_;
    if (taken >= kWorthMentioning) text += fmt::format(", {}", duration_text(seconds(taken)));
  }
  return visible(text);
}

void DrawnProgress::draw_line() {
  if (console_.quiet()) return;
  shown_ = alive_ = Clock::now();
  std::string text = state_text();
  if (display_width(text) >= console_.width()) {
    // A line that wraps cannot be taken back; the cut keeps whole characters.
    std::string cut;
    for (std::size_t i = 0, columns = 0; i < text.size() && columns + 1 < console_.width();
         ++columns) {
      const std::size_t length =
          std::max<std::size_t>(1, utf8_sequence_length(std::string_view(text).substr(i)));
      cut.append(text, i, length);
      i += length;
    }
    text = cut;
  }
  console_.draw("\r" + text + "\x1b[K");
  line_on_screen_ = true;
}

void DrawnProgress::erase_line() {
  if (line_on_screen_) console_.draw("\r\x1b[K");
  line_on_screen_ = false;
}

}  // namespace kgaudit::cli
