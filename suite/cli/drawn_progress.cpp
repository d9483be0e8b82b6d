#include "suite/cli/drawn_progress.hpp"

#include <fmt/format.h>

#include "suite/base/text.hpp"
#include "suite/base/visible.hpp"

namespace kgaudit::cli {
namespace {

constexpr auto kRedrawEvery = std::chrono::milliseconds(100);
constexpr auto kPlainLineEvery = std::chrono::seconds(5);
constexpr auto kWorthMentioning = std::chrono::seconds(1);

double seconds(std::chrono::steady_clock::duration duration) {
  return std::chrono::duration<double>(duration).count();
}

}  // namespace

DrawnProgress::~DrawnProgress() { erase_line(); }

void DrawnProgress::begin(std::string_view stage, std::uint64_t total) {
  stage_ = stage;
  note_.clear();
  total_ = total;
  done_ = done_at_start_ = 0;
  started_ = false;
  begun_ = shown_ = Clock::now();
  if (console_.stderr_is_terminal()) draw_line();
}

void DrawnProgress::advance(std::uint64_t done, std::string_view note) {
  if (!started_) done_at_start_ = done > 0 ? done - 1 : 0;
  started_ = true;
  done_ = done;
  note_ = note;
  const auto pause = console_.stderr_is_terminal() ? Clock::duration(kRedrawEvery)
                                                   : Clock::duration(kPlainLineEvery);
  if (Clock::now() - shown_ < pause) return;
  shown_ = Clock::now();
  if (console_.stderr_is_terminal()) {
    draw_line();
  } else {
    console_.note(state_text());
  }
}

void DrawnProgress::end() {
  erase_line();
  const auto taken = Clock::now() - begun_;
  if (taken >= kWorthMentioning) {
    console_.note(fmt::format("{}: done in {}", stage_, duration_text(seconds(taken))));
  }
}

void DrawnProgress::give_up() { erase_line(); }

void DrawnProgress::warn(std::string_view message) {
  erase_line();
  console_.note(fmt::format("warning: {}", message));
}

std::string DrawnProgress::state_text() const {
  std::string text = stage_;
  if (total_ > 0) text += fmt::format(": {} of {}", with_thousands(done_), with_thousands(total_));
  if (!note_.empty()) text += fmt::format(" ({})", note_);
  const std::uint64_t fresh = done_ - std::min(done_, done_at_start_);
  if (fresh > 0 && total_ > done_) {
    const double each = seconds(Clock::now() - begun_) / static_cast<double>(fresh);
    text += fmt::format(", {} left", duration_text(each * static_cast<double>(total_ - done_)));
  }
  return visible(text);
}

void DrawnProgress::draw_line() {
  if (console_.quiet()) return;
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
