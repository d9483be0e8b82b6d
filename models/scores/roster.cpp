#include <array>

#include "models/scoring/score_function.hpp"
#include "suite/base/roster.hpp"

namespace kgaudit::models {

namespace scores_roster {
#define KGA_ENTRY(stem, id) extern const ScoreEntry stem;
#include "models/scores/roster.def"
#undef KGA_ENTRY
}  // namespace scores_roster

std::span<const ScoreEntry* const> scores() {
#define KGA_ENTRY(stem, id) &scores_roster::stem,
  static constexpr std::array kAll = {
#include "models/scores/roster.def"
  };
#undef KGA_ENTRY
  return kAll;
}

const ScoreEntry& find_score(std::string_view id) { return find_in_roster(scores(), id, "score"); }

}  // namespace kgaudit::models
