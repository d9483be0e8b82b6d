#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reports/record/job_lines.hpp"
#include "reports/record/record_file.hpp"

namespace kgaudit::reports {

/// The record of a search of weights (`kgaudit tune`), search.jsonl: the first line says what is
/// searched, then comes one line a trial. The tuning table is made from it alone.

/// First line. Searches of schema 1 are read too; they do not know their data.
struct SearchLine {
  int schema = kJobSchema;
  JobLine job;
  TextPairs tuning;       ///< budget, demands and seed of the search, in reading order
  std::string objective;  ///< what is maximised and demanded, in words
  std::string reference;  ///< the system that the others are judged against

  bool operator==(const SearchLine&) const = default;
};

/// What a trial was worth. Any `feasible` one is better than any that is not; feasible ones are
/// ordered by quality (higher first), others by their violation (lower first), then quality.
struct TrialResult {
  double violation = 0.0;         ///< 0 = all demands are met
  std::optional<double> quality;  ///< nothing = Undefined: worse than everything defined

  [[nodiscard]] bool feasible() const { return violation <= 0.0 && quality.has_value(); }
};
/// Strictly: of two equal results neither is better.
[[nodiscard]] bool better(const TrialResult& a, const TrialResult& b);

/// One trained and judged set of weights.
struct TrialLine {
  std::string system;
  std::uint64_t number = 0;  ///< of the system's trials, from 1
  std::vector<std::pair<std::string, double>> values;
  std::optional<double> mrr;  ///< on validation triples
  double violation = 0.0;
  std::vector<std::string> misses;  ///< each missed demand in words; empty = feasible
  /// Attribute -> 1 - question / question of the reference, where question is the share answered
  /// right above that of the commonest answer. Schema 1: of |ΔS|.
  std::map<std::string, double> reductions;
  /// Attribute -> AUC of the strongest probe of hidden persons less .5. Schema 1: accuracy of the
  /// MLP probe less the majority's.
  std::map<std::string, double> leakage;
  double seconds = 0.0;
  std::string folder;  ///< of its run, relative to the search's
  std::string plan_hash;
  std::string failure = {};  ///< why there is no MRR, such as "diverged at epoch 3"; "" if there is
  TextPairs words = {};      ///< `values` of parameters that are words; no key in the file if empty

  [[nodiscard]] TrialResult result() const { return {violation, mrr}; }
  bool operator==(const TrialLine&) const = default;
};

/// One line of JSON without the newline; reading it gives back an equal value. A trial is written
/// in schema 2.
[[nodiscard]] std::string to_json_line(const SearchLine& search);
[[nodiscard]] std::string to_json_line(const TrialLine& trial);
/// Throw InputError at `place`: unreadable for broken JSON and for missing, unknown or ill-typed
/// keys; not comparable for a schema version that is not known. The lines of a trial in schema 1 do
/// not say so themselves.
[[nodiscard]] SearchLine parse_search_line(std::string_view text, std::string_view place);
[[nodiscard]] TrialLine parse_trial_line(std::string_view text, std::string_view place,
                                         int schema = kJobSchema);

/// A search in memory, trials in file order.
struct SearchRecord {
  SearchLine search;
  std::vector<TrialLine> trials;
  std::vector<std::string> notices;  ///< what the reader tolerated, such as a torn last line

  /// Of one system, in order.
  [[nodiscard]] std::vector<const TrialLine*> trials_of(std::string_view system) const;
  /// The first of the system's best trials; nullptr for none.
  [[nodiscard]] const TrialLine* best_of(std::string_view system) const;
  /// In order of their first trials.
  [[nodiscard]] std::vector<std::string> systems() const;
};

/// Reads a search of schema 1 or 2. A system's trials must be numbered 1, 2, 3 ...: a trial that is
/// there twice or missing is refused. `name` stands for the file in messages.
[[nodiscard]] SearchRecord parse_search(std::string_view bytes, std::string_view name);
[[nodiscard]] SearchRecord read_search(const std::filesystem::path& file);

/// The record of a search under way.
class SearchRecordFile {
 public:
  /// Opens and locks the file and reads it. Throws InputError as RecordFile and parse_search do.
  SearchRecordFile(const std::filesystem::path& file, RecordFile::Start start);

  /// To be called once, before anything is appended: writes the first line, or throws InputError
  /// (not comparable) if the file holds a search with another plan, data, seeds or demands, or one
  /// of schema 1, which cannot tell.
  void begin(const SearchLine& search);
  /// When this returns, the trial is in the file.
  void append(TrialLine trial);

  /// All trials, those that were there included.
  [[nodiscard]] const SearchRecord& record() const { return record_; }

 private:
  std::filesystem::path path_;
  RecordFile file_;
  SearchRecord record_;
};

}  // namespace kgaudit::reports
