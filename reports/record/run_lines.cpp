#include "reports/record/run_lines.hpp"

#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "reports/record/record_line.hpp"
#include "suite/base/error.hpp"

namespace kgaudit::reports {
namespace {

// Each struct's keys stand once for writing and once for reading, in the same order; the round-trip
// test holds the two together.

std::string write(const RunLine& line) {
  LineWriter w(kRecordSchema, "run");
  w.text("run", line.run);
  w.json().key("plan").raw(canonical_json(line.plan, "plan"));
  w.text("plan_hash", line.plan_hash).text("dataset", line.dataset);
  w.texts("data_files", line.data_files).text("graph_hash", line.graph_hash);
  w.text_pairs("settings", line.settings);
  w.texts("build", line.build).texts("machine", line.machine);
  w.text("started", line.started).texts("labels", line.labels);
  return w.finish();
}

std::string write(const EpochLine& line) {
  LineWriter w(kRecordSchema, "epoch");
  w.text("system", line.system).whole("seed", line.seed).whole("round", line.round);
  w.whole("epoch", line.epoch);
  w.number_or_null("loss", line.loss).numbers("terms", line.terms);
  w.number("seconds", line.seconds);
  return w.finish();
}

std::string write(const MeasurementLine& line) {
  const Measurement& m = line.measurement;
  LineWriter w(kRecordSchema, "measurement");
  w.text("run", line.run).text("system", line.system).text("view", line.view);
  w.whole("seed", line.seed).text("metric", line.metric).texts("facets", line.facets);
  if (m.defined()) {
    w.number("value", m.value());
  } else {
    w.text("undefined", m.reason());
  }
  w.whole("n", m.n()).text("unit", m.unit()).text("direction", to_text(m.direction()));
  if (const auto& interval = m.interval()) {
    w.json().key("interval").open_object();
    w.number("low", interval->low).number("high", interval->high);
    w.number("level", interval->level).text("method", interval->method);
    w.json().close();
  }
  return w.finish();
}

std::string write(const TableHashLine& line) {
  LineWriter w(kRecordSchema, "table_hash");
  w.text("system", line.system).whole("seed", line.seed).text("digest", line.digest);
  return w.finish();
}

std::string write(const RawLine& line) {
  LineWriter w(kRecordSchema, "raw");
  w.text("system", line.system).text("view", line.view).whole("seed", line.seed);
  w.text("file", line.file).text("sha256", line.sha256).text("holds", line.holds);
  return w.finish();
}

std::string write(const FindingLine& line) {
  LineWriter w(kRecordSchema, "finding");
  w.text("level", line.level).text("check", line.check).text("subject", line.subject);
  w.text("message", line.message);
  return w.finish();
}

std::string write(const DoneLine& line) {
  LineWriter w(kRecordSchema, "done");
  w.text("system", line.system).whole("seed", line.seed);
  return w.finish();
}

Measurement read_measurement(ObjectReader& r) {
  const std::string direction_text = r.text("direction");
  const auto direction = direction_from_text(direction_text);
  if (!direction) {
    throw r.refuse(fmt::format("unknown direction '{}'", printable(direction_text)),
                   "higher, lower, nearer or descriptive");
  }
  const std::uint64_t n = r.whole("n");
  const std::string unit = r.text("unit");
  if (r.has("value") == r.has("undefined")) {
    throw r.refuse("neither or both of 'value' and 'undefined'", "exactly one of them");
  }
  std::optional<Interval> interval;
  if (r.has("interval")) {
    ObjectReader i = r.object("interval");
    interval = Interval{i.number("low"), i.number("high"), i.number("level"), i.text("method")};
    i.finish();
    if (interval->low > interval->high) {
      throw r.refuse("the interval's low end is above its high end", "low <= high");
    }
  }
  if (r.has("value")) return Measurement::of(r.number("value"), n, unit, *direction, interval);
  const std::string reason = r.text("undefined");
  if (reason.empty() || interval) {
    throw r.refuse("an undefined value without a reason or with an interval", "a reason only");
  }
  return Measurement::undefined(reason, n, unit, *direction);
}

RecordLine read_run(ObjectReader& r) {
  RunLine line;
  line.run = r.text("run");
  line.plan = r.json("plan");
  line.plan_hash = r.text("plan_hash");
  line.dataset = r.text("dataset");
  line.data_files = r.texts("data_files");
  line.graph_hash = r.text("graph_hash");
  line.settings = r.text_pairs("settings");
  line.build = r.texts("build");
  line.machine = r.texts("machine");
  line.started = r.text("started");
  line.labels = r.texts("labels");
  return line;
}

RecordLine read_epoch(ObjectReader& r) {
  EpochLine line;
  line.system = r.text("system");
  line.seed = r.whole("seed");
  line.round = r.whole("round");
  line.epoch = r.whole("epoch");
  line.loss = r.number_or_null("loss");
  for (auto& [name, value] : r.numbers("terms")) line.terms[name] = value;
  line.seconds = r.number("seconds");
  return line;
}

RecordLine read_measurement_line(ObjectReader& r) {
  MeasurementLine line;
  line.run = r.text("run");
  line.system = r.text("system");
  line.view = r.text("view");
  line.seed = r.whole("seed");
  line.metric = r.text("metric");
  line.facets = r.texts("facets");
  line.measurement = read_measurement(r);
  return line;
}

RecordLine read_table_hash(ObjectReader& r) {
  return TableHashLine{r.text("system"), r.whole("seed"), r.text("digest")};
}

RecordLine read_raw(ObjectReader& r) {
  return RawLine{r.text("system"), r.text("view"),   r.whole("seed"),
                 r.text("file"),   r.text("sha256"), r.text("holds")};
}

RecordLine read_finding(ObjectReader& r) {
  return FindingLine{r.text("level"), r.text("check"), r.text("subject"), r.text("message")};
}

RecordLine read_done(ObjectReader& r) { return DoneLine{r.text("system"), r.whole("seed")}; }

struct Kind {
  std::string_view name;
  RecordLine (*read)(ObjectReader&);
};

constexpr std::array<Kind, 7> kKinds = {{
    {"run", read_run},
    {"epoch", read_epoch},
    {"measurement", read_measurement_line},
    {"table_hash", read_table_hash},
    {"raw", read_raw},
    {"finding", read_finding},
    {"done", read_done},
}};

}  // namespace

std::string to_json_line(const RecordLine& line) {
  return std::visit([](const auto& typed) { return write(typed); }, line);
}

RecordLine parse_record_line(std::string_view text, std::string_view place) {
  ObjectReader r(text, place);
  static constexpr std::array<std::uint64_t, 1> kKnown = {kRecordSchema};
  r.schema(kKnown);
  const std::string kind = r.text("kind");
  for (const Kind& known : kKinds) {
    if (known.name != kind) continue;
    RecordLine line = known.read(r);
    r.finish();
    return line;
  }
  std::vector<std::string_view> names;
  for (const Kind& known : kKinds) names.push_back(known.name);
  throw r.refuse(fmt::format("unknown kind of line '{}'", printable(kind)),
                 fmt::format("one of: {}", fmt::join(names, ", ")));
}

}  // namespace kgaudit::reports
