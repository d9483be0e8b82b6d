#pragma once

#include <string>

#include "reports/document/report_writer.hpp"

namespace kgaudit::cli {

/// What a paper needs beside its table: a paragraph on the methods with \cite, and the entries that
/// it cites.
struct PaperKit {
  std::string methods;     ///< methods.tex, for \input: a paragraph for each record
  std::string references;  ///< references.bib
};

/// Says what was done and measured as far as the records have it. Their words are escaped: a record
/// of somebody else brings no command of TeX along.
[[nodiscard]] PaperKit paper_kit(reports::Records records);

}  // namespace kgaudit::cli
