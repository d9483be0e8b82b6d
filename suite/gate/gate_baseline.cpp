#include "suite/gate/gate_baseline.hpp"

#include <array>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <nlohmann/json.hpp>

#include "reports/record/record_line.hpp"
#include "suite/base/error.hpp"
#include "suite/base/files/atomic_file.hpp"
#include "suite/base/files/byte_source.hpp"
#include "suite/base/hash.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::run {
namespace {

using reports::JsonText;

constexpr std::uint64_t kLargestBaseline = std::uint64_t{16} << 20U;
constexpr std::string_view kRestore =
    "take the file of the last commit (git checkout FILE), or move it away and make a new one: "
    "kgaudit gate init RUN";

/// What is wrong with a baseline is mended in one way, whatever it is.
template <typename F>
auto with_advice(const F& read) {
  try {
    return read();
  } catch (const InputError& error) {
    Complaint complaint = error.complaint();
    complaint.advice = std::string(kRestore);
    throw InputError(error.code(), std::move(complaint));
  }
}

void write_texts(JsonText& json, const char* key, const std::map<std::string, std::string>& texts) {
  json.key(key).open_object();
  for (const auto& [name, text] : texts) json.key(name).text(text);
  json.close();
}

void write_value(JsonText& json, const GateKey& key, const GatedValue& value) {
  const GateFigure& figure = gate_figure(key.figure, "a figure of the program");
  json.open_object();
  json.key("attribute").text(key.attribute);
  json.key("better").text(better_in_words(figure));
  json.key("figure").text(key.figure);
  json.key("n").whole(value.n);
  json.key("row").text(key.row);
  json.key("seeds").open_object();
  for (const auto& [seed, one] : value.seeds) json.key(std::to_string(seed)).number(one);
  json.close();
  json.key("standard_error");
  if (value.standard_error) {
    json.number(*value.standard_error);
  } else {
    json.null();
  }
  json.key("undefined").text(value.undefined);
  json.key("unit").text(value.unit);
  json.close();
}

void write_groups(JsonText& json, const PersonsByValue& groups) {
  json.key("groups").open_list();
  for (const auto& [attribute, values] : groups) {
    for (const auto& [value, persons] : values) {
      json.open_object();
      json.key("attribute").text(attribute);
      json.key("persons").whole(persons);
      json.key("value").text(value);
      json.close();
    }
  }
  json.close();
}

std::string state_text(const GateState& state, std::size_t indent) {
  JsonText json(indent);
  json.open_object();
  write_texts(json, "build", state.build);
  write_texts(json, "data_files", state.data_files);
  json.key("dataset").text(state.dataset);
  json.key("figure_versions").open_object();
  for (const auto& [id, version] : state.figure_versions) {
    json.key(id).whole(static_cast<std::uint64_t>(version));
  }
  json.close();
  json.key("figures").open_list();
  for (const auto& [key, value] : state.values) write_value(json, key, value);
  json.close();
  json.key("graph_hash").text(state.graph_hash);
  if (!state.groups.empty()) write_groups(json, state.groups);
  json.key("kind").text(state.kind);
  write_texts(json, "machine", state.machine);
  json.key("measuring").text(state.measuring);
  json.key("plan_hash").text(state.plan_hash);
  if (!state.warnings.empty()) write_texts(json, "warnings", state.warnings);
  json.close();
  return json.take();
}

void write_change(JsonText& json, const BaselineChange& change) {
  json.open_object();
  json.key("plan_hash").text(change.plan_hash);
  json.key("program").text(change.program);
  json.key("reason").text(change.reason);
  json.key("when").text(change.when);
  json.close();
}

/// Of history and state, however the file is indented.
std::string checksum_of(const GateBaseline& baseline) {
  JsonText json;
  json.open_list();
  for (const BaselineChange& change : baseline.history) write_change(json, change);
  json.close();
  return sha256(json.take() + state_text(baseline.state, 0)).hex();
}

GatedValue read_value(ObjectReader& object, GateKey& key) {
  key.figure = object.text("figure");
  key.row = object.text("row");
  key.attribute = object.text("attribute");
  static_cast<void>(object.text("better"));
  GatedValue value;
  value.n = object.whole("n");
  for (const auto& [seed, number] : object.numbers("seeds")) {
    const auto parsed = parse_uint(seed);
    if (!parsed)
      throw object.refuse(fmt::format("the seed '{}'", printable(seed)), "a whole number");
    value.seeds[*parsed] = number;
  }
  value.standard_error = object.number_or_null("standard_error");
  value.undefined = object.text("undefined");
  value.unit = object.text("unit");
  object.finish();
  if (value.seeds.empty() == value.undefined.empty()) {
    throw object.refuse(fmt::format("{} with {}", key.text(),
                                    value.seeds.empty() ? "neither values nor a reason"
                                                        : "values and a reason why there are none"),
                        "one of the two", std::string(kRestore));
  }
  return value;
}

GateState read_state(ObjectReader object) {
  GateState state;
  state.build = object.texts("build");
  state.data_files = object.texts("data_files");
  state.dataset = object.text("dataset");
  for (const auto& [id, version] : object.numbers("figure_versions")) {
    // Far above any version, and far below what an int holds.
    constexpr double kMostVersions = 1e6;
    if (!(version >= 0.0 && version <= kMostVersions) || version != std::floor(version)) {
      throw object.refuse(fmt::format("version {} of {}", version, printable(id, 40)),
                          "a small whole number", std::string(kRestore));
    }
    state.figure_versions[id] = static_cast<int>(version);
  }
  for (ObjectReader& figure : object.objects("figures")) {
    GateKey key;
    GatedValue value = read_value(figure, key);
    if (!state.values.emplace(key, std::move(value)).second) {
      throw figure.refuse(fmt::format("{} twice", key.text()), "each figure once",
                          std::string(kRestore));
    }
  }
  state.graph_hash = object.text("graph_hash");
  if (object.has("groups")) {
    for (ObjectReader& group : object.objects("groups")) {
      const std::string attribute = group.text("attribute");
      const std::string value = group.text("value");
      if (!state.groups[attribute].emplace(value, group.whole("persons")).second) {
        throw group.refuse(fmt::format("{} of {} twice", printable(value), printable(attribute)),
                           "each group once", std::string(kRestore));
      }
      group.finish();
    }
  }
  state.kind = object.text("kind");
  state.machine = object.texts("machine");
  state.measuring = object.text("measuring");
  state.plan_hash = object.text("plan_hash");
  if (object.has("warnings")) state.warnings = object.texts("warnings");
  object.finish();
  return state;
}

BaselineChange read_change(ObjectReader& object) {
  BaselineChange change;
  change.plan_hash = object.text("plan_hash");
  change.program = object.text("program");
  change.reason = object.text("reason");
  change.when = object.text("when");
  object.finish();
  return change;
}

/// Whether what is open is the file that has the name now. Whoever held the lock before has put
/// another file in its place.
bool still_has_its_name(const Descriptor& descriptor, const std::filesystem::path& file) {
  struct stat open {};
  struct stat named {};
  return ::fstat(descriptor.number(), &open) == 0 && ::stat(file.c_str(), &named) == 0 &&
         open.st_dev == named.st_dev && open.st_ino == named.st_ino;
}

Descriptor locked_baseline(const std::filesystem::path& file, std::chrono::milliseconds patience) {
  using Clock = std::chrono::steady_clock;
  constexpr std::chrono::milliseconds kPause{10};
  const auto refuse = [&](const char* what, int why) {
    return InputError::usage(file.string(), fmt::format("{} ({})", what, std::strerror(why)),
                             std::string(kOutputComplaint.expected));
  };
  for (const auto end = Clock::now() + patience;;) {
    // For writing, as a lock on a network's folder asks for.
    Descriptor descriptor(::open(file.c_str(), O_RDWR | O_CLOEXEC | O_NONBLOCK));
    if (descriptor.number() < 0) throw refuse("cannot be opened for writing", errno);
    const bool locked = ::flock(descriptor.number(), LOCK_EX | LOCK_NB) == 0;
    if (!locked && errno != EWOULDBLOCK) throw refuse("cannot be locked", errno);
    if (locked && still_has_its_name(descriptor, file)) return descriptor;
    if (Clock::now() >= end) {
      throw InputError::usage(file.string(), "another process changes this baseline now",
                              "one process at a time",
                              "wait until it is done, then give the command again");
    }
    if (!locked) std::this_thread::sleep_for(kPause);
  }
}

GateBaseline parsed_baseline(std::string_view text, const std::string& place) {
  if (text.empty()) {
    throw InputError::unreadable(place, "an empty file", "a baseline of kgaudit gate");
  }
  ObjectReader object(text, place);
  static constexpr std::array<std::uint64_t, 1> kKnown = {kBaselineSchema};
  object.schema(kKnown);
  GateBaseline baseline;
  const std::string checksum = object.text("checksum");
  for (ObjectReader& change : object.objects("history")) {
    baseline.history.push_back(read_change(change));
  }
  baseline.state = read_state(object.object("state"));
  object.finish();
  if (checksum != checksum_of(baseline)) {
    throw InputError::unreadable(place,
                                 "content that does not fit the file's checksum: it was edited",
                                 "a baseline as kgaudit gate wrote it");
  }
  return baseline;
}

}  // namespace

std::string baseline_text(const GateBaseline& baseline) {
  JsonText json(2);
  json.open_object();
  json.key("checksum").text(checksum_of(baseline));
  json.key("history").open_list();
  for (const BaselineChange& change : baseline.history) write_change(json, change);
  json.close();
  json.key("schema").whole(kBaselineSchema);
  // Indented as if it had been written in place.
  std::string state = state_text(baseline.state, 2);
  for (std::size_t at = state.find('\n'); at != std::string::npos; at = state.find('\n', at + 3)) {
    state.insert(at + 1, "  ");
  }
  json.key("state").raw(state);
  json.close();
  return json.take() + "\n";
}

GateBaseline parse_baseline(std::string_view text, const std::string& place) {
  return with_advice([&] { return parsed_baseline(text, place); });
}

GateBaseline read_baseline(const std::filesystem::path& file) {
  return with_advice(
      [&] { return parsed_baseline(read_whole_file(file, kLargestBaseline), file.string()); });
}

BaselineLock::BaselineLock(const std::filesystem::path& file, std::chrono::milliseconds patience)
    : descriptor_(locked_baseline(file, patience)) {}

}  // namespace kgaudit::run
