#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "suite/base/exit_code.hpp"
#include "suite/gate/gate_check.hpp"

namespace kgaudit::run {

/// What the outputs of a gate are made from.
struct GateReport {
  GateResult result;
  ExitCode code = ExitCode::kPass;  ///< of the verdict
  bool strict = false;              ///< inconclusive counts as a failure
  bool report_only = false;         ///< the program ends with 0 whatever the verdict
  double alpha = 0.05;
  std::string dataset;
  std::string candidate;  ///< record, as the user wrote it
  std::string baseline;   ///< file
  std::string rules;      ///< file
  std::string program;    ///< "kgaudit 0.1.0"
};

/// One roster entry: a kind of file that a CI system reads.
struct GateOutput {
  std::string_view id;         ///< "junit"
  std::string_view file_name;  ///< "gate-junit.xml"
  std::string_view description;
  std::string_view source;  ///< what defines the form
  /// A file of an earlier gate is known by its beginning, and by what stands further on where that
  /// alone is anybody's.
  std::string_view begins;
  std::string_view holds;  ///< "" where the beginning will do
  /// All of the file, with a newline at its end.
  std::string (*render)(const GateReport& report);
};

/// All outputs in roster order.
[[nodiscard]] std::span<const GateOutput* const> gate_outputs();
[[nodiscard]] const GateOutput& find_gate_output(std::string_view id);

/// Whether the output may take the place of what has this name: nothing, a file without content, or
/// one that a gate wrote as the same output. What cannot be read is somebody else's.
[[nodiscard]] bool may_be_replaced(const GateOutput& output, const std::filesystem::path& file);

/// The code for a result: 0 pass, 1 regression, 3 inconclusive (1 with `strict`), 4 not comparable,
/// 7 nothing measured.
[[nodiscard]] ExitCode gate_code(const GateResult& result, bool strict);

/// Whether the record could be held against the baseline at all: comparable as a whole, and with a
/// value of some figure that the rules name.
[[nodiscard]] bool was_judged(const GateResult& result);
/// Whether a CI system shows the finding as a failure: a regression, in a strict gate also what is
/// inconclusive. Nothing fails a gate that only reports.
[[nodiscard]] bool fails(const GateFinding& finding, const GateReport& report);
/// "Report only: ends with 0 in place of 1." where a gate that only reports did not pass; else "".
[[nodiscard]] std::string report_only_in_words(const GateReport& report);

/// "Regression: 2 of 24 figures are worse than the rules allow." and why the rest is what it is.
[[nodiscard]] std::string gate_headline(const GateReport& report);
/// Names and reasons come from the data: a line of text in which what moves the text around it (see
/// unsafe_length) is written out. The next three give such lines.
[[nodiscard]] std::string inert_text(std::string_view text);
/// "neutral+attr / gender / question, AUC": the row, the attribute and the figure in words.
[[nodiscard]] std::string figure_in_words(const GateFinding& finding);
/// "at most" or "at least": what a question about a limit asks.
[[nodiscard]] std::string_view side_of_limit(const GateFinding& finding);
/// "neutral+attr / gender / question, AUC: worse by 0.2 ...".
[[nodiscard]] std::string sentence_of(const GateFinding& finding);
/// "gender/question_auc/change": what went wrong, without the row. Where several rules ask it,
/// "gender/question_auc/change-2" is that of the second.
[[nodiscard]] std::string rule_id_of(const GateFinding& finding);

/// File, without a "./" before it, and line of a rule's place ("kgaudit.toml:12"); line 1 where
/// there is none.
[[nodiscard]] std::pair<std::string, std::uint64_t> file_and_line(const std::string& place);
/// The same for the same question of the same figure, whatever its values, and of no other: 16 hex
/// digits.
[[nodiscard]] std::string fingerprint_of(const GateFinding& finding);

/// Text inside XML: markup characters escaped, and what XML 1.0 has no way to write replaced.
[[nodiscard]] std::string xml_text(std::string_view text);

}  // namespace kgaudit::run
