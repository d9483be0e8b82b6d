#include "reports/record/run_record.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <set>

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <nlohmann/json.hpp>

#include "reports/record/json_text.hpp"
#include "suite/base/error.hpp"
#include "suite/base/files/byte_source.hpp"
#include "suite/base/files/strict_json.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::reports {
namespace {

using Json = nlohmann::ordered_json;
using TextMap = std::map<std::string, std::string>;

constexpr std::uint64_t kLargestRecord = 4ULL << 30U;

// ---- writing -------------------------------------------------------------------------------

// Each struct's keys stand once for writing (`fields`) and once for reading (`Reader` below), in
// the same order; the round-trip test holds the two together.
class LineWriter {
 public:
  explicit LineWriter(std::string_view kind) {
    json_.open_object();
    json_.key("schema").whole(kRecordSchema);
    text("kind", kind);
  }
  LineWriter& text(std::string_view key, std::string_view value) {
    json_.key(key).text(value);
    return *this;
  }
  LineWriter& whole(std::string_view key, std::uint64_t value) {
    json_.key(key).whole(value);
    return *this;
  }
  LineWriter& number(std::string_view key, double value) {
    json_.key(key).number(value);
    return *this;
  }
  LineWriter& texts(std::string_view key, const TextMap& values) {
    json_.key(key).open_object();
    for (const auto& [name, value] : values) json_.key(name).text(value);
    json_.close();
    return *this;
  }
  JsonText& json() { return json_; }
  std::string finish() { return json_.close().take(); }

 private:
  JsonText json_;
};

std::string write(const RunLine& line) {
  LineWriter w("run");
  w.text("run", line.run);
  w.json().key("plan").raw(canonical_json(line.plan, "plan"));
  w.text("plan_hash", line.plan_hash).text("dataset", line.dataset);
  w.texts("data_files", line.data_files).text("graph_hash", line.graph_hash);
  w.json().key("settings").open_list();
  for (const auto& [name, value] : line.settings) {
    w.json().open_list().text(name).text(value).close();
  }
  w.json().close();
  w.texts("build", line.build).texts("machine", line.machine);
  w.text("started", line.started).texts("labels", line.labels);
  return w.finish();
}

std::string write(const EpochLine& line) {
  LineWriter w("epoch");
  w.text("system", line.system).whole("seed", line.seed).whole("round", line.round);
  w.whole("epoch", line.epoch);
  w.json().key("loss");
  if (line.loss) {
    w.json().number(*line.loss);
  } else {
    w.json().null();
  }
  w.json().key("terms").open_object();
  for (const auto& [name, value] : line.terms) w.json().key(name).number(value);
  w.json().close();
  w.number("seconds", line.seconds);
  return w.finish();
}

std::string write(const MeasurementLine& line) {
  const Measurement& m = line.measurement;
  LineWriter w("measurement");
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
  LineWriter w("table_hash");
  w.text("system", line.system).whole("seed", line.seed).text("digest", line.digest);
  return w.finish();
}

std::string write(const RawLine& line) {
  LineWriter w("raw");
  w.text("system", line.system).text("view", line.view).whole("seed", line.seed);
  w.text("file", line.file).text("sha256", line.sha256).text("holds", line.holds);
  return w.finish();
}

std::string write(const FindingLine& line) {
  LineWriter w("finding");
  w.text("level", line.level).text("check", line.check).text("subject", line.subject);
  w.text("message", line.message);
  return w.finish();
}

std::string write(const DoneLine& line) {
  LineWriter w("done");
  w.text("system", line.system).whole("seed", line.seed);
  return w.finish();
}

// ---- reading -------------------------------------------------------------------------------

// Hands out the keys of one object by type and, at the end, refuses those nobody asked for.
class Reader {
 public:
  Reader(const Json& object, std::string_view place) : object_(object), place_(place) {
    if (!object.is_object()) {
      throw refuse(fmt::format("{} in place of an object", object.type_name()), "{\"key\": ...}");
    }
  }

  [[nodiscard]] bool has(const char* key) const { return object_.contains(key); }

  std::string text(const char* key) {
    const Json& value = at(key);
    if (!value.is_string()) throw wrong_type(key, value, "a text");
    return value.get<std::string>();
  }
  std::uint64_t whole(const char* key) {
    const Json& value = at(key);
    if (!value.is_number_unsigned()) {
      throw wrong_type(key, value, "a whole number, not negative");
    }
    return value.get<std::uint64_t>();
  }
  double number(const char* key) { return number_of(key, at(key)); }
  std::optional<double> number_or_null(const char* key) {
    const Json& value = at(key);
    if (value.is_null()) return std::nullopt;
    return number_of(key, value);
  }
  std::map<std::string, double> numbers(const char* key) {
    std::map<std::string, double> all;
    for (const auto& [name, value] : object_at(key).items()) all[name] = number_of(key, value);
    return all;
  }
  TextMap texts(const char* key) {
    TextMap all;
    for (const auto& [name, value] : object_at(key).items()) {
      if (!value.is_string()) throw wrong_type(key, value, "an object of texts");
      all[name] = value.get<std::string>();
    }
    return all;
  }
  std::vector<std::pair<std::string, std::string>> text_pairs(const char* key) {
    const Json& list = at(key);
    std::vector<std::pair<std::string, std::string>> all;
    const auto good = [](const Json& pair) {
      return pair.is_array() && pair.size() == 2 && pair[0].is_string() && pair[1].is_string();
    };
    if (!list.is_array() || !std::all_of(list.begin(), list.end(), good)) {
      throw wrong_type(key, list, "a list of [name, text]");
    }
    for (const Json& pair : list) {
      all.emplace_back(pair[0].get<std::string>(), pair[1].get<std::string>());
    }
    return all;
  }
  const Json& object_at(const char* key) {
    const Json& value = at(key);
    if (!value.is_object()) throw wrong_type(key, value, "an object");
    return value;
  }

  void finish() const {
    for (const auto& [key, value] : object_.items()) {
      if (asked_.contains(key)) continue;
      throw refuse(fmt::format("unknown key '{}'", printable(key)),
                   fmt::format("one of: {}", fmt::join(asked_, ", ")),
                   InputError::guess(key, asked_));
    }
  }

  [[nodiscard]] InputError refuse(std::string got, std::string expected,
                                  std::string advice = "") const {
    return InputError::unreadable(place_, std::move(got), std::move(expected), std::move(advice));
  }
  [[nodiscard]] const std::string& place() const { return place_; }

 private:
  const Json& at(const char* key) {
    asked_.insert(key);
    const auto found = object_.find(key);
    if (found == object_.end()) {
      throw refuse(fmt::format("the key '{}' is missing", key), "a complete line");
    }
    return *found;
  }
  double number_of(const char* key, const Json& value) const {
    if (!value.is_number()) throw wrong_type(key, value, "a finite number");
    return value.get<double>();
  }
  [[nodiscard]] InputError wrong_type(const char* key, const Json& value,
                                      std::string expected) const {
    return refuse(fmt::format("'{}' is {}", key, printable(value.dump(), 40)), std::move(expected));
  }

  const Json& object_;
  std::string place_;
  std::set<std::string> asked_;
};

Measurement read_measurement(Reader& r) {
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
    Reader i(r.object_at("interval"), r.place());
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

RecordLine read_run(Reader& r) {
  RunLine line;
  line.run = r.text("run");
  line.plan = r.object_at("plan").dump();
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

RecordLine read_epoch(Reader& r) {
  EpochLine line;
  line.system = r.text("system");
  line.seed = r.whole("seed");
  line.round = r.whole("round");
  line.epoch = r.whole("epoch");
  line.loss = r.number_or_null("loss");
  line.terms = r.numbers("terms");
  line.seconds = r.number("seconds");
  return line;
}

RecordLine read_measurement_line(Reader& r) {
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

RecordLine read_table_hash(Reader& r) {
  return TableHashLine{r.text("system"), r.whole("seed"), r.text("digest")};
}

RecordLine read_raw(Reader& r) {
  return RawLine{r.text("system"), r.text("view"),   r.whole("seed"),
                 r.text("file"),   r.text("sha256"), r.text("holds")};
}

RecordLine read_finding(Reader& r) {
  return FindingLine{r.text("level"), r.text("check"), r.text("subject"), r.text("message")};
}

RecordLine read_done(Reader& r) { return DoneLine{r.text("system"), r.whole("seed")}; }

struct Kind {
  std::string_view name;
  RecordLine (*read)(Reader&);
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

// ---- a record from its lines ---------------------------------------------------------------

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

std::string error_text() { return std::strerror(errno); }

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

std::string to_json_line(const RecordLine& line) {
  return std::visit([](const auto& typed) { return write(typed); }, line);
}

std::string canonical_json(std::string_view json, std::string_view place) {
  return parse_strict_json(json, place).dump();
}

RecordLine parse_record_line(std::string_view text, std::string_view place) {
  const Json json = parse_strict_json(text, place);
  Reader r(json, place);
  if (const std::uint64_t schema = r.whole("schema"); schema != kRecordSchema) {
    throw InputError(ExitCode::kNotComparable,
                     {std::string(place), fmt::format("schema version {}", schema),
                      fmt::format("schema version {}", kRecordSchema),
                      "read it with the kgaudit version that wrote it, or run the plan again"});
  }
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

bool RunRecord::is_done(std::string_view system, std::uint64_t seed) const {
  return std::any_of(done.begin(), done.end(), [&](const DoneLine& line) {
    return line.system == system && line.seed == seed;
  });
}

RunRecord parse_record(std::string_view bytes, std::string_view name) {
  RecordBuilder builder;
  std::size_t number = 0;
  std::size_t begin = 0;
  for (std::size_t end = bytes.find('\n'); end != std::string_view::npos;
       begin = end + 1, end = bytes.find('\n', begin)) {
    const std::string place = fmt::format("{}:{}", name, ++number);
    builder.add(parse_record_line(bytes.substr(begin, end - begin), place), place);
  }
  if (number == 0) {
    throw InputError::unreadable(fmt::format("{}:1", name), "no complete line",
                                 "a run record: JSON Lines that begin with a 'run' line");
  }
  RunRecord record = builder.finish();
  record.complete_bytes = begin;
  if (begin < bytes.size()) {
    record.notices.push_back(
        fmt::format("{}:{}: the last line is torn ({} bytes without a newline, as a crash leaves "
                    "it); it was left out",
                    name, number + 1, bytes.size() - begin));
  }
  return record;
}

RunRecord read_record(const std::filesystem::path& file) {
  return parse_record(read_whole_file(file, kLargestRecord, "the record of a run"), file.string());
}

RecordFile::RecordFile(const std::filesystem::path& file, const RunLine& run, Start start,
                       Durability durability)
    : file_(file), durability_(durability) {
  descriptor_ = ::open(file.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (descriptor_ < 0) {
    throw InputError::usage(file.string(),
                            fmt::format("the record cannot be opened ({})", error_text()),
                            "a writable file in an existing folder");
  }
  // The destructor does not run for an object whose constructor throws.
  struct Closer {
    int* descriptor;
    ~Closer() {
      if (descriptor != nullptr) ::close(*descriptor);
    }
  } closer{&descriptor_};

  if (flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
    throw InputError::usage(file.string(), "another process is writing this record",
                            "one writer at a time", "wait for it, or choose another folder");
  }
  struct stat status {};
  if (fstat(descriptor_, &status) != 0) {
    throw InputError::usage(file.string(), error_text(), "a regular file");
  }
  if (status.st_size > 0 && start == Start::kFresh) {
    throw InputError::usage(file.string(), "a record is already there", "a new or empty folder",
                            "go on with it by --resume, or choose another folder");
  }
  if (status.st_size > 0) {
    const std::string bytes = read_whole_file(file, kLargestRecord, "the record of a run");
    // Without a newline it is a first line that a crash cut short: nothing was measured yet.
    if (bytes.find('\n') != std::string::npos) earlier_ = parse_record(bytes, file.string());
  }
  if (earlier_.complete_bytes > 0) {
    if (const std::string differs = difference(earlier_.run, run); !differs.empty()) {
      throw InputError(ExitCode::kNotComparable,
                       {file.string(), fmt::format("the record there has another {}", differs),
                        "a record of the same plan, data, build and machine",
                        "choose another folder; a record is never overwritten by a different run"});
    }
  }
  if (static_cast<std::uint64_t>(status.st_size) != earlier_.complete_bytes &&
      ftruncate(descriptor_, static_cast<off_t>(earlier_.complete_bytes)) != 0) {
    throw InputError::usage(file.string(),
                            fmt::format("the torn last line cannot be cut off ({})", error_text()),
                            "a writable file");
  }
  if (earlier_.complete_bytes == 0) {
    append(run);
    earlier_.run = run;
  }
  closer.descriptor = nullptr;
}

RecordFile::~RecordFile() { ::close(descriptor_); }

void RecordFile::append(const RecordLine& line) { write_all(to_json_line(line) + '\n'); }

void RecordFile::write_all(std::string_view bytes) {
  const auto fail = [this] {
    return InputError::usage(file_.string(), fmt::format("cannot be written ({})", error_text()),
                             "a writable file and free disk space",
                             "free space, then go on with --resume");
  };
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) throw fail();
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  if (durability_ == Durability::kPowerLoss && fsync(descriptor_) != 0) throw fail();
}

}  // namespace kgaudit::reports
