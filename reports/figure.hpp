#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "reports/report_writer.hpp"
#include "reports/run_record.hpp"

namespace kgaudit::reports {

/// A figure as gnuplot takes it: a data file and a script that draws <name>.svg and <name>.png from
/// it. Pure bytes; whoever has gnuplot can draw it again by hand: `gnuplot <name>.gp`.
struct Figure {
  std::string name;  ///< stem of all its files; letters, digits and '_' only
  std::string data;
  std::string script;
};

/// Bias against quality: |ΔS| of `attribute` over the filtered MRR, one point for every system with
/// its sd over seeds as bars. Up and to the left is worse, down and to the right is better. Nothing
/// if no row has both values.
[[nodiscard]] std::optional<Figure> bias_against_quality(const RunRecord& record,
                                                         const std::string& attribute);

struct Drawing {
  std::vector<std::string> files;  ///< names of the files that now lie in the folder
  std::string not_drawn;           ///< why there are no pictures; "" if there are
};

/// Writes the data file and the script into `folder` and has gnuplot draw both pictures. A machine
/// without gnuplot is no error: the sources are written and `not_drawn` says why no picture is.
/// Throws InputError (usage) if the sources cannot be written.
[[nodiscard]] Drawing draw(const Figure& figure, const std::filesystem::path& folder);

}  // namespace kgaudit::reports
