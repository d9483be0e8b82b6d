#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "datasets/name_table.hpp"
#include "datasets/triple_format.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::datasets::formats_roster {
namespace {

/// Splits at runs of blanks and tabs; the pieces beyond the first N are counted only.
template <std::size_t N>
std::size_t split_fields(std::string_view line, std::array<std::string_view, N>& fields) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < line.size();) {
    if (line[i] == ' ' || line[i] == '\t') {
      ++i;
      continue;
    }
    const std::size_t end = std::min(line.find_first_of(" \t", i), line.size());
    if (count < N) fields[count] = line.substr(i, end - i);
    ++count;
    i = end;
  }
  return count;
}

/// The count on the first line of every file.
std::uint64_t read_count(TripleLines& lines) {
  std::array<std::string_view, 1> fields;
  const std::size_t pieces = split_fields(lines.first(), fields);
  const auto count = pieces == 1 ? parse_uint(fields[0]) : std::nullopt;
  if (!count) {
    throw lines.error(fmt::format("'{}'", printable(lines.line())),
                      "the number of the lines that follow");
  }
  return *count;
}

InputError wrong_count(const TripleLines& lines, std::uint64_t stated, std::uint64_t found,
                       const std::string& more = "") {
  return lines.error_at(1, fmt::format("the count {}{}", stated, more),
                        fmt::format("{}, which is the number of lines that follow", found),
                        "check whether the file was cut off");
}

std::vector<std::string> read_names(TripleInput& input, std::string_view kind, Progress& progress,
                                    const ReadLimits& limits) {
  TripleLines lines(input, fmt::format("{} and id", kind), progress, limits);
  const std::uint64_t count = read_count(lines);
  if (count == 0 || count >= kMostNames) {
    throw lines.error(fmt::format("the count {}", count),
                      fmt::format("a number in [1, {}]", kMostNames - 1));
  }
  // The stated count is not trusted with memory: the names grow with the lines that are there.
  NameTable seen;
  std::vector<std::uint32_t> id_of;  // by order of lines
  std::vector<std::pair<std::uint32_t, std::uint32_t>> id_and_line;
  while (lines.next()) {
    const std::string_view line = lines.line();
    // Names may hold blanks, so the id is what stands after the last separator.
    const std::size_t tab = line.rfind('\t');
    const std::size_t cut = tab != std::string_view::npos ? tab : line.rfind(' ');
    if (cut == std::string_view::npos) {
      throw lines.error(fmt::format("1 column: '{}'", printable(line)),
                        fmt::format("{} and id, tab-separated", kind));
    }
    const std::string_view name = line.substr(0, cut);
    const std::string_view id_text = line.substr(cut + 1);
    if (name.find('\t') != std::string_view::npos) {
      throw lines.error(fmt::format("more than 2 columns: '{}'", printable(line)),
                        fmt::format("{} and id, tab-separated", kind));
    }
    if (name.empty()) throw lines.error("an empty name", fmt::format("{} and id", kind));
    const auto id = parse_uint(id_text);
    if (!id || *id >= count) {
      throw lines.error(fmt::format("the id '{}'", printable(id_text)),
                        fmt::format("an integer in [0, {}]", count - 1));
    }
    if (const auto earlier = seen.find(name)) {
      throw lines.error(fmt::format("the name '{}' again", printable(name)), "every name once",
                        fmt::format("compare with line {}", *earlier + 2));
    }
    static_cast<void>(seen.id(name));
    id_of.push_back(static_cast<std::uint32_t>(*id));
    id_and_line.emplace_back(id_of.back(), static_cast<std::uint32_t>(lines.number()));
  }
  std::sort(id_and_line.begin(), id_and_line.end());
  const auto twice =
      std::ranges::adjacent_find(id_and_line, {}, &std::pair<std::uint32_t, std::uint32_t>::first);
  if (twice != id_and_line.end()) {
    throw lines.error_at(std::next(twice)->second, fmt::format("the id {} again", twice->first),
                         "every id once", fmt::format("compare with line {}", twice->second));
  }
  if (id_of.size() != count) {
    // Ids are distinct and below the count, so with too few lines one of them is missing.
    std::uint64_t missing = 0;
    while (missing < id_and_line.size() && id_and_line[missing].first == missing) ++missing;
    throw wrong_count(lines, count, id_of.size(),
                      fmt::format(", and the id {} is missing", missing));
  }
  std::vector<std::string> in_file_order = seen.take();
  std::vector<std::string> names(count);
  for (std::size_t i = 0; i < in_file_order.size(); ++i) {
    names[id_of[i]] = std::move(in_file_order[i]);
  }
  return names;
}

std::vector<Triple> read_split(TripleInput& input, std::size_t entities, std::size_t relations,
                               Progress& progress, const ReadLimits& limits) {
  TripleLines lines(input, "head, tail and relation ids", progress, limits);
  const std::uint64_t count = read_count(lines);
  std::vector<Triple> triples;
  while (lines.next()) {
    const std::string_view line = lines.line();
    std::array<std::string_view, 3> fields;
    const std::size_t pieces = split_fields(line, fields);
    if (pieces != 3) {
      throw lines.error(
          fmt::format("{} column{}: '{}'", pieces, pieces == 1 ? "" : "s", printable(line)),
          "3 columns (head, tail and relation ids)");
    }
    const auto number = [&](std::size_t field, std::string_view what, std::size_t bound) {
      const auto id = parse_uint(fields[field]);
      if (!id || *id >= bound) {
        throw lines.error(fmt::format("the {} id '{}'", what, printable(fields[field])),
                          fmt::format("an integer in [0, {}]", bound - 1),
                          field == 2 ? "the order head, tail, relation" : "");
      }
      return static_cast<std::uint32_t>(*id);
    };
    Triple t;
    t.head = EntityId(number(0, "head", entities));
    t.tail = EntityId(number(1, "tail", entities));
    t.relation = RelationId(number(2, "relation", relations));
    triples.push_back(t);
  }
  if (triples.size() != count) throw wrong_count(lines, count, triples.size());
  if (triples.empty()) throw lines.error("no triples", "at least one triple");
  triples.shrink_to_fit();
  return triples;
}

KnowledgeGraph read_openke(TripleInputs& inputs, Progress& progress, const ReadLimits& limits) {
  auto entities = read_names(inputs.at(FileRole::kEntities), "entity", progress, limits);
  auto relations = read_names(inputs.at(FileRole::kRelations), "relation", progress, limits);
  const auto split = [&](FileRole role) {
    return read_split(inputs.at(role), entities.size(), relations.size(), progress, limits);
  };
  auto train = split(FileRole::kTrain);
  auto valid = split(FileRole::kValid);
  auto test = split(FileRole::kTest);
  return {Vocabulary(std::move(entities)), Vocabulary(std::move(relations)), std::move(train),
          std::move(valid), std::move(test)};
}

constexpr std::array<std::string_view, 2> kOpenkeMarks{"entity2id.txt", "train2id.txt"};
constexpr std::array<TripleFormatEntry::UsualFile, 5> kOpenkeFiles{
    {{FileRole::kEntities, "entity2id.txt"},
     {FileRole::kRelations, "relation2id.txt"},
     {FileRole::kTrain, "train2id.txt"},
     {FileRole::kValid, "valid2id.txt"},
     {FileRole::kTest, "test2id.txt"}}};

}  // namespace

extern const TripleFormatEntry openke;
constinit const TripleFormatEntry openke = {
    .id = "openke",
    .title = "OpenKE id files",
    .description =
        "Names with ids in entity2id.txt and relation2id.txt; the ids of head, tail and relation, "
        "one triple per line, in train2id.txt, valid2id.txt and test2id.txt. Every file begins "
        "with the number of lines that follow",
    .source = "OpenKE (Han et al. 2018)",
    .pitfalls =
        "The relation stands last, in most other formats second: a file of the other order is read "
        "without an error if its ids are small enough. Ids must be 0 to count - 1.",
    .words = "OpenKE id files",
    .marks = kOpenkeMarks,
    .files = kOpenkeFiles,
    .read = &read_openke,
};

}  // namespace kgaudit::datasets::formats_roster
