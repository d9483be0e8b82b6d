#include "datasets/load_graph.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <functional>
#include <memory>

#include <archive.h>
#include <archive_entry.h>

#include "suite/base/error.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::datasets {

namespace {

constexpr std::uint64_t kMostNames = std::uint64_t{1} << 31U;

/// Where one role's bytes come from and what to call it in messages.
struct Input {
  std::unique_ptr<ByteSource> bytes;
  std::string place;
};
using Inputs = std::map<FileRole, Input>;

struct UsualName {
  FileRole role;
  std::string_view name;
};
constexpr std::array<UsualName, 3> kTabSeparatedNames{{{FileRole::kTrain, "train.txt"},
                                                       {FileRole::kValid, "valid.txt"},
                                                       {FileRole::kTest, "test.txt"}}};
constexpr std::array<UsualName, 5> kOpenKeNames{{{FileRole::kEntities, "entity2id.txt"},
                                                 {FileRole::kRelations, "relation2id.txt"},
                                                 {FileRole::kTrain, "train2id.txt"},
                                                 {FileRole::kValid, "valid2id.txt"},
                                                 {FileRole::kTest, "test2id.txt"}}};

std::span<const UsualName> usual_names(TripleFormat format) {
  if (format == TripleFormat::kOpenKe) return kOpenKeNames;
  return kTabSeparatedNames;
}

constexpr std::array<FileRole, 3> kSplits{FileRole::kTrain, FileRole::kValid, FileRole::kTest};

/// Gives names their ids in order of first appearance.
class NameIds {
 public:
  std::uint32_t id(std::string_view name) {
    if ((names_.size() + 1) * 2 > slots_.size()) grow();
    const std::size_t slot = slot_of(name);
    if (slots_[slot] == 0) {
      names_.emplace_back(name);
      slots_[slot] = static_cast<std::uint32_t>(names_.size());
    }
    return slots_[slot] - 1;
  }
  [[nodiscard]] std::optional<std::uint32_t> find(std::string_view name) const {
    if (slots_.empty()) return std::nullopt;
    const std::uint32_t found = slots_[slot_of(name)];
    if (found == 0) return std::nullopt;
    return found - 1;
  }
  [[nodiscard]] std::size_t size() const { return names_.size(); }
  std::vector<std::string> take() { return std::move(names_); }

 private:
  [[nodiscard]] std::size_t slot_of(std::string_view name) const {
    const std::size_t mask = slots_.size() - 1;
    std::size_t slot = std::hash<std::string_view>{}(name)&mask;
    while (slots_[slot] != 0 && names_[slots_[slot] - 1] != name) slot = (slot + 1) & mask;
    return slot;
  }
  void grow() {
    slots_.assign(std::max<std::size_t>(1024, slots_.size() * 2), 0);
    for (std::size_t i = 0; i < names_.size(); ++i)
      slots_[slot_of(names_[i])] = static_cast<std::uint32_t>(i + 1);
  }
  std::vector<std::string> names_;
  std::vector<std::uint32_t> slots_;
};

/// Tells how far the reading is, and stops when the user asks, without a clock call a line.
class Pace {
 public:
  Pace(Progress* progress, const std::string& stage) : progress_(progress) {
    if (progress_ != nullptr) progress_->begin(stage, 0);
  }
  void line(std::uint64_t number) {
    if (progress_ == nullptr || number % 65536 != 0) return;
    progress_->advance(number, "lines");
    if (progress_->stop_requested()) throw Interrupted();
  }
  ~Pace() {
    if (progress_ != nullptr) progress_->end();
  }
  Pace(const Pace&) = delete;
  Pace& operator=(const Pace&) = delete;

 private:
  Progress* progress_;
};

InputError empty_file(const std::string& place) {
  return InputError::unreadable(fmt::format("{}:1", place), "an empty file", "one triple a line");
}

std::vector<Triple> read_tab_separated(Input& input, NameIds& entities, NameIds& relations,
                                       Progress* progress, const ReadLimits& limits) {
  Pace pace(progress, fmt::format("reading {}", input.place));
  LineReader reader(*input.bytes, input.place, limits.line_bytes);
  std::vector<Triple> triples;
  bool blank = false;
  const auto refuse_blank = [&](std::uint64_t number) {
    return InputError::unreadable(fmt::format("{}:{}", input.place, number), "an empty line",
                                  "head, relation and tail, tab-separated");
  };
  while (reader.next()) {
    const std::string_view line = reader.line();
    // Empty lines are let pass at the end only.
    if (blank) throw refuse_blank(reader.number() - 1);
    if (line.empty()) {
      blank = true;
      continue;
    }
    std::array<std::string_view, 3> columns;
    std::size_t count = 0;
    for (std::size_t begin = 0; begin <= line.size(); ++count) {
      const std::size_t end = std::min(line.find('\t', begin), line.size());
      if (count < 3) columns[count] = line.substr(begin, end - begin);
      begin = end + 1;
    }
    if (count != 3)
      throw reader.error(
          fmt::format("{} column{}: '{}'", count, count == 1 ? "" : "s", printable(line)),
          "3 columns (head, relation, tail), tab-separated",
          count == 1 && line.find(' ') != std::string_view::npos ? "tabs in place of blanks" : "");
    for (std::size_t i = 0; i < 3; ++i)
      if (columns[i].empty())
        throw reader.error(fmt::format("column {} is empty", i + 1), "head, relation and tail");
    Triple t;
    t.head = EntityId(entities.id(columns[0]));
    t.relation = RelationId(relations.id(columns[1]));
    t.tail = EntityId(entities.id(columns[2]));
    if (entities.size() >= kMostNames)
      throw reader.error("too many entities", fmt::format("at most {}", kMostNames - 1));
    triples.push_back(t);
    pace.line(reader.number());
  }
  if (triples.empty()) throw empty_file(input.place);
  triples.shrink_to_fit();
  return triples;
}

/// Splits at runs of blanks and tabs; at most `limit` + 1 pieces are looked for.
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

/// The count on the first line of every OpenKE file.
std::uint64_t read_count(LineReader& reader, const std::string& place) {
  if (!reader.next()) throw empty_file(place);
  std::array<std::string_view, 1> fields;
  const std::size_t pieces = split_fields(reader.line(), fields);
  const auto count = pieces == 1 ? parse_uint(fields[0]) : std::nullopt;
  if (!count)
    throw reader.error(fmt::format("'{}'", printable(reader.line())),
                       "the number of the lines that follow");
  return *count;
}

InputError wrong_count(const std::string& place, std::uint64_t stated, std::uint64_t found) {
  return InputError::unreadable(fmt::format("{}:1", place), fmt::format("the count {}", stated),
                                fmt::format("{}, which is the number of lines that follow", found),
                                "looking whether the file was cut off");
}

std::vector<std::string> read_names(Input& input, std::string_view kind, Progress* progress,
                                    const ReadLimits& limits) {
  Pace pace(progress, fmt::format("reading {}", input.place));
  LineReader reader(*input.bytes, input.place, limits.line_bytes);
  const std::uint64_t count = read_count(reader, input.place);
  if (count == 0 || count >= kMostNames)
    throw reader.error(fmt::format("the count {}", count),
                       fmt::format("a number in [1, {}]", kMostNames - 1));
  // The stated count is not trusted with memory: the names grow with the lines that are there.
  NameIds seen;
  std::vector<std::uint32_t> id_of;       // by order of lines
  std::vector<std::uint32_t> line_of_id;  // 0 = none yet
  bool blank = false;
  while (reader.next()) {
    const std::string_view line = reader.line();
    if (blank)
      throw InputError::unreadable(fmt::format("{}:{}", input.place, reader.number() - 1),
                                   "an empty line", fmt::format("{} and id", kind));
    if (line.empty()) {
      blank = true;
      continue;
    }
    // Names may hold blanks, so the id is what stands after the last separator.
    const std::size_t tab = line.rfind('\t');
    const std::size_t cut = tab != std::string_view::npos ? tab : line.rfind(' ');
    if (cut == std::string_view::npos)
      throw reader.error(fmt::format("1 column: '{}'", printable(line)),
                         fmt::format("{} and id, tab-separated", kind));
    const std::string_view name = line.substr(0, cut);
    const std::string_view id_text = line.substr(cut + 1);
    if (name.find('\t') != std::string_view::npos)
      throw reader.error(fmt::format("more than 2 columns: '{}'", printable(line)),
                         fmt::format("{} and id, tab-separated", kind));
    if (name.empty()) throw reader.error("an empty name", fmt::format("{} and id", kind));
    const auto id = parse_uint(id_text);
    if (!id || *id >= count)
      throw reader.error(fmt::format("the id '{}'", printable(id_text)),
                         fmt::format("an integer in [0, {}]", count - 1));
    if (const auto earlier = seen.find(name))
      throw reader.error(fmt::format("the name '{}' again", printable(name)), "every name once",
                         fmt::format("comparing with line {}", *earlier + 2));
    if (*id >= line_of_id.size())
      line_of_id.resize(std::min<std::uint64_t>(count, std::bit_ceil(*id + 1)), 0);
    if (line_of_id[*id] != 0)
      throw reader.error(fmt::format("the id {} again", *id), "every id once",
                         fmt::format("comparing with line {}", line_of_id[*id]));
    line_of_id[*id] = static_cast<std::uint32_t>(reader.number());
    static_cast<void>(seen.id(name));
    id_of.push_back(static_cast<std::uint32_t>(*id));
    pace.line(reader.number());
  }
  if (id_of.size() != count) {
    // Ids are distinct and below the count, so with too few lines one of them is missing.
    Complaint complaint = wrong_count(input.place, count, id_of.size()).complaint();
    complaint.got += fmt::format(", and the id {} is missing",
                                 std::ranges::find(line_of_id, 0U) - line_of_id.begin());
    throw InputError(ExitCode::kUnreadable, complaint);
  }
  std::vector<std::string> in_file_order = seen.take();
  std::vector<std::string> names(count);
  for (std::size_t i = 0; i < in_file_order.size(); ++i)
    names[id_of[i]] = std::move(in_file_order[i]);
  return names;
}

std::vector<Triple> read_id_triples(Input& input, std::size_t entities, std::size_t relations,
                                    Progress* progress, const ReadLimits& limits) {
  Pace pace(progress, fmt::format("reading {}", input.place));
  LineReader reader(*input.bytes, input.place, limits.line_bytes);
  const std::uint64_t count = read_count(reader, input.place);
  std::vector<Triple> triples;
  bool blank = false;
  while (reader.next()) {
    const std::string_view line = reader.line();
    if (blank)
      throw InputError::unreadable(fmt::format("{}:{}", input.place, reader.number() - 1),
                                   "an empty line", "head, tail and relation ids");
    if (line.empty()) {
      blank = true;
      continue;
    }
    std::array<std::string_view, 3> fields;
    const std::size_t pieces = split_fields(line, fields);
    if (pieces != 3)
      throw reader.error(
          fmt::format("{} column{}: '{}'", pieces, pieces == 1 ? "" : "s", printable(line)),
          "3 columns (head, tail and relation ids)");
    const auto number = [&](std::size_t field, std::string_view what, std::size_t bound) {
      const auto id = parse_uint(fields[field]);
      if (!id || *id >= bound)
        throw reader.error(fmt::format("the {} id '{}'", what, printable(fields[field])),
                           fmt::format("an integer in [0, {}]", bound - 1),
                           field == 2 ? "the order head, tail, relation" : "");
      return static_cast<std::uint32_t>(*id);
    };
    Triple t;
    t.head = EntityId(number(0, "head", entities));
    t.tail = EntityId(number(1, "tail", entities));
    t.relation = RelationId(number(2, "relation", relations));
    triples.push_back(t);
    pace.line(reader.number());
  }
  if (triples.size() != count) throw wrong_count(input.place, count, triples.size());
  if (triples.empty()) throw reader.error("no triples", "at least one triple");
  triples.shrink_to_fit();
  return triples;
}

KnowledgeGraph read_graph(Inputs& inputs, TripleFormat format, Progress* progress,
                          const ReadLimits& limits) {
  std::array<std::vector<Triple>, 3> splits;
  if (format == TripleFormat::kOpenKe) {
    auto entities = read_names(inputs.at(FileRole::kEntities), "entity", progress, limits);
    auto relations = read_names(inputs.at(FileRole::kRelations), "relation", progress, limits);
    for (std::size_t i = 0; i < splits.size(); ++i)
      splits[i] = read_id_triples(inputs.at(kSplits[i]), entities.size(), relations.size(),
                                  progress, limits);
    return {Vocabulary(std::move(entities)), Vocabulary(std::move(relations)), std::move(splits[0]),
            std::move(splits[1]), std::move(splits[2])};
  }
  NameIds entities;
  NameIds relations;
  for (std::size_t i = 0; i < splits.size(); ++i)
    splits[i] = read_tab_separated(inputs.at(kSplits[i]), entities, relations, progress, limits);
  return {Vocabulary(entities.take()), Vocabulary(relations.take()), std::move(splits[0]),
          std::move(splits[1]), std::move(splits[2])};
}

/// Which of the two layouts the names of a folder or archive make up.
TripleFormat sniff_format(const std::string& place,
                          const std::function<bool(std::string_view)>& has) {
  const bool openke = has("entity2id.txt") || has("train2id.txt");
  const bool tab_separated = has("train.txt");
  if (openke && tab_separated)
    throw InputError::usage(place, "both train.txt and OpenKE id files", "one graph in one format",
                            "a card that names the format");
  if (!openke && !tab_separated)
    throw InputError::unreadable(place, "neither train.txt nor entity2id.txt",
                                 "train.txt, valid.txt and test.txt, or OpenKE id files");
  return openke ? TripleFormat::kOpenKe : TripleFormat::kTabSeparated;
}

InputError missing_file(const std::string& place, std::string_view name) {
  return InputError::unreadable(place, fmt::format("no file {}", name),
                                "the files of training, validation and test");
}

/// An entry's path as it would be unpacked must stay below where it is unpacked.
void check_entry(const std::string& place, archive_entry* entry, const std::string& path) {
  const std::filesystem::path parsed(path);
  const bool climbs = parsed.is_absolute() ||
                      std::ranges::any_of(parsed, [](const auto& part) { return part == ".."; });
  if (climbs)
    throw InputError::unsafe(place, fmt::format("the entry '{}'", printable(path)),
                             "paths inside the archive");
  const auto type = archive_entry_filetype(entry);
  if ((type != AE_IFREG && type != AE_IFDIR) || archive_entry_hardlink(entry) != nullptr)
    throw InputError::unsafe(
        place, fmt::format("the entry '{}', which is a link or a device", printable(path)),
        "plain files and folders");
}

struct FreeArchive {
  void operator()(archive* a) const { archive_read_free(a); }
};

}  // namespace

LoadedGraph load_graph_files(const GraphFiles& files, TripleFormat format, Progress* progress,
                             const ReadLimits& limits) {
  Inputs inputs;
  std::vector<HashedFileSource*> sources;
  for (const UsualName& usual : usual_names(format)) {
    const auto found = files.find(usual.role);
    KGA_REQUIRE(found != files.end(), "no file for the role {}", to_text(usual.role));
    auto source = std::make_unique<HashedFileSource>(found->second);
    sources.push_back(source.get());
    inputs.emplace(usual.role, Input{std::move(source), found->second.string()});
  }
  LoadedGraph loaded;
  loaded.format = format;
  loaded.graph = read_graph(inputs, format, progress, limits);
  for (HashedFileSource* source : sources) loaded.files.push_back(source->identity());
  return loaded;
}

LoadedGraph load_graph_directory(const std::filesystem::path& directory,
                                 std::optional<TripleFormat> format, Progress* progress,
                                 const ReadLimits& limits) {
  std::error_code failure;
  const auto status = std::filesystem::status(directory, failure);
  if (!std::filesystem::exists(status))
    throw InputError::unreadable(directory.string(), "no such folder", "a folder of triples");
  if (!std::filesystem::is_directory(status))
    throw InputError::unreadable(directory.string(), "a file", "a folder of triples",
                                 "the folder that holds it");
  const auto has = [&](std::string_view name) {
    std::error_code ignored;
    return std::filesystem::exists(directory / name, ignored);
  };
  if (!format) format = sniff_format(directory.string(), has);
  GraphFiles files;
  for (const UsualName& usual : usual_names(*format)) {
    if (!has(usual.name)) throw missing_file(directory.string(), usual.name);
    files.emplace(usual.role, directory / usual.name);
  }
  return load_graph_files(files, *format, progress, limits);
}

LoadedGraph load_graph_archive(const std::filesystem::path& file,
                               std::optional<TripleFormat> format, Progress* progress,
                               const ReadLimits& limits) {
  const std::string place = file.string();
  HashedFileSource source(file);
  struct Feed {
    HashedFileSource& source;
    std::vector<char> block = std::vector<char>(std::size_t{1} << 16U);
    std::exception_ptr failure{};
  } feed{source};
  const std::unique_ptr<archive, FreeArchive> reader(archive_read_new());
  KGA_REQUIRE(reader != nullptr, "out of memory");
  archive_read_support_format_tar(reader.get());
  archive_read_support_filter_gzip(reader.get());
  archive_read_support_filter_bzip2(reader.get());
  archive_read_support_filter_xz(reader.get());
  archive_read_support_filter_zstd(reader.get());

  const auto broken = [&] {
    if (feed.failure) std::rethrow_exception(feed.failure);
    const char* why = archive_error_string(reader.get());
    return InputError::unreadable(place, printable(why == nullptr ? "not an archive" : why, 200),
                                  "a whole tar archive", "fetching it again");
  };
  const auto read_block = [](archive*, void* data, const void** block) -> la_ssize_t {
    auto* mine = static_cast<Feed*>(data);
    try {
      *block = mine->block.data();
      return static_cast<la_ssize_t>(mine->source.read(mine->block));
    } catch (...) {
      mine->failure = std::current_exception();  // no exception may pass through C code
      return -1;
    }
  };
  if (archive_read_open(reader.get(), &feed, nullptr, read_block, nullptr) != ARCHIVE_OK)
    throw broken();

  LoadedGraph loaded;
  std::map<std::string, std::string, std::less<>> texts;
  std::uint64_t unpacked = 0;
  const auto is_usual = [](std::string_view name) {
    const auto in = [&](std::span<const UsualName> names) {
      return std::ranges::find(names, name, &UsualName::name) != names.end();
    };
    return in(kTabSeparatedNames) || in(kOpenKeNames);
  };
  for (;;) {
    archive_entry* entry = nullptr;
    const int status = archive_read_next_header(reader.get(), &entry);
    if (status == ARCHIVE_EOF) break;
    if (status != ARCHIVE_OK) throw broken();
    const char* raw = archive_entry_pathname(entry);
    const std::string path = raw == nullptr ? "" : raw;
    check_entry(place, entry, path);
    if (archive_entry_filetype(entry) == AE_IFDIR) continue;
    const std::string name = std::filesystem::path(path).filename().string();
    const bool wanted = is_usual(name);
    if (wanted && texts.contains(name))
      throw InputError::unreadable(place, fmt::format("two entries {}", name), "one graph");
    if (!wanted) loaded.ignored.push_back(printable(path));
    std::string text;
    std::vector<char> block(std::size_t{1} << 18U);
    for (;;) {
      const la_ssize_t got = archive_read_data(reader.get(), block.data(), block.size());
      if (got < 0) throw broken();
      if (got == 0) break;
      unpacked += static_cast<std::uint64_t>(got);
      if (unpacked > limits.archive_bytes)
        throw InputError::unreadable(
            place, fmt::format("more than {} when unpacked", bytes_text(limits.archive_bytes)),
            fmt::format("at most {}", bytes_text(limits.archive_bytes)),
            "unpacking it by hand and giving the folder");
      if (wanted) text.append(block.data(), static_cast<std::size_t>(got));
    }
    if (wanted) texts.emplace(name, std::move(text));
    if (progress != nullptr && progress->stop_requested()) throw Interrupted();
  }
  // What follows the last entry (padding) belongs to the file's identity too.
  while (source.read(feed.block) != 0) {
  }

  if (!format)
    format = sniff_format(place, [&](std::string_view name) { return texts.contains(name); });
  Inputs inputs;
  for (const UsualName& usual : usual_names(*format)) {
    const auto found = texts.find(usual.name);
    if (found == texts.end()) throw missing_file(place, usual.name);
    inputs.emplace(usual.role, Input{std::make_unique<MemorySource>(found->second),
                                     fmt::format("{}/{}", place, usual.name)});
  }
  for (const auto& [name, text] : texts) {
    const auto used = usual_names(*format);
    if (std::ranges::find(used, name, &UsualName::name) == used.end())
      loaded.ignored.push_back(name);
  }
  loaded.format = *format;
  loaded.graph = read_graph(inputs, *format, progress, limits);
  loaded.files.push_back(source.identity());
  return loaded;
}

}  // namespace kgaudit::datasets
