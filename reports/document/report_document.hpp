#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reports/document/document.hpp"
#include "reports/document/report_writer.hpp"

namespace kgaudit::reports {

/// The whole report: for every record the comparison, the methods, what was run, groups and
/// attributes, professions, relations, popularity, time, integrity findings, the audit statement
/// and the plan that makes it again. Several records stand one after the other, each a part.
[[nodiscard]] Document report_document(Records records, const ReportOptions& options);

/// The records with their document, for the writers.
[[nodiscard]] Report make_report(Records records, ReportOptions options = {});

/// A name made of letters, digits and '_' alone: "kl+attr" -> "kl_attr". Not unique.
[[nodiscard]] std::string slug(std::string_view text);

/// The methods of a run in one paragraph, made from the record alone: data with hashes, systems and
/// training, seeds, measures with their intervals, tests with their corrections, machine.
[[nodiscard]] std::vector<Block> methods(const RunRecord& record);

/// Whether the record is of an audit of rows that were trained elsewhere, as its plan says.
[[nodiscard]] bool of_audit(const RunRecord& record);

/// Whether it is of an audit in which a file about people was all that said who the persons are:
/// there is no data set, and no relation was asked.
[[nodiscard]] bool of_people_alone(const RunRecord& record);

/// For each sensitive attribute of an audit what was found, in plain sentences: figures against
/// their neutral values, with intervals and sample sizes, and what to bear in mind. Empty for a
/// record of a run that trained its systems.
[[nodiscard]] std::vector<std::string> audit_verdict(const RunRecord& record);

/// What a comparison of systems shows, in plain sentences: which rows stand out, how sure that is,
/// and of each row quality, bias of its answers, leakage and time beside the reference's. Empty for
/// an audit, and where there is nothing to compare with.
[[nodiscard]] std::vector<std::string> comparison_verdict(const RunRecord& record);

/// A sentence of a verdict for other programs, with the figure that it is about.
struct Statement {
  /// "incomplete", "summary", "certainty" and "reading" are about the whole; "quality", "answers",
  /// "leakage" and "time" are about a row; "audit" is any sentence of an audit.
  std::string kind;
  std::string row = {};        ///< as tables name it: "bose [a]"; "" = about the whole
  std::string attribute = {};  ///< its id; "" = about none
  std::optional<double> value = {};
  std::optional<double> neutral = {};    ///< the value of a model without bias
  std::optional<double> reference = {};  ///< the value of the row that all are compared with
  std::string words;
};
/// The verdict of a record, a statement for each figure that it names.
[[nodiscard]] std::vector<Statement> statements(const RunRecord& record);

/// `audit_verdict` or `comparison_verdict`, whichever the record is of.
[[nodiscard]] std::vector<std::string> verdict(const RunRecord& record);

/// What the numbers are good for and what not: intended use, groups with their sizes, limits.
[[nodiscard]] std::vector<Block> audit_statement(const RunRecord& record);

}  // namespace kgaudit::reports
