#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "models/embedding/foreign/foreign_path.hpp"
#include "suite/audit/persons_of_rows.hpp"
#include "suite/audit/self_check.hpp"
#include "suite/base/progress.hpp"
#include "suite/plan/plan.hpp"
#include "suite/run/job_options.hpp"

namespace kgaudit::run {

/// What is audited, and what is known of it.
struct AuditRequest {
  std::filesystem::path embedding;  ///< a file or folder of another tool
  models::ReadOptions reading;      ///< what the user says about it
  PersonSources persons;            ///< who says who is behind the rows
  /// Go on where no reading ranks known triples better than chance.
  bool accept_names = false;
  std::size_t checked_triples = kCheckedTriples;
  /// Leave relations aside: for models whose score none here gives.
  bool rows_only = false;
  /// Smallest group that any measure looks at; nothing = each measure's own.
  std::optional<std::size_t> min_group;
  /// Post-hoc systems of the plan that are tried on the rows and measured, and not kept.
  std::vector<std::string> previews;
};

/// What an audit found out before and beside its figures, which are on record.
struct EmbeddingAudit {
  std::filesystem::path directory;
  std::string name;                       ///< of the file or folder, as tables show it
  std::optional<SelfCheck> check;         ///< nothing for rows without relations
  std::vector<std::string> matched;       ///< sentences about names
  std::vector<std::string> not_measured;  ///< sentences, for rows without relations
};

/// Measures an embedding that was trained elsewhere and puts the figures on record as a run does:
///
///   read -> match names with the data -> choose the reading by known triples -> ranks -> metrics
///
/// The record has one system, `audit`, with seed 0, no epochs and no times; behind it one for each
/// preview. Nobody is hidden, since the model has seen everything: leakage is read by
/// cross-validation over persons. An embedding that a run of ours kept or exported, audited with
/// the data of that run, is measured as the run did it, with its seed, its hidden persons and its
/// attribute vectors; equal metrics then give the figures on that run's record to the bit. Rows
/// without relations (word vectors) are measured by what needs rows alone, of the plan's metrics.
/// Equal plans on equal files give equal numbers, for any number of threads.
///
/// `plan` names the data, the metrics and the folder; what it says of training is not used. Throws
/// InputError as the readers and the data sets do; unreadable when names and rows do not belong
/// together (require_fit), usage when too few names match or the folder is taken.
[[nodiscard]] EmbeddingAudit audit_embedding(const Plan& plan, const AuditRequest& request,
                                             const JobOptions& job, Progress& progress);

}  // namespace kgaudit::run
