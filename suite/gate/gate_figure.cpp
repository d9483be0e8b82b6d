#include "suite/gate/gate_figure.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include <fmt/format.h>

#include "suite/base/error.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::run {
namespace {

using Kind = GateFigure::Kind;

// Badness of the worst value: an MRR of 0, an AUC of 0 or 1, nobody asked right or all.
constexpr double kNoQuality = 0.0;
constexpr double kSureAuc = 0.5;
constexpr double kAll = 1.0;
constexpr double kNoEnd = std::numeric_limits<double>::infinity();

constexpr std::array kGateFigures = {
    GateFigure{"mrr", "MRR", Kind::kQuality, Worse::kLower, 0.0, kNoQuality, reports::kFilteredMrr,
               true},
    GateFigure{"mrr_others", "MRR without sensitive relations", Kind::kQuality, Worse::kLower, 0.0,
               kNoQuality, reports::kMrrWithoutSensitive, true},
    GateFigure{"hits_at_1", "H@1", Kind::kQuality, Worse::kLower, 0.0, kNoQuality,
               reports::kFilteredHitsAt1},
    GateFigure{"hits_at_10", "H@10", Kind::kQuality, Worse::kLower, 0.0, kNoQuality,
               reports::kFilteredHitsAt10},
    GateFigure{"question_auc", "question, AUC", Kind::kBias, Worse::kFurther, 0.5, kSureAuc,
               reports::kQuestionAuc, true},
    GateFigure{"question_excess", "question right, above the commonest answer", Kind::kBias,
               Worse::kAbove, 0.0, kAll, reports::kQuestionExcess},
    GateFigure{"score_gap", "score gap ΔS", Kind::kBias, Worse::kFurther, 0.0, kNoEnd,
               reports::kGapMicro, true},
    GateFigure{"score_gap_in_sds", "score gap in sd over persons", Kind::kBias, Worse::kFurther,
               0.0, kNoEnd, reports::kGapInPersonSds},
    GateFigure{"leakage_auc", "leakage, AUC of the strongest probe", Kind::kLeakage, Worse::kAbove,
               0.5, kSureAuc, reports::kStrongestAuc, true, 2},
    GateFigure{"leakage_auc_seen", "leakage, AUC of the strongest probe, on persons it has seen",
               Kind::kLeakage, Worse::kAbove, 0.5, kSureAuc, reports::kStatedStrongestAuc, true},
    GateFigure{"leakage_accuracy", "leakage, balanced accuracy above chance", Kind::kLeakage,
               Worse::kAbove, 0.0, kAll, reports::kStrongestBalancedExcess, false, 3},
    GateFigure{"seconds_against_basic", "seconds per epoch against Basic", Kind::kTime,
               Worse::kHigher, 0.0, kNoEnd, reports::kRatioToBasic},
};

}  // namespace

std::span<const GateFigure> gate_figures() { return kGateFigures; }

const GateFigure& gate_figure(std::string_view id, const std::string& place) {
  const auto found = std::find_if(kGateFigures.begin(), kGateFigures.end(),
                                  [&](const GateFigure& figure) { return figure.id == id; });
  if (found != kGateFigures.end()) return *found;
  std::vector<std::string_view> ids;
  for (const GateFigure& figure : kGateFigures) ids.push_back(figure.id);
  throw InputError::unknown(place, "figure", id, ids);
}

std::string figure_versions_text() {
  std::map<std::string_view, int> later;
  for (const GateFigure& figure : kGateFigures) {
    if (figure.version > 1) later[figure.id] = figure.version;
  }
  std::string text;
  for (const auto& [id, version] : later) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", id, version);
  }
  return text;
}

std::map<std::string, int> figure_versions_of(const std::map<std::string, std::string>& build) {
  std::map<std::string, int> versions;
  for (const GateFigure& figure : kGateFigures) versions[std::string(figure.id)] = 1;
  const auto stated = build.find(kFigureVersions);
  const auto program = build.find("version");
  std::string_view rest;
  if (stated != build.end()) {
    rest = stated->second;
  } else if (program != build.end() && program->second == "0.2.0") {
    rest = "leakage_accuracy 2, leakage_auc 2";
  }
  while (!rest.empty()) {
    const std::string_view one = rest.substr(0, rest.find(", "));
    rest.remove_prefix(std::min(rest.size(), one.size() + 2));
    const std::size_t blank = one.find(' ');
    const auto known = versions.find(std::string(one.substr(0, blank)));
    if (blank == std::string_view::npos || known == versions.end()) continue;
    if (const auto number = parse_uint(one.substr(blank + 1)); number && *number < 1000) {
      known->second = static_cast<int>(*number);
    }
  }
  return versions;
}

double badness(const GateFigure& figure, double value) {
  switch (figure.worse) {
    case Worse::kLower:
      return -value;
    case Worse::kHigher:
      return value;
    case Worse::kFurther:
      return std::abs(value - figure.neutral);
    case Worse::kAbove:
      return std::max(value - figure.neutral, 0.0);
  }
  return value;
}

double worsened(const GateFigure& figure, double value, double amount) {
  switch (figure.worse) {
    case Worse::kLower:
      return value - amount;
    case Worse::kHigher:
      return value + amount;
    case Worse::kFurther:
      return value < figure.neutral ? value - amount : value + amount;
    case Worse::kAbove:
      return std::max(value, figure.neutral) + amount;
  }
  return value;
}

std::string better_in_words(const GateFigure& figure) {
  switch (figure.worse) {
    case Worse::kLower:
      return "higher";
    case Worse::kHigher:
      return "lower";
    case Worse::kFurther:
      return "closer to " + number_text(figure.neutral);
    case Worse::kAbove:
      return "at most " + number_text(figure.neutral);
  }
  return "";
}

}  // namespace kgaudit::run
