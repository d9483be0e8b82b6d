#include "models/embedding/foreign/export_manifest.hpp"

#include <array>
#include <limits>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "suite/base/error.hpp"
#include "suite/base/files/byte_source.hpp"
#include "suite/base/files/strict_json.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::models {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kManifestVersion = 1;
constexpr std::uint64_t kLargestManifest = std::uint64_t{1} << 30U;
constexpr std::string_view kVersionKey = "kgaudit_embedding";
constexpr std::string_view kInverseEnding = "_inverse";

template <typename Value>
using ManifestWord = std::pair<Value, std::string_view>;
constexpr std::array<ManifestWord<RelationSide>, 3> kSides = {{{RelationSide::kBoth, "both"},
                                                               {RelationSide::kTails, "tails"},
                                                               {RelationSide::kHeads, "heads"}}};
constexpr std::array<ManifestWord<ComplexLayout>, 3> kComplexLayouts = {
    {{ComplexLayout::kNone, "none"},
     {ComplexLayout::kHalves, "halves"},
     {ComplexLayout::kInterleaved, "interleaved"}}};
constexpr std::array<ManifestWord<InverseLayout>, 3> kInverseLayouts = {
    {{InverseLayout::kNone, "none"},
     {InverseLayout::kInterleaved, "interleaved"},
     {InverseLayout::kAppended, "appended"}}};
constexpr std::array<ManifestWord<Certainty>, 3> kCertainties = {
    {{Certainty::kStated, "stated"},
     {Certainty::kDerived, "derived"},
     {Certainty::kGuessed, "guessed"}}};

template <typename Value, std::size_t n>
std::string word_of(const std::array<ManifestWord<Value>, n>& words, Value value) {
  for (const ManifestWord<Value>& one : words) {
    if (one.first == value) return std::string(one.second);
  }
  KGA_REQUIRE(false, "no word for {}", static_cast<int>(value));
}

/// Reads one object of a manifest; everything that is not as it should be is refused by its key.
class ManifestObject {
 public:
  ManifestObject(const Json& json, std::string place) : json_(json), place_(std::move(place)) {
    if (!json.is_object()) throw refuse("no object");
  }

  [[nodiscard]] bool has(std::string_view key) const { return json_.contains(std::string(key)); }
  [[nodiscard]] std::string text(std::string_view key) const {
    const Json& value = at(key);
    if (!value.is_string()) throw refuse_value(key, "a text");
    return value.get<std::string>();
  }
  [[nodiscard]] std::string text_or_none(std::string_view key) const {
    return has(key) ? text(key) : std::string();
  }
  [[nodiscard]] std::uint64_t count(std::string_view key) const {
    const Json& value = at(key);
    if (!value.is_number_unsigned()) throw refuse_value(key, "a whole number of at least 0");
    return value.get<std::uint64_t>();
  }
  [[nodiscard]] std::optional<double> number(std::string_view key) const {
    if (!has(key)) return std::nullopt;
    if (!at(key).is_number()) throw refuse_value(key, "a number");
    return at(key).get<double>();
  }
  [[nodiscard]] bool flag(std::string_view key) const {
    if (!at(key).is_boolean()) throw refuse_value(key, "true or false");
    return at(key).get<bool>();
  }
  [[nodiscard]] const Json& list(std::string_view key) const {
    if (!at(key).is_array()) throw refuse_value(key, "a list");
    return at(key);
  }
  [[nodiscard]] std::vector<std::string> texts(std::string_view key) const {
    std::vector<std::string> all;
    for (const Json& one : list(key)) {
      if (!one.is_string()) throw refuse_value(key, "a list of texts");
      all.push_back(one.get<std::string>());
    }
    return all;
  }
  [[nodiscard]] ManifestObject object(std::string_view key) const { return {at(key), place_}; }
  template <typename Value, std::size_t n>
  [[nodiscard]] Value word(std::string_view key,
                           const std::array<ManifestWord<Value>, n>& words) const {
    const std::string got = text(key);
    for (const ManifestWord<Value>& one : words) {
      if (one.second == got) return one.first;
    }
    throw refuse_value(key, "a word that this version knows");
  }
  [[nodiscard]] const std::string& place() const { return place_; }

 private:
  [[nodiscard]] const Json& at(std::string_view key) const {
    const auto found = json_.find(std::string(key));
    if (found == json_.end()) throw refuse(fmt::format("no key '{}'", key));
    return *found;
  }
  [[nodiscard]] InputError refuse(std::string got) const {
    return InputError::unreadable(place_, std::move(got), "the file as kgaudit wrote it");
  }
  [[nodiscard]] InputError refuse_value(std::string_view key, std::string_view expected) const {
    return InputError::unreadable(
        fmt::format("{}: {}", place_, key),
        fmt::format("'{}'", printable(json_.at(std::string(key)).dump(-1, ' ', true), 40)),
        std::string(expected));
  }

  const Json& json_;
  std::string place_;
};

Json shape_of(const TensorView& table) {
  return {{"rows", table.rows()}, {"width", table.width()}};
}

TensorView table_from(const ManifestObject& object) {
  TensorView table;
  table.shape = {object.count("rows"), object.count("width")};
  table.strides = packed_strides(table.shape);
  return table;
}

Json origin_json(const RunOrigin& origin, const std::string& place) {
  Json json = {{"system", origin.system}, {"seed", origin.seed}};
  if (!origin.view.empty()) json["view"] = origin.view;
  if (origin.attribute) json["attribute"] = *origin.attribute;
  json["graph_hash"] = origin.graph_hash;
  json["vectors_left_out"] = origin.vectors_left_out;
  json["plan"] = parse_strict_json(origin.plan, place);
  return json;
}

RunOrigin origin_from(const ManifestObject& object, const Json& plan) {
  RunOrigin origin;
  origin.system = object.text("system");
  origin.seed = object.count("seed");
  origin.view = object.text_or_none("view");
  if (object.has("attribute")) origin.attribute = object.text("attribute");
  origin.graph_hash = object.text("graph_hash");
  origin.vectors_left_out = object.flag("vectors_left_out");
  origin.plan = plan.dump();
  return origin;
}

Json vectors_json(const VectorTable& table) {
  return {{"attribute", table.attribute},
          {"rows", table.rows.rows()},
          {"width", table.rows.width()},
          {"row_of_entity", fmt::format("{}", fmt::join(table.row_of, " "))}};
}

VectorTable vectors_from(const ManifestObject& object, std::uint64_t entities) {
  VectorTable table;
  table.attribute = object.text("attribute");
  table.rows = table_from(object);
  // A text of numbers: as a list of JSON each would have a line of its own.
  const std::string numbers = object.text("row_of_entity");
  for (std::string_view rest = numbers; !rest.empty();) {
    const std::size_t blank = rest.find(' ');
    const std::string_view word = rest.substr(0, blank);
    rest.remove_prefix(blank == std::string_view::npos ? rest.size() : blank + 1);
    const auto row = parse_int(word);
    if (!row || *row < -1 || *row >= static_cast<std::int64_t>(table.rows.rows()) ||
        *row > std::numeric_limits<std::int32_t>::max()) {
      throw InputError::unreadable(
          object.place(),
          fmt::format("the vector '{}' of {}", printable(word, 20), table.attribute),
          fmt::format("-1, or a row among {}", table.rows.rows()));
    }
    table.row_of.push_back(static_cast<std::int32_t>(*row));
  }
  if (table.row_of.size() != entities) {
    throw InputError::unreadable(
        object.place(),
        fmt::format("{} entries for the vectors of {}", table.row_of.size(), table.attribute),
        fmt::format("{}, one for each entity", entities));
  }
  return table;
}

}  // namespace

std::string manifest_text(const ExportManifest& manifest) {
  const ForeignEmbedding& facts = manifest.facts;
  Json json = {{std::string(kVersionKey), kManifestVersion}, {"model", facts.model}};
  if (!facts.tool.empty()) json["tool"] = facts.tool;
  if (!facts.score.empty()) json["score"] = facts.score;
  if (!facts.formula.empty()) json["formula"] = facts.formula;
  if (facts.norm) json["norm"] = *facts.norm;
  if (!facts.comparator.empty()) json["comparator"] = facts.comparator;
  if (facts.normalise) json["normalise"] = *facts.normalise;
  json["complex_layout"] = word_of(kComplexLayouts, facts.complex_layout);
  json["inverse_layout"] = word_of(kInverseLayouts, facts.inverse_layout);
  if (facts.phase_scale) json["phase_scale"] = *facts.phase_scale;
  if (facts.gamma) json["gamma"] = *facts.gamma;
  json["entities"] = shape_of(facts.entities);
  json["entities"]["names"] = manifest.entity_names;
  json["relations"] = Json::array();
  for (const RelationTable& table : facts.relations) {
    Json shape = shape_of(table.rows);
    shape["side"] = word_of(kSides, table.side);
    json["relations"].push_back(std::move(shape));
  }
  json["relation_names"] = manifest.relation_names;
  json["concluded"] = Json::array();
  for (const Conclusion& one : facts.conclusions) {
    json["concluded"].push_back({{"what", one.what},
                                 {"value", one.value},
                                 {"why", one.why},
                                 {"certainty", word_of(kCertainties, one.certainty)},
                                 {"option", one.option}});
  }
  json["formats"] = Json::array();
  for (const FormatFiles& files : manifest.formats) {
    json["formats"].push_back({{"format", files.format},
                               {"reader", files.reader},
                               {"entities", files.entities},
                               {"relations", files.relations},
                               {"attribute_vectors", files.attribute_vectors}});
  }
  if (!facts.attribute_vectors.empty()) {
    json["warning"] =
        "The attribute vectors state the sensitive value of every person that has one. Publish the "
        "rows without them where that matters.";
    json["attribute_vectors"] = Json::array();
    for (const VectorTable& table : facts.attribute_vectors) {
      json["attribute_vectors"].push_back(vectors_json(table));
    }
  }
  if (facts.origin) json["origin"] = origin_json(*facts.origin, "the plan of the run");
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

ExportManifest parse_manifest(std::string_view text, const std::string& place) {
  const Json json = parse_strict_json(text, place);
  const ManifestObject object(json, place);
  if (object.count(kVersionKey) != kManifestVersion) {
    throw InputError::unreadable(place, fmt::format("version {}", object.count(kVersionKey)),
                                 fmt::format("version {}", kManifestVersion),
                                 "the kgaudit that wrote the folder, or a newer one");
  }
  ExportManifest manifest;
  ForeignEmbedding& facts = manifest.facts;
  facts.model = object.text("model");
  facts.tool = object.text_or_none("tool");
  facts.score = object.text_or_none("score");
  facts.formula = object.text_or_none("formula");
  if (object.has("norm")) facts.norm = object.count("norm") == 1 ? 1 : 2;
  facts.comparator = object.text_or_none("comparator");
  if (object.has("normalise")) facts.normalise = object.flag("normalise");
  facts.complex_layout = object.word("complex_layout", kComplexLayouts);
  facts.inverse_layout = object.word("inverse_layout", kInverseLayouts);
  facts.phase_scale = object.number("phase_scale");
  facts.gamma = object.number("gamma");
  const ManifestObject entities = object.object("entities");
  facts.entities = table_from(entities);
  manifest.entity_names = entities.flag("names");
  for (const Json& one : object.list("relations")) {
    const ManifestObject table(one, place);
    facts.relations.push_back({table.word("side", kSides), table_from(table)});
  }
  manifest.relation_names = object.flag("relation_names");
  for (const Json& one : object.list("concluded")) {
    const ManifestObject said(one, place);
    facts.conclude(said.text("what"), said.text("value"), said.text("why"),
                   said.word("certainty", kCertainties), said.text("option"));
  }
  if (object.has("attribute_vectors")) {
    for (const Json& one : object.list("attribute_vectors")) {
      facts.attribute_vectors.push_back(
          vectors_from(ManifestObject(one, place), facts.entities.rows()));
    }
  }
  for (const Json& one : object.list("formats")) {
    const ManifestObject files(one, place);
    FormatFiles all = {files.text("format"), files.text("reader"), files.text("entities"),
                       files.texts("relations"), files.texts("attribute_vectors")};
    if (all.relations.size() != facts.relations.size() ||
        all.attribute_vectors.size() != facts.attribute_vectors.size()) {
      throw InputError::unreadable(place, fmt::format("files of other tables for {}", all.format),
                                   "a file for each table");
    }
    manifest.formats.push_back(std::move(all));
  }
  if (manifest.formats.empty()) {
    throw InputError::unreadable(place, "no format", "the file as kgaudit wrote it");
  }
  if (object.has("origin")) {
    facts.origin = origin_from(object.object("origin"), json["origin"]["plan"]);
  }
  return manifest;
}

std::optional<RunOrigin> origin_of(const std::filesystem::path& path) {
  const std::filesystem::path file = path / kManifestFile;
  std::error_code failure;
  if (!std::filesystem::is_regular_file(file, failure)) return std::nullopt;
  return parse_manifest(read_whole_file(file, kLargestManifest), file.string()).facts.origin;
}

std::vector<std::string> relation_row_names(const std::vector<std::string>& relations,
                                            InverseLayout layout) {
  std::vector<std::string> rows;
  for (const std::string& name : relations) {
    rows.push_back(name);
    if (layout == InverseLayout::kInterleaved) rows.push_back(name + std::string(kInverseEnding));
  }
  if (layout == InverseLayout::kAppended) {
    for (const std::string& name : relations) rows.push_back(name + std::string(kInverseEnding));
  }
  return rows;
}

std::vector<std::string> real_relation_names(std::vector<std::string> rows, InverseLayout layout) {
  if (layout == InverseLayout::kAppended) rows.resize(rows.size() / 2);
  if (layout != InverseLayout::kInterleaved) return rows;
  std::vector<std::string> real;
  for (std::size_t i = 0; i < rows.size(); i += 2) real.push_back(std::move(rows[i]));
  return real;
}

}  // namespace kgaudit::models
