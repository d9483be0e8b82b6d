#include "reports/record/search_record.hpp"

#include <algorithm>
#include <array>
#include <tuple>

#include <fmt/format.h>

#include "suite/base/error.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::reports {
namespace {

constexpr std::array<std::uint64_t, 2> kSearchSchemas = {1, kJobSchema};
constexpr std::array<std::uint64_t, 1> kNewest = {kJobSchema};

void refuse_other_kind(ObjectReader& r, std::string_view wanted, const char* what) {
  const std::string kind = r.text("kind");
  if (kind == wanted) return;
  throw r.refuse(fmt::format("a line of kind '{}'", printable(kind)), what);
}

std::map<std::string, double> by_name(const std::vector<std::pair<std::string, double>>& pairs) {
  return {pairs.begin(), pairs.end()};
}

/// Schema 1 has numbers where schema 2 has texts, no data, and one seed where it had no several.
void read_schema_1(ObjectReader& r, SearchLine& search) {
  search.job.plan = r.json("plan");
  search.job.plan_hash = r.text("plan_hash");
  search.job.seeds =
      r.has("seed") ? std::vector<std::uint64_t>{r.whole("seed")} : r.wholes("seeds");
  search.job.started = r.text("started");
  for (const auto& [name, value] : r.numbers("tuning")) {
    search.tuning.emplace_back(name, number_text(value));
  }
  search.objective = r.text("objective");
}

void put(SearchRecord& record, TrialLine trial, const std::string& place) {
  const std::size_t before = record.trials_of(trial.system).size();
  if (trial.number != before + 1) {
    throw InputError::unreadable(
        place,
        trial.number <= before
            ? fmt::format("trial {} of {} is there twice", trial.number, printable(trial.system))
            : fmt::format("trial {} of {} after {} of them", trial.number, printable(trial.system),
                          before),
        "the trials of a system in order, each once");
  }
  record.trials.push_back(std::move(trial));
}

}  // namespace

bool better(const TrialResult& a, const TrialResult& b) {
  if (a.feasible() != b.feasible()) return a.feasible();
  // An undefined quality comes last whatever it violates.
  const auto key = [](const TrialResult& result) {
    return std::tuple(!result.quality.has_value(), result.violation, -result.quality.value_or(0.0));
  };
  return key(a) < key(b);
}

std::string to_json_line(const SearchLine& search) {
  LineWriter w(search.schema, "search");
  write_job(w, search.job);
  w.text_pairs("tuning", search.tuning).text("objective", search.objective);
  w.text("reference", search.reference);
  return w.finish();
}

std::string to_json_line(const TrialLine& trial) {
  LineWriter w(kJobSchema, "trial");
  w.text("system", trial.system).whole("trial", trial.number).numbers("values", trial.values);
  if (!trial.words.empty()) w.text_pairs("words", trial.words);
  w.number_or_null("mrr", trial.mrr).number("violation", trial.violation);
  w.text_list("misses", trial.misses).numbers("reductions", trial.reductions);
  w.numbers("leakage", trial.leakage).number("seconds", trial.seconds);
  w.text("folder", trial.folder).text("plan_hash", trial.plan_hash);
  w.text("failure", trial.failure);
  return w.finish();
}

SearchLine parse_search_line(std::string_view text, std::string_view place) {
  ObjectReader r(text, place);
  SearchLine search;
  search.schema = static_cast<int>(r.schema(kSearchSchemas));
  refuse_other_kind(r, "search", "the first line of a search");
  if (search.schema == 1) {
    read_schema_1(r, search);
  } else {
    search.job = read_job(r);
    search.tuning = r.text_pairs("tuning");
    search.objective = r.text("objective");
    search.reference = r.text("reference");
  }
  r.finish();
  return search;
}

TrialLine parse_trial_line(std::string_view text, std::string_view place, int schema) {
  ObjectReader r(text, place);
  if (schema == kJobSchema) r.schema(kNewest);
  refuse_other_kind(r, "trial", "a trial as `kgaudit tune` records it");
  TrialLine trial;
  trial.system = r.text("system");
  trial.number = r.whole("trial");
  trial.values = r.numbers("values");
  if (r.has("words")) trial.words = r.text_pairs("words");
  trial.mrr = r.number_or_null("mrr");
  trial.violation = r.number("violation");
  trial.misses = r.text_list("misses");
  trial.reductions = by_name(r.numbers("reductions"));
  trial.leakage = by_name(r.numbers(schema == 1 ? "probe_excess" : "leakage"));
  trial.seconds = r.number("seconds");
  trial.folder = r.text("folder");
  trial.plan_hash = r.text("plan_hash");
  if (schema == kJobSchema) trial.failure = r.text("failure");
  r.finish();
  return trial;
}

std::vector<const TrialLine*> SearchRecord::trials_of(std::string_view system) const {
  std::vector<const TrialLine*> found;
  for (const TrialLine& trial : trials) {
    if (trial.system == system) found.push_back(&trial);
  }
  return found;
}

const TrialLine* SearchRecord::best_of(std::string_view system) const {
  const TrialLine* best = nullptr;
  for (const TrialLine* trial : trials_of(system)) {
    if (best == nullptr || better(trial->result(), best->result())) best = trial;
  }
  return best;
}

std::vector<std::string> SearchRecord::systems() const {
  std::vector<std::string> found;
  for (const TrialLine& trial : trials) {
    if (std::find(found.begin(), found.end(), trial.system) == found.end()) {
      found.push_back(trial.system);
    }
  }
  return found;
}

SearchRecord parse_search(std::string_view bytes, std::string_view name) {
  CompleteLines complete = complete_lines(
      bytes, name, "the record of a search: JSON Lines that begin with a 'search' line");
  SearchRecord record;
  record.notices = std::move(complete.notices);
  record.search = parse_search_line(complete.lines.front().text, complete.lines.front().place);
  for (std::size_t i = 1; i < complete.lines.size(); ++i) {
    const CompleteLines::Line& line = complete.lines[i];
    put(record, parse_trial_line(line.text, line.place, record.search.schema), line.place);
  }
  // In schema 1 the reference is known by its place alone: its one trial comes first.
  if (record.search.schema == 1 && !record.trials.empty()) {
    record.search.reference = record.trials.front().system;
  }
  return record;
}

SearchRecord read_search(const std::filesystem::path& file) {
  return parse_search(read_record_bytes(file), file.string());
}

SearchRecordFile::SearchRecordFile(const std::filesystem::path& file, RecordFile::Start start)
    : path_(file), file_(file, start) {
  if (file_.continued()) record_ = parse_search(file_.take_earlier(), path_.string());
}

void SearchRecordFile::begin(const SearchLine& search) {
  if (!file_.continued()) {
    file_.append(to_json_line(search));
    record_.search = search;
    return;
  }
  const SearchLine& there = record_.search;
  if (there.schema != kJobSchema) {
    throw InputError(ExitCode::kNotComparable,
                     {path_.string(),
                      fmt::format("a search of schema version {}, which does not say what data it "
                                  "is of",
                                  there.schema),
                      fmt::format("schema version {}", kJobSchema),
                      "kgaudit report shows it; begin a new search in another --out"});
  }
  refuse_other_job(path_, difference(there.job, search.job));
  const bool same = there.tuning == search.tuning && there.objective == search.objective &&
                    there.reference == search.reference;
  refuse_other_job(path_, same ? "" : "budget or demand");
}

void SearchRecordFile::append(TrialLine trial) {
  file_.append(to_json_line(trial));
  file_.sync();
  record_.trials.push_back(std::move(trial));
}

}  // namespace kgaudit::reports
