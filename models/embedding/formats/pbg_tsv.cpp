#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "models/embedding/foreign/embedding_format.hpp"
#include "models/embedding/foreign/name_map.hpp"
#include "models/embedding/foreign/name_search.hpp"
#include "models/embedding/foreign/reading.hpp"
#include "models/embedding/foreign/vector_text.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::models::embedding_formats_roster {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kRelationsFile = "relation_types_parameters.tsv";
constexpr std::string_view kReverse = "_reverse_relation";

/// "entities \t relations \t width", as the published dump of Wikidata begins.
struct Counts {
  std::uint64_t entities;
  std::uint64_t relations;
  std::uint64_t width;
};

std::optional<Counts> counts_in(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  std::vector<std::uint64_t> numbers;
  for (bool more = true; more;) {
    const std::size_t tab = line.find('\t');
    const auto number = parse_uint(line.substr(0, tab));
    if (!number || numbers.size() == 3) return std::nullopt;
    numbers.push_back(*number);
    more = tab != std::string_view::npos;
    if (more) line.remove_prefix(tab + 1);
  }
  if (numbers.size() != 3 || numbers[2] == 0) return std::nullopt;
  return Counts{numbers[0], numbers[1], numbers[2]};
}

bool sniff_pbg_tsv(ForeignPath& path) {
  if (path.is_folder() || path.file_name() == kRelationsFile) return false;
  const std::string head = unpacked_head(path.file()->bytes(), path.place());
  if (head.find('\0') != std::string::npos) return false;
  const auto lines = head_lines(head);
  if (lines.size() < 2) return false;
  if (const auto counts = counts_in(lines[0])) {
    const auto cut = cut_numbers(lines[1], '\t', counts->width);
    return cut && !cut->name.empty() && numbers_at_end(lines[1], '\t') >= counts->width;
  }
  // The two files of an export lie side by side.
  return path.has(kRelationsFile) && lines[0].find('\t') != std::string_view::npos &&
         numbers_at_end(lines[0], '\t') >= 2;
}

/// Reads lines of a name and numbers.
class PbgRows {
 public:
  PbgRows(ForeignPath& path, std::uint64_t width) : rows(path), path_(path), width_(width) {}

  /// `all`: whatever the options keep.
  void add(const ByteLines& lines, bool all = true) {
    const auto cut = cut_numbers(lines.line(), '\t', width_);
    if (!cut) {
      throw lines.error(fmt::format("'{}'", printable(lines.line(), 40)),
                        fmt::format("a name and {} numbers, separated by tabs", width_));
    }
    ++seen;
    if (!all && path_.options().keep && !path_.options().keep(cut->name)) return;
    path_.budget().take(cut->name.size() + 48, path_.place(), "names");
    names.emplace_back(cut->name);
    rows.add(cut->numbers, '\t', lines);
  }

  /// Gives the rows and says how many were left out.
  [[nodiscard]] TensorView take(ForeignEmbedding& embedding) {
    count_rows_left(embedding, rows.rows(), seen);
    return std::move(rows).take("entities", width_);
  }

  GrowingRows rows;
  std::vector<std::string> names;
  std::uint64_t seen = 0;

 private:
  ForeignPath& path_;
  std::uint64_t width_;
};

/// relation \t lhs|rhs \t operator \t parameter \t shape \t numbers
void read_relations(ForeignPath& path, ForeignEmbedding& embedding) {
  const auto file = path.open(kRelationsFile);
  const std::string place = file->path().string();
  ByteLines lines(path, *file);
  std::map<std::string, PbgRows> sides;
  std::vector<std::string> operators;
  while (lines.next()) {
    std::string_view rest = lines.line();
    std::vector<std::string> fields;
    for (int i = 0; i < 5; ++i) {
      const std::size_t tab = rest.find('\t');
      if (tab == std::string_view::npos) {
        throw lines.error(fmt::format("'{}'", printable(lines.line(), 40)),
                          "relation, side, operator, parameter, shape and numbers");
      }
      fields.emplace_back(rest.substr(0, tab));
      rest.remove_prefix(tab + 1);
    }
    if (std::find(operators.begin(), operators.end(), fields[2]) == operators.end()) {
      operators.push_back(fields[2]);
    }
    const auto width = parse_uint(fields[4]);
    if (!width || *width == 0) {
      throw not_row_by_row(path,
                           fmt::format("a PyTorch-BigGraph export with the operator {}, whose "
                                       "relations are matrices",
                                       printable(fields[2])));
    }
    auto at = sides.find(fields[1]);
    if (at == sides.end()) {
      at = sides.try_emplace(fields[1], path, *width).first;
    }
    at->second.names.push_back(fields[0]);
    at->second.rows.add(rest, '\t', lines);
  }
  if (operators.size() != 1 || (operators[0] != "translation" && operators[0] != "diagonal")) {
    throw not_row_by_row(
        path, fmt::format("a PyTorch-BigGraph export with {} operators, the first "
                          "{}",
                          operators.size(), operators.empty() ? "missing" : operators[0]));
  }
  embedding.model = operators[0] == "translation" ? "TransE" : "DistMult";
  embedding.conclude("model", embedding.model,
                     fmt::format("{}: operator {}", kRelationsFile, operators[0]),
                     Certainty::kStated, "--model");
  std::vector<std::string> names;
  for (auto& [side, rows] : sides) {
    if (!names.empty() && names != rows.names) {
      throw InputError::unreadable(place, "other relations for lhs than for rhs",
                                   "the same relations in the same order");
    }
    names = rows.names;
    const RelationSide use = side == "lhs" ? RelationSide::kTails : RelationSide::kHeads;
    embedding.relations.push_back(
        {sides.size() == 1 ? RelationSide::kBoth : use, std::move(rows.rows).take(side)});
  }
  attach_relation_names(embedding, std::move(names), std::string(kRelationsFile));
  if (embedding.relations.front().rows.width() != embedding.entities.width()) {
    embedding.note("mixed-runs",
                   fmt::format("rows of {} numbers here, of {} in {}", embedding.entities.width(),
                               embedding.relations.front().rows.width(), kRelationsFile),
                   Finding::Weight::kError);
  }
}

/// A configuration near the export, in a folder of this one, may belong to another run.
void compare_with_runs(ForeignPath& path, ForeignEmbedding& embedding) {
  std::error_code failure;
  std::vector<std::string> folders;
  for (fs::directory_iterator at(path.folder(), failure), end; !failure && at != end;
       at.increment(failure)) {
    std::error_code inner;
    if (at->is_directory(inner) && !at->is_symlink(inner)) {
      folders.push_back(at->path().filename().string());
    }
  }
  std::sort(folders.begin(), folders.end());
  for (const std::string& folder : folders) {
    const std::string name = folder + "/config.json";
    const auto config = config_in(path, name);
    if (!config || !config->contains("entity_path")) continue;
    const auto width = config_number(*config, "dimension");
    if (width && *width != static_cast<double>(embedding.entities.width())) {
      embedding.note("mixed-runs",
                     fmt::format("{} is of a run with {} numbers a row, these rows have {}: the "
                                 "two do not belong together",
                                 name, *width, embedding.entities.width()),
                     Finding::Weight::kError);
    }
    const fs::path data = config_text(*config, "entity_path").value_or("");
    const std::string names = (data / "entity_names_all_0.json").string();
    if (data.empty() || data.is_absolute() || !path.has(names)) continue;
    const auto file = path.open(names);
    const NameMap map = read_name_map(file->bytes(), file->path().string(), path.budget());
    if (map.names.size() != embedding.entity_names.size() || map.names == embedding.entity_names) {
      continue;
    }
    std::size_t same = 0;
    for (std::size_t i = 0; i < map.names.size(); ++i) {
      same += map.names[i] == embedding.entity_names[i] ? 1U : 0U;
    }
    embedding.note("name-order",
                   fmt::format("{} has as many names in another order ({} of {} in the same "
                               "place): these rows keep the names of their own lines",
                               names, with_thousands(same), with_thousands(map.names.size())),
                   Finding::Weight::kWarning);
  }
}

/// Entities, then relations for ranking tails, then those for heads, under the same names and
/// "_reverse_relation".
void read_with_counts(ForeignPath& path, ByteLines& lines, const Counts& counts,
                      ForeignEmbedding& embedding) {
  PbgRows entities(path, counts.width);
  PbgRows forward(path, counts.width);
  PbgRows reverse(path, counts.width);
  if (!path.options().keep) {
    entities.rows.expect(counts.entities, counts.width, path.file()->size());
  }
  while (lines.next()) {
    if (entities.seen < counts.entities) {
      entities.add(lines, false);
    } else {
      const auto cut = cut_numbers(lines.line(), '\t', counts.width);
      const bool back = cut && cut->name.find(kReverse) != std::string_view::npos;
      (back ? reverse : forward).add(lines);
    }
  }
  if (entities.seen != counts.entities) {
    throw InputError::unreadable(
        path.place(), fmt::format("{} rows of entities", with_thousands(entities.seen)),
        fmt::format("{}, as the first line says", with_thousands(counts.entities)),
        "the file is cut off: fetch it again");
  }
  embedding.entities = entities.take(embedding);
  embedding.model = "TransE";
  embedding.comparator = "dot";
  embedding.conclude("model", "TransE", "the dump of Wikidata was trained with translations",
                     Certainty::kGuessed, "--model");
  embedding.conclude("comparator", "dot", "as the dump of Wikidata", Certainty::kGuessed);
  if (forward.rows.rows() > 0) {
    embedding.relations.push_back(
        {reverse.rows.rows() > 0 ? RelationSide::kHeads : RelationSide::kBoth,
         std::move(forward.rows).take("relations")});
  }
  if (reverse.rows.rows() > 0) {
    embedding.relations.push_back(
        {RelationSide::kTails, std::move(reverse.rows).take("reverse relations")});
  }
  attach_entity_names(embedding, std::move(entities.names), "the rows themselves");
  if (!embedding.relations.empty()) {
    attach_relation_names(embedding, std::move(forward.names), "the rows themselves");
  }
}

ForeignEmbedding read_pbg_tsv(ForeignPath& path) {
  ForeignEmbedding embedding;
  embedding.tool = "PyTorch-BigGraph";
  ByteLines lines(path, *path.file());
  if (!lines.next()) throw lines.error("no line", "a name and its numbers");
  if (const auto counts = counts_in(lines.line())) {
    embedding.conclude("tool", embedding.tool, "a first line of three counts");
    read_with_counts(path, lines, *counts, embedding);
    return embedding;
  }
  embedding.conclude("tool", embedding.tool, fmt::format("{} beside it", kRelationsFile));
  PbgRows entities(path, numbers_at_end(lines.line(), '\t'));
  do {
    entities.add(lines, false);
  } while (lines.next());
  embedding.entities = entities.take(embedding);
  attach_entity_names(embedding, std::move(entities.names), "the rows themselves");
  read_relations(path, embedding);
  embedding.conclude("comparator", "unknown", "an export does not say it", Certainty::kGuessed);
  compare_with_runs(path, embedding);
  return embedding;
}

}  // namespace

extern const EmbeddingFormat pbg_tsv;
constinit const EmbeddingFormat pbg_tsv = {
    .id = "pbg-tsv",
    .title = "PyTorch-BigGraph's text export",
    .description =
        "A name and numbers a line, separated by tabs, with relation_types_parameters.tsv beside "
        "it; or one file that begins with three counts, as the dump of Wikidata; packed or not",
    .source = "PyTorch-BigGraph: converters/export_to_tsv.py, docs/pretrained_embeddings.rst",
    .pitfalls =
        "Numbers have nine digits after the point, so small ones are 0. Rows keep the names of "
        "their own lines, whatever other files of the folder say.",
    .sniff = &sniff_pbg_tsv,
    .read = &read_pbg_tsv,
    .reads_unsniffed = true,
};

}  // namespace kgaudit::models::embedding_formats_roster
