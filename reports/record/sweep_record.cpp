#include "reports/record/sweep_record.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "suite/base/error.hpp"

namespace kgaudit::reports {
namespace {

constexpr std::array<std::uint64_t, 1> kSweepSchemas = {kJobSchema};

void check_head(ObjectReader& r, std::string_view wanted, const char* what) {
  r.schema(kSweepSchemas);
  const std::string kind = r.text("kind");
  if (kind != wanted) throw r.refuse(fmt::format("a line of kind '{}'", printable(kind)), what);
}

const SweepRun* run_of(const SweepLine& sweep, std::string_view run) {
  const auto found = std::find_if(sweep.runs.begin(), sweep.runs.end(),
                                  [&](const SweepRun& one) { return one.run == run; });
  return found == sweep.runs.end() ? nullptr : &*found;
}

void put(SweepRecord& record, PointLine point, const std::string& place) {
  if (run_of(record.sweep, point.run) == nullptr) {
    throw InputError::unreadable(place,
                                 fmt::format("a point of the run '{}'", printable(point.run)),
                                 "points of the runs that the first line names");
  }
  if (record.point_of(point.run) != nullptr) {
    throw InputError::unreadable(place, fmt::format("the point {} is there twice", point.run),
                                 "each point once");
  }
  record.points.push_back(std::move(point));
}

}  // namespace

std::string to_json_line(const SweepLine& sweep) {
  LineWriter w(kJobSchema, "sweep");
  write_job(w, sweep.job);
  w.text_pairs("settings", sweep.settings);
  w.json().key("runs").open_list();
  for (const SweepRun& run : sweep.runs) {
    w.json().open_object();
    w.text("run", run.run).text("system", run.system).text_pairs("values", run.values);
    w.json().close();
  }
  w.json().close();
  return w.finish();
}

std::string to_json_line(const PointLine& point) {
  LineWriter w(kJobSchema, "point");
  w.text("run", point.run)
      .number_or_null("mrr", point.mrr)
      .number_or_null("question", point.question);
  w.number_or_null("leakage", point.leakage).text("failure", point.failure);
  return w.finish();
}

SweepLine parse_sweep_line(std::string_view text, std::string_view place) {
  ObjectReader r(text, place);
  check_head(r, "sweep", "the first line of a sweep");
  SweepLine sweep;
  sweep.job = read_job(r);
  sweep.settings = r.text_pairs("settings");
  for (ObjectReader& one : r.objects("runs")) {
    SweepRun run{one.text("run"), one.text("system"), one.text_pairs("values")};
    one.finish();
    if (run_of(sweep, run.run) != nullptr) {
      throw r.refuse(fmt::format("the run '{}' is named twice", printable(run.run)),
                     "each run once");
    }
    sweep.runs.push_back(std::move(run));
  }
  r.finish();
  return sweep;
}

PointLine parse_point_line(std::string_view text, std::string_view place) {
  ObjectReader r(text, place);
  check_head(r, "point", "a finished run as `kgaudit bench --sweep` records it");
  PointLine point{r.text("run"), r.number_or_null("mrr"), r.number_or_null("question"),
                  r.number_or_null("leakage"), r.text("failure")};
  r.finish();
  return point;
}

const PointLine* SweepRecord::point_of(std::string_view run) const {
  const auto found = std::find_if(points.begin(), points.end(),
                                  [&](const PointLine& point) { return point.run == run; });
  return found == points.end() ? nullptr : &*found;
}

SweepRecord parse_sweep(std::string_view bytes, std::string_view name) {
  CompleteLines complete = complete_lines(
      bytes, name, "the record of a sweep: JSON Lines that begin with a 'sweep' line");
  SweepRecord record;
  record.notices = std::move(complete.notices);
  record.sweep = parse_sweep_line(complete.lines.front().text, complete.lines.front().place);
  for (std::size_t i = 1; i < complete.lines.size(); ++i) {
    const CompleteLines::Line& line = complete.lines[i];
    put(record, parse_point_line(line.text, line.place), line.place);
  }
  return record;
}

SweepRecord read_sweep(const std::filesystem::path& file) {
  return parse_sweep(read_record_bytes(file), file.string());
}

SweepRecordFile::SweepRecordFile(const std::filesystem::path& file, RecordFile::Start start)
    : path_(file), file_(file, start) {
  if (file_.continued()) record_ = parse_sweep(file_.take_earlier(), path_.string());
}

void SweepRecordFile::begin(const SweepLine& sweep) {
  if (!file_.continued()) {
    file_.append(to_json_line(sweep));
    record_.sweep = sweep;
    return;
  }
  refuse_other_job(path_, difference(record_.sweep.job, sweep.job));
  refuse_other_job(path_, record_.sweep.runs == sweep.runs ? "" : "list of runs");
}

void SweepRecordFile::append(PointLine point) {
  file_.append(to_json_line(point));
  record_.points.push_back(std::move(point));
}

}  // namespace kgaudit::reports
