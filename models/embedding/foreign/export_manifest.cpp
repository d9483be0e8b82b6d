#include "models/embedding/foreign/export_manifest.hpp"

#include <array>
#include <limits>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "models/embedding/foreign/foreign_path.hpp"
#include "suite/base/error.hpp"
#include "suite/base/files/byte_source.hpp"
#include "suite/base/files/object_reader.hpp"
#include "suite/base/files/strict_json.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::models {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kManifestVersion = 1;
constexpr std::uint64_t kLargestManifest = std::uint64_t{1} << 30U;
constexpr const char* kVersionKey = "kgaudit_embedding";
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

template <typename Value, std::size_t n>
Value word_from(ObjectReader& object, const char* key,
                const std::array<ManifestWord<Value>, n>& words) {
  const std::string got = object.text(key);
  for (const ManifestWord<Value>& one : words) {
    if (one.second == got) return one.first;
  }
  throw object.refuse(fmt::format("'{}' is '{}'", key, printable(got, 40)),
                      "a word that this version knows");
}

std::string text_or_none(ObjectReader& object, const char* key) {
  return object.has(key) ? object.text(key) : std::string();
}

std::optional<double> number_or_none(ObjectReader& object, const char* key) {
  return object.has(key) ? std::optional(object.number(key)) : std::nullopt;
}

Json shape_of(const TensorView& table) {
  return {{"rows", table.rows()}, {"width", table.width()}};
}

TensorView table_from(ObjectReader object) {
  TensorView table;
  table.shape = {object.whole("rows"), object.whole("width")};
  static_cast<void>(element_count(table.shape, object.place()));
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

RunOrigin origin_from(ObjectReader object) {
  RunOrigin origin;
  origin.system = object.text("system");
  origin.seed = object.whole("seed");
  origin.view = text_or_none(object, "view");
  if (object.has("attribute")) origin.attribute = object.text("attribute");
  origin.graph_hash = object.text("graph_hash");
  origin.vectors_left_out = object.flag("vectors_left_out");
  origin.plan = object.json("plan");
  return origin;
}

Json vectors_json(const VectorTable& table) {
  return {{"attribute", table.attribute},
          {"rows", table.rows.rows()},
          {"width", table.rows.width()},
          {"row_of_entity", fmt::format("{}", fmt::join(table.row_of, " "))}};
}

VectorTable vectors_from(ObjectReader object, std::uint64_t entities) {
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
  Json json = {{kVersionKey, kManifestVersion}, {"model", facts.model}};
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
  if (!manifest.sha256.empty()) json["sha256"] = manifest.sha256;
  if (facts.origin) json["origin"] = origin_json(*facts.origin, "the plan of the run");
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

ExportManifest parse_manifest(std::string_view text, const std::string& place) {
  ObjectReader object(text, place);
  if (const std::uint64_t version = object.whole(kVersionKey); version != kManifestVersion) {
    throw InputError::unreadable(place, fmt::format("version {}", version),
                                 fmt::format("version {}", kManifestVersion),
                                 "the kgaudit that wrote the folder, or a newer one");
  }
  ExportManifest manifest;
  ForeignEmbedding& facts = manifest.facts;
  facts.model = object.text("model");
  facts.tool = text_or_none(object, "tool");
  facts.score = text_or_none(object, "score");
  facts.formula = text_or_none(object, "formula");
  if (object.has("norm")) {
    const std::uint64_t norm = object.whole("norm");
    if (norm != 1 && norm != 2) {
      throw InputError::unreadable(place, fmt::format("norm {}", norm), "norm 1 or 2");
    }
    facts.norm = static_cast<int>(norm);
  }
  facts.comparator = text_or_none(object, "comparator");
  if (object.has("normalise")) facts.normalise = object.flag("normalise");
  facts.complex_layout = word_from(object, "complex_layout", kComplexLayouts);
  facts.inverse_layout = word_from(object, "inverse_layout", kInverseLayouts);
  facts.phase_scale = number_or_none(object, "phase_scale");
  facts.gamma = number_or_none(object, "gamma");
  ObjectReader entities = object.object("entities");
  manifest.entity_names = entities.flag("names");
  facts.entities = table_from(std::move(entities));
  for (ObjectReader& table : object.objects("relations")) {
    const RelationSide side = word_from(table, "side", kSides);
    facts.relations.push_back({side, table_from(std::move(table))});
  }
  manifest.relation_names = object.flag("relation_names");
  for (ObjectReader& said : object.objects("concluded")) {
    Conclusion one;
    one.what = said.text("what");
    one.value = said.text("value");
    one.why = said.text("why");
    one.certainty = word_from(said, "certainty", kCertainties);
    one.option = said.text("option");
    facts.conclusions.push_back(std::move(one));
  }
  if (object.has("attribute_vectors")) {
    for (ObjectReader& one : object.objects("attribute_vectors")) {
      facts.attribute_vectors.push_back(vectors_from(std::move(one), facts.entities.rows()));
    }
  }
  for (ObjectReader& one : object.objects("formats")) {
    FormatFiles all;
    all.format = one.text("format");
    all.reader = one.text("reader");
    all.entities = one.text("entities");
    all.relations = one.text_list("relations");
    all.attribute_vectors = one.text_list("attribute_vectors");
    if (all.relations.size() != facts.relations.size() ||
        all.attribute_vectors.size() != facts.attribute_vectors.size()) {
      throw InputError::unreadable(
          place, fmt::format("files of other tables for {}", printable(all.format, 40)),
          "a file for each table");
    }
    manifest.formats.push_back(std::move(all));
  }
  if (manifest.formats.empty()) {
    throw InputError::unreadable(place, "no format", "the file as kgaudit wrote it");
  }
  if (object.has("sha256")) manifest.sha256 = object.texts("sha256");
  if (object.has("origin")) facts.origin = origin_from(object.object("origin"));
  return manifest;
}

void require_as_written(const ExportManifest& manifest, std::span<const SourceFile> files,
                        const std::filesystem::path& folder) {
  for (const SourceFile& file : files) {
    const auto written = manifest.sha256.find(file.name);
    if (written == manifest.sha256.end() || written->second == file.sha256) continue;
    throw InputError::unreadable(
        (folder / file.name).string(), "SHA-256 " + file.sha256,
        fmt::format("{}, as {} says: the file is of another embedding, or was changed",
                    written->second, kManifestFile),
        "write the embedding again; if the numbers were changed on purpose, a copy of the file "
        "outside this folder can be read");
  }
}

void require_as_written(const std::filesystem::path& folder) {
  ForeignPath path(folder, {});
  const auto file = path.open(kManifestFile);
  const ExportManifest manifest = parse_manifest(file->bytes(), file->path().string());
  for (const auto& [name, sha256] : manifest.sha256) static_cast<void>(path.open(name));
  require_as_written(manifest, path.sources(), folder);
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
