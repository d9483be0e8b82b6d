#include "datasets/load_graph.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <memory>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "datasets/tar_reader.hpp"
#include "suite/base/error.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::datasets {
namespace {

using UsualFile = TripleFormatEntry::UsualFile;

bool has_file(const TripleFormatEntry& format, std::string_view name) {
  return std::ranges::find(format.files, name, &UsualFile::name) != format.files.end();
}

/// "train.txt, valid.txt and test.txt".
std::string names_of(const TripleFormatEntry& format) {
  std::vector<std::string> names;
  for (const UsualFile& file : format.files) names.emplace_back(file.name);
  return listed_in_words(names);
}

/// Which format the names of a folder or archive make up.
const TripleFormatEntry& recognised_format(const std::string& place,
                                           const std::function<bool(std::string_view)>& has) {
  std::vector<const TripleFormatEntry*> found;
  for (const TripleFormatEntry* format : triple_formats()) {
    if (std::ranges::any_of(format->marks, has)) found.push_back(format);
  }
  if (found.size() == 1) return *found.front();
  std::vector<std::string> words;
  if (found.empty()) {
    std::vector<std::string_view> marks;
    for (const TripleFormatEntry* format : triple_formats()) {
      marks.push_back(format->marks.front());
      words.push_back(names_of(*format));
    }
    throw InputError::unreadable(place, fmt::format("neither {}", fmt::join(marks, " nor ")),
                                 fmt::format("{}", fmt::join(words, ", or ")));
  }
  for (const TripleFormatEntry* format : found) words.emplace_back(format->words);
  throw InputError::usage(place, fmt::format("both {}", fmt::join(words, " and ")),
                          "one graph in one format", "a card that names the format");
}

InputError missing_file(const std::string& place, std::string_view name) {
  return InputError::unreadable(place, fmt::format("no file {}", name),
                                "the files of training, validation and test",
                                "kgaudit datasets split makes them from one file");
}

}  // namespace

const TripleFormatEntry& triple_format_for(const std::vector<FileRole>& roles) {
  static constexpr std::array kGraphRoles{FileRole::kTrain, FileRole::kValid, FileRole::kTest,
                                          FileRole::kEntities, FileRole::kRelations};
  const auto has_place = [](const TripleFormatEntry& format, FileRole role) {
    return std::ranges::find(kGraphRoles, role) == kGraphRoles.end() ||
           std::ranges::find(format.files, role, &UsualFile::role) != format.files.end();
  };
  const TripleFormatEntry* best = nullptr;
  for (const TripleFormatEntry* format : triple_formats()) {
    const bool fits =
        std::ranges::all_of(roles, [&](FileRole role) { return has_place(*format, role); });
    if (fits && (best == nullptr || format->files.size() < best->files.size())) best = format;
  }
  return best != nullptr ? *best : *triple_formats().front();
}

LoadedGraph load_graph_files(const GraphFiles& files, const TripleFormatEntry& format,
                             Progress& progress, const ReadLimits& limits) {
  TripleInputs inputs;
  std::vector<HashedFileSource*> sources;
  for (const UsualFile& usual : format.files) {
    const auto found = files.find(usual.role);
    KGA_REQUIRE(found != files.end(), "no file for the role {}", to_text(usual.role));
    auto source = std::make_unique<HashedFileSource>(found->second);
    sources.push_back(source.get());
    inputs.emplace(usual.role, TripleInput{std::move(source), found->second.string()});
  }
  LoadedGraph loaded;
  loaded.format = &format;
  loaded.graph = format.read(inputs, progress, limits);
  for (HashedFileSource* source : sources) loaded.files.push_back(source->identity());
  return loaded;
}

LoadedGraph load_graph_directory(const std::filesystem::path& directory,
                                 const TripleFormatEntry* format, Progress& progress,
                                 const ReadLimits& limits) {
  std::error_code failure;
  const auto status = std::filesystem::status(directory, failure);
  if (!std::filesystem::exists(status)) {
    throw InputError::unreadable(directory.string(), "no such folder", "a folder of triples");
  }
  if (!std::filesystem::is_directory(status)) {
    throw InputError::unreadable(directory.string(), "a file", "a folder of triples",
                                 "the folder that holds it");
  }
  const auto has = [&](std::string_view name) {
    std::error_code ignored;
    return std::filesystem::exists(directory / name, ignored);
  };
  if (format == nullptr) format = &recognised_format(directory.string(), has);
  GraphFiles files;
  for (const UsualFile& usual : format->files) {
    if (!has(usual.name)) throw missing_file(directory.string(), usual.name);
    files.emplace(usual.role, directory / usual.name);
  }
  return load_graph_files(files, *format, progress, limits);
}

LoadedGraph load_graph_archive(const std::filesystem::path& file, const TripleFormatEntry* format,
                               Progress& progress, const ReadLimits& limits) {
  const std::string place = file.string();
  const auto is_usual = [](std::string_view name) {
    return std::ranges::any_of(triple_formats(),
                               [&](const TripleFormatEntry* one) { return has_file(*one, name); });
  };
  LoadedGraph loaded;
  HashedFileSource source(file);
  std::map<std::string, std::string, std::less<>> texts;
  TarReader tar(source, place, limits.archive_bytes, progress);
  while (tar.next()) {
    const std::string name = tar.name();
    if (!is_usual(name)) {
      loaded.ignored.push_back(printable(tar.path()));
      continue;
    }
    if (texts.contains(name)) {
      throw InputError::unreadable(place, fmt::format("two entries {}", name), "one graph");
    }
    texts.emplace(name, tar.read());
  }
  if (format == nullptr) {
    format = &recognised_format(place, [&](std::string_view name) { return texts.contains(name); });
  }
  TripleInputs inputs;
  for (const UsualFile& usual : format->files) {
    const auto found = texts.find(usual.name);
    if (found == texts.end()) throw missing_file(place, usual.name);
    inputs.emplace(usual.role, TripleInput{std::make_unique<MemorySource>(found->second),
                                           fmt::format("{}/{}", place, usual.name)});
  }
  for (const auto& [name, text] : texts) {
    if (!has_file(*format, name)) loaded.ignored.push_back(name);
  }
  loaded.format = format;
  loaded.graph = format->read(inputs, progress, limits);
  loaded.files.push_back(source.identity());
  return loaded;
}

}  // namespace kgaudit::datasets
