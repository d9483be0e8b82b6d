#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "suite/base/progress.hpp"

namespace kgaudit::run {

/// How long a run will still take, from the seconds that each kind of work took so far: an epoch of
/// Bose's filters is not one of Basic. A kind that was not timed yet takes as long as the others of
/// its stage did on average; a stage of which nothing was timed is left out.
class Forecast {
 public:
  /// `times` more pieces of this kind are to come: {"epoch", "kl"}.
  struct Kind {
    std::string stage;
    std::string system;
    auto operator<=>(const Kind&) const = default;
  };
  void expect(const Kind& kind, std::uint64_t times);
  /// Of one of the expected pieces a share in (0, 1] is done and took so long, until done() or
  /// another call of this says more. One piece is under way at a time.
  void under_way(const Kind& kind, double share, double seconds);
  /// One of the expected pieces is done; it took so long.
  void done(const Kind& kind, double seconds);
  /// So many pieces will not be needed: training stopped early, or diverged.
  void drop(const Kind& kind, std::uint64_t times);

  [[nodiscard]] Outlook outlook() const;

 private:
  struct Work {
    double expected = 0.0;  ///< pieces that are ahead
    double done = 0.0;      ///< pieces
    double seconds = 0.0;
  };
  struct Piece {
    Kind kind;
    double share = 0.0;
    double seconds = 0.0;
  };
  /// With what is under way.
  [[nodiscard]] std::map<Kind, Work> work_so_far() const;

  std::map<Kind, Work> work_;
  std::optional<Piece> under_way_;
  std::vector<std::string> stages_;  ///< in the order in which they were first expected
};

}  // namespace kgaudit::run
