#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "reports/record/run_record.hpp"
#include "suite/gate/gate_figure.hpp"

namespace kgaudit::run {

/// What a figure was measured on: a row of the comparison and, for bias, an attribute.
struct GateKey {
  std::string figure;     ///< id of a GateFigure
  std::string row;        ///< "basic", "bose:a"
  std::string attribute;  ///< "gender"; "" for figures of no attribute

  auto operator<=>(const GateKey&) const = default;
  /// "neutral+attr / gender / question_auc".
  [[nodiscard]] std::string text() const;
};

/// A figure of one row over the seeds of a record.
struct GatedValue {
  std::map<std::uint64_t, double> seeds;  ///< value by seed; empty if it is undefined
  std::string undefined;                  ///< why there is no value; "" if there is one
  std::uint64_t n = 0;  ///< persons or triples behind the value of a seed, the fewest
  /// Of the value of one seed over persons or triples, the largest over seeds; nothing if the
  /// record has no interval.
  std::optional<double> standard_error;
  std::string unit;

  bool operator==(const GatedValue&) const = default;
  /// The values in the order of their seeds.
  [[nodiscard]] std::vector<double> values() const;
};

/// How bad each of the values is (see `badness`), in the order of their seeds.
[[nodiscard]] std::vector<double> bad_values(const GateFigure& figure, const GatedValue& value);

/// attribute -> value -> persons.
using PersonsByValue = std::map<std::string, std::map<std::string, std::uint64_t>>;

/// What a record or a baseline says, as far as gates go.
struct GateState {
  std::string kind;  ///< "bench" or "audit"
  std::string dataset;
  std::map<std::string, std::string> data_files;  ///< name -> SHA-256
  std::string graph_hash;
  /// SHA-256 of the parts of the plan that say how things are measured: metrics, evaluation, data.
  /// Two states of different ones are not comparable.
  std::string measuring;
  std::string plan_hash;                       ///< of the whole plan; may differ
  std::map<std::string, std::string> build;    ///< of the program that measured
  std::map<std::string, std::string> machine;  ///< that it ran on
  std::map<std::string, int> figure_versions;  ///< id -> figure_versions_of
  /// Findings of an audit that spoil its figures, such as rows that hold nothing: check -> message.
  std::map<std::string, std::string> warnings;
  std::map<GateKey, GatedValue> values;
  /// Whom bias was measured on, for whoever reads a baseline; none where no relation was asked. Not
  /// compared: other persons are other data.
  PersonsByValue groups;

  bool operator==(const GateState&) const = default;
};

/// Every figure of `gate_figures` that the record has facts of. Throws InputError (unreadable) if
/// the plan on record cannot be read.
[[nodiscard]] GateState gate_state_of(const reports::RunRecord& record);

/// A state and the record that it is of, for messages.
struct NamedState {
  std::string name;
  GateState state;
  std::string audited = {};  ///< what `audited_files` says of its record
};

/// Throws InputError (unreadable) with `name` as its place if the record was cut short or lacks a
/// training of its plan: what is not there cannot be worse. A bench that is still at work has such
/// a record.
void require_whole(const reports::RunRecord& record, const std::string& name);

/// SHA-256 over the files that an audit read; "" for the record of a bench.
[[nodiscard]] std::string audited_files(const reports::RunRecord& record);

/// Several records as one state: the audits of several trainings, of which each counts as a seed
/// (numbered in the order given), or benches of different seeds. A value that one of them lacks is
/// undefined. Throws InputError (not comparable) for records that cannot be compared, and (usage)
/// for two benches with a seed in common and two audits of the same files: a value that is counted
/// twice makes the spread over seeds smaller than it is.
[[nodiscard]] GateState combined_state(std::vector<NamedState> records);

/// A baseline in which every other row has the values that `row` has in this record: with it, the
/// record's rows are held against one of them, which was trained with the same seeds. Throws
/// InputError (usage) at `place`, with the nearest name, if the record has no such row.
[[nodiscard]] GateState baseline_of_row(const GateState& record, const std::string& row,
                                        const std::string& place);

/// Why the two cannot be compared, one sentence each; empty if they can.
[[nodiscard]] std::vector<std::string> why_not_comparable(const GateState& baseline,
                                                          const GateState& candidate);
/// Whether times of the two may be compared: the same machine and build flags.
[[nodiscard]] bool same_clock(const GateState& baseline, const GateState& candidate);

}  // namespace kgaudit::run
