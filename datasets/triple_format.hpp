#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "datasets/file_role.hpp"
#include "datasets/knowledge_graph.hpp"
#include "suite/base/files/line_reader.hpp"
#include "suite/base/progress.hpp"

namespace kgaudit::datasets {

/// What a reader refuses, so that a hostile or mistaken file cannot fill the memory.
struct ReadLimits {
  std::size_t line_bytes = kLineBytes;
  std::uint64_t archive_bytes = std::uint64_t{8} << 30U;  ///< of all unpacked entries together
};

/// Where the bytes of one file of a graph come from, and what to call it in messages.
struct TripleInput {
  std::unique_ptr<ByteSource> bytes;
  std::string place;
};
using TripleInputs = std::map<FileRole, TripleInput>;

/// A way to write a graph's triples down; one file in datasets/formats each.
struct TripleFormatEntry {
  struct UsualFile {
    FileRole role;
    std::string_view name;  ///< in a folder or archive
  };

  std::string_view id;  ///< the word that cards use: "tab-separated"
  std::string_view title;
  std::string_view description;  ///< what the files look like
  std::string_view source;       ///< who writes such files
  std::string_view pitfalls;
  std::string_view words;  ///< its files in messages: "OpenKE id files"
  /// A folder or archive with any of these names is in this format.
  std::span<const std::string_view> marks;
  std::span<const UsualFile> files;  ///< all are needed
  /// Reads the graph from one input for each of `files`. Every fault is an InputError (unreadable)
  /// with file:line. Duplicate triples are kept (see check_integrity).
  KnowledgeGraph (*read)(TripleInputs& inputs, Progress& progress, const ReadLimits& limits);
};

/// All formats, in roster order.
[[nodiscard]] std::span<const TripleFormatEntry* const> triple_formats();

/// The lines of a graph's file as its readers see them: told as progress, ended by Interrupted when
/// the user asks to stop, and empty at the end of the file only.
class TripleLines {
 public:
  /// `record` says in messages what a line holds: "head, tail and relation ids".
  TripleLines(TripleInput& input, std::string_view record, Progress& progress,
              const ReadLimits& limits);

  /// Moves to the next line that is not empty; false at the end.
  bool next();
  /// The first line, which may hold something else. InputError if the file is empty.
  std::string_view first();
  [[nodiscard]] std::string_view line() const { return reader_.line(); }
  [[nodiscard]] std::uint64_t number() const { return reader_.number(); }
  [[nodiscard]] InputError error(std::string got, std::string expected,
                                 std::string advice = "") const {
    return reader_.error(std::move(got), std::move(expected), std::move(advice));
  }
  /// A complaint about the file as a whole, or about its line `number`.
  [[nodiscard]] InputError error_at(std::uint64_t number, std::string got, std::string expected,
                                    std::string advice = "") const;
  /// What a file without any triple is told.
  [[nodiscard]] InputError empty_file() const;

 private:
  std::string place_;
  std::string record_;
  Progress& progress_;
  Stage stage_;
  LineReader reader_;
  bool blank_ = false;
};

}  // namespace kgaudit::datasets
