#pragma once

#include <atomic>
#include <cstdint>
#include <exception>
#include <string>
#include <string_view>

namespace kgaudit {

/// What is known of a whole job that has several stages.
struct Outlook {
  double share = 0.0;         ///< of its time that is over, in [0, 1]
  double seconds_left = 0.0;  ///< of what has been timed
  bool whole = true;       ///< false: some kind of work was never timed yet and is left out of both
  std::string of = {};     ///< what was timed so far: "training", "training and measuring"
  std::string where = {};  ///< "seed 1 of 2"

  /// Whether something is known of what is still ahead.
  [[nodiscard]] bool foretells() const { return whole || seconds_left > 0.0; }
};

/// How a long job tells what it is doing. Libraries call it and never print; the command line
/// draws it. All calls come from one thread. The default does nothing.
class Progress {
 public:
  virtual ~Progress() = default;
  /// A new stage begins; `total` steps are expected, 0 when unknown.
  virtual void begin(std::string_view stage, std::uint64_t total) {
    static_cast<void>(stage);
    static_cast<void>(total);
  }
  /// `done` of the stage's steps are finished; `note` is a short state ("loss 1.234").
  virtual void advance(std::uint64_t done, std::string_view note) {
    static_cast<void>(done);
    static_cast<void>(note);
  }
  virtual void end() {}
  /// How far the whole job is, as soon as it is known better.
  virtual void foresee(const Outlook& outlook) { static_cast<void>(outlook); }
  /// The stage ends before its work is done, by an error or because the user stopped it.
  virtual void give_up() { end(); }
  /// Something the user should know and may act on; shown once, never part of a record.
  virtual void warn(std::string_view message) { static_cast<void>(message); }

  /// True once the user asked to stop: jobs finish their step, save and throw Interrupted.
  [[nodiscard]] bool stop_requested() const {
    return stop_ != nullptr && stop_->load(std::memory_order_relaxed);
  }
  void watch(const std::atomic<bool>* stop) { stop_ = stop; }

 private:
  const std::atomic<bool>* stop_ = nullptr;
};

/// For a job that nobody listens to.
inline Progress& silent_progress() {
  static Progress nobody;
  return nobody;
}

/// A stage of a job: begins when it is made and ends with its block, also when an exception leaves
/// the block. Stages do not overlap.
class Stage {
 public:
  /// `total` steps are expected, 0 when unknown.
  explicit Stage(Progress& progress, std::string_view name, std::uint64_t total = 0)
      : progress_(progress) {
    progress_.begin(name, total);
  }
  ~Stage() {
    if (std::uncaught_exceptions() > exceptions_) {
      progress_.give_up();
    } else {
      progress_.end();
    }
  }
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;

  void advance(std::uint64_t done, std::string_view note = "") { progress_.advance(done, note); }

 private:
  Progress& progress_;
  int exceptions_ = std::uncaught_exceptions();
};

}  // namespace kgaudit
