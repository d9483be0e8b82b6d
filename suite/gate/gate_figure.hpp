#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>

#include "reports/record/fact_names.hpp"

namespace kgaudit::run {

/// Which values of a figure are the worse ones.
enum class Worse {
  kLower,    ///< MRR
  kHigher,   ///< seconds
  kFurther,  ///< the further from the neutral value, on either side: a score gap
  kAbove  ///< the further above the neutral value; below it is as good as at it: an attacker's AUC
};

/// A figure of a record that a rule of the gate can name.
struct GateFigure {
  enum class Kind { kQuality, kBias, kLeakage, kTime };

  std::string_view id;     ///< "mrr_others"
  std::string_view words;  ///< "MRR without sensitive relations"
  Kind kind;
  Worse worse;
  double neutral = 0.0;  ///< of kFurther and kAbove
  double worst;          ///< badness that no value goes beyond; infinite where there is no end
  reports::FactName fact;
  bool by_default = false;  ///< `gate init` writes a rule for it
  /// Counts the definitions that this figure has had: two of different versions are not compared.
  int version = 1;
};

/// All of them, quality first.
[[nodiscard]] std::span<const GateFigure> gate_figures();
/// Throws InputError (usage) at `place`, with the nearest id, if there is none.
[[nodiscard]] const GateFigure& gate_figure(std::string_view id, const std::string& place);

/// "leakage_accuracy 3, leakage_auc 2": the figures that no longer have their first definition, for
/// the build on record (kFigureVersions).
[[nodiscard]] std::string figure_versions_text();
/// The version that every figure had in the program of this build. Programs before 0.3.0 do not
/// say: 0.2.0 had those of its release, earlier ones the first.
[[nodiscard]] std::map<std::string, int> figure_versions_of(
    const std::map<std::string, std::string>& build);
/// Name of that line of a build.
inline constexpr const char* kFigureVersions = "figures";

/// How bad a value is: larger is worse, and what makes it larger by 1 makes the figure worse by 1.
/// 0 is a bias or a leak that is not there; quality is less than 0.
[[nodiscard]] double badness(const GateFigure& figure, double value);

/// The value that is worse than this one by `amount` >= 0.
[[nodiscard]] double worsened(const GateFigure& figure, double value, double amount);

/// "higher", "lower", "closer to 0", "at most 0.5".
[[nodiscard]] std::string better_in_words(const GateFigure& figure);

}  // namespace kgaudit::run
