#include "reports/record/run_record.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "reports/record/json_text.hpp"
#include "reports/record/record_line.hpp"
#include "suite/base/error.hpp"

namespace kgaudit::reports {
namespace {

// What a line speaks of; of two lines with the same subject the later one stands. JSON text is used
// because it keeps neighbouring parts apart whatever they contain.
std::string subject_of(const RecordLine& line) {
  JsonText key;
  key.open_list().whole(line.index());
  if (const auto* e = std::get_if<EpochLine>(&line)) {
    key.text(e->system).whole(e->seed).whole(e->epoch);
  } else if (const auto* m = std::get_if<MeasurementLine>(&line)) {
    key.text(m->system).text(m->view).whole(m->seed).text(m->metric);
    for (const auto& [name, value] : m->facets) key.text(name).text(value);
  } else if (const auto* t = std::get_if<TableHashLine>(&line)) {
    key.text(t->system).whole(t->seed);
  } else if (const auto* r = std::get_if<RawLine>(&line)) {
    key.text(r->file);
  } else if (const auto* f = std::get_if<FindingLine>(&line)) {
    key.text(f->level).text(f->check).text(f->subject).text(f->message);
  } else if (const auto* d = std::get_if<DoneLine>(&line)) {
    key.text(d->system).whole(d->seed);
  }
  return key.close().take();
}

class RecordBuilder {
 public:
  void add(RecordLine line, const std::string& place) {
    const bool is_run = std::holds_alternative<RunLine>(line);
    if (is_run != first_) {
      throw InputError::unreadable(
          place, is_run ? "a second 'run' line" : "the file does not begin with a 'run' line",
          "one 'run' line, the first");
    }
    first_ = false;
    if (is_run) {
      record_.run = std::get<RunLine>(std::move(line));
      return;
    }
    if (const auto* m = std::get_if<MeasurementLine>(&line); m && m->run != record_.run.run) {
      throw InputError(ExitCode::kNotComparable,
                       {place, fmt::format("a measurement of run '{}'", printable(m->run)),
                        fmt::format("measurements of run '{}' only", printable(record_.run.run)),
                        "keep one run a file"});
    }
    const auto [known, fresh] = position_.try_emplace(subject_of(line), lines_.size());
    if (fresh) {
      lines_.push_back(std::move(line));
    } else {
      lines_[known->second] = std::move(line);
    }
  }

  RunRecord finish() {
    for (RecordLine& line : lines_) {
      std::visit([this](auto& typed) { put(std::move(typed)); }, line);
    }
    return std::move(record_);
  }

 private:
  void put(RunLine&&) {}
  void put(EpochLine&& line) { record_.epochs.push_back(std::move(line)); }
  void put(MeasurementLine&& line) { record_.measurements.push_back(std::move(line)); }
  void put(TableHashLine&& line) { record_.table_hashes.push_back(std::move(line)); }
  void put(RawLine&& line) { record_.raw.push_back(std::move(line)); }
  void put(FindingLine&& line) { record_.findings.push_back(std::move(line)); }
  void put(DoneLine&& line) { record_.done.push_back(std::move(line)); }

  bool first_ = true;
  RunRecord record_;
  std::vector<RecordLine> lines_;
  std::map<std::string, std::size_t> position_;
};

// The first way in which a file's run differs from the one to be continued; "" if it is the same.
// Start time and labels may differ: no number depends on them.
std::string difference(const RunLine& on_file, const RunLine& wanted) {
  if (on_file.run != wanted.run || on_file.plan_hash != wanted.plan_hash ||
      on_file.plan != canonical_json(wanted.plan, "plan") || on_file.settings != wanted.settings) {
    return "plan";
  }
  if (on_file.dataset != wanted.dataset || on_file.data_files != wanted.data_files ||
      on_file.graph_hash != wanted.graph_hash) {
    return "data";
  }
  if (on_file.build != wanted.build) return "build";
  if (on_file.machine != wanted.machine) return "machine";
  return "";
}

}  // namespace

bool RunRecord::is_done(std::string_view system, std::uint64_t seed) const {
  return std::any_of(done.begin(), done.end(), [&](const DoneLine& line) {
    return line.system == system && line.seed == seed;
  });
}

RunRecord parse_record(std::string_view bytes, std::string_view name) {
  CompleteLines complete =
      complete_lines(bytes, name, "a run record: JSON Lines that begin with a 'run' line");
  RecordBuilder builder;
  for (const CompleteLines::Line& line : complete.lines) {
    builder.add(parse_record_line(line.text, line.place), line.place);
  }
  RunRecord record = builder.finish();
  record.complete_bytes = complete.bytes;
  record.notices = std::move(complete.notices);
  return record;
}

RunRecord read_record(const std::filesystem::path& file) {
  return parse_record(read_record_bytes(file), file.string());
}

RunRecordFile::RunRecordFile(const std::filesystem::path& file, const RunLine& run, Start start)
    : file_(file, start) {
  // Without a complete line it is a first line that a crash cut short: nothing was measured yet.
  if (!file_.continued()) {
    append(run);
    earlier_.run = run;
    return;
  }
  earlier_ = parse_record(file_.take_earlier(), file.string());
  if (const std::string differs = difference(earlier_.run, run); !differs.empty()) {
    throw InputError(ExitCode::kNotComparable,
                     {file.string(), fmt::format("the record there has another {}", differs),
                      "a record of the same plan, data, build and machine",
                      "choose another folder; a record is never overwritten by a different run"});
  }
}

void RunRecordFile::append(const RecordLine& line) {
  file_.append(to_json_line(line));
  if (std::holds_alternative<DoneLine>(line)) file_.sync();
}

}  // namespace kgaudit::reports
