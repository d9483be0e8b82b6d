#pragma once

#include <string>

#include "reports/record/run_record.hpp"

namespace kgaudit::cli {

/// What a paper needs beside its table: a paragraph on the methods with \cite, and the entries that
/// it cites.
struct PaperKit {
  std::string methods;     ///< methods.tex, for \input
  std::string references;  ///< references.bib
};

[[nodiscard]] PaperKit paper_kit(const reports::RunRecord& record);

}  // namespace kgaudit::cli
