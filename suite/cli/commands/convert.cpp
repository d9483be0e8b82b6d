#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include <fmt/format.h>

#include "models/embedding/foreign/embedding_format.hpp"
#include "models/embedding/writing/embedding_writer.hpp"
#include "models/embedding/writing/entity_list.hpp"
#include "suite/base/error.hpp"
#include "suite/base/text.hpp"
#include "suite/cli/command.hpp"
#include "suite/cli/output_options.hpp"
#include "suite/cli/reading_options.hpp"

namespace kgaudit::cli::commands_roster {
namespace {

struct ConvertOptions {
  explicit ConvertOptions(CommandLine line) : reading(line), output(line, "--to") {}

  ReadingOptions reading;
  OutputOptions output;
  std::string out;
  std::string only;
  bool accept_errors = false;
};

void note_missing(const Console& console, const std::vector<std::string>& missing,
                  std::size_t asked) {
  if (missing.empty()) return;
  console.note(fmt::format("warning: {} of {} names in the list have no row, such as '{}'",
                           with_thousands(missing.size()), with_thousands(asked),
                           printable(missing.front(), 40)));
}

/// What 'kgaudit inspect' reports of the files. Errors say that parts of them do not belong
/// together: rows that are written so are read by others as if nothing were wrong.
void heed_findings(const Console& console, const models::ForeignEmbedding& embedding,
                   const ConvertOptions& options) {
  for (const models::Finding& finding : embedding.findings) {
    // Of the vectors warn_of_vectors speaks.
    if (finding.weight == models::Finding::Weight::kNote || finding.id == "attribute-vectors") {
      continue;
    }
    if (finding.weight == models::Finding::Weight::kError && !options.accept_errors) {
      throw InputError::unreadable(options.reading.path(), printable(finding.text, 1000),
                                   "files that belong together",
                                   "the right files (--entities, --relations), or --accept-errors "
                                   "to write the rows all the same");
    }
    console.note(fmt::format("warning: {}", printable(finding.text, 1000)));
  }
}

ExitCode convert(Session& session, const ConvertOptions& options) {
  const auto formats = options.output.formats();
  models::ReadOptions reading = options.reading.options();
  reading.scratch = std::filesystem::absolute(options.out).parent_path();
  std::vector<std::string> list;
  std::unordered_set<std::string> wanted;
  if (!options.only.empty()) {
    list = models::read_entity_list(options.only);
    wanted.insert(list.begin(), list.end());
    reading.keep = [&wanted](std::string_view name) { return wanted.contains(std::string(name)); };
  }
  const models::ForeignEmbedding embedding =
      models::read_foreign_embedding(options.reading.path(), reading, session.progress);
  heed_findings(session.console, embedding, options);
  std::optional<std::vector<std::uint64_t>> rows;
  if (!list.empty()) {
    models::PickedRows picked =
        models::picked_rows(embedding.entity_names, list, options.reading.path());
    note_missing(session.console, picked.missing, list.size());
    rows = std::move(picked.rows);
  }
  MemoryBudget budget(reading.max_memory);
  const models::WrittenEmbedding written =
      models::write_embedding(embedding, formats, options.out, options.reading.path(), budget, rows,
                              nullptr, session.progress);
  warn_of_vectors(session.console, embedding);
  show_written(session, written, embedding, options.out);
  return ExitCode::kPass;
}

CommandAction attach_convert(CommandLine line) {
  auto options = std::make_shared<ConvertOptions>(line);
  line.add_text({.name = "out",
                 .help = "Folder to make for the converted embeddings (required)",
                 .type = "OUT",
                 .required = true},
                options->out);
  line.add_text({.name = "--only",
                 .help = "File with the names of the entities to keep, one a line; rows come in "
                         "its order (default: all)",
                 .type = "FILE"},
                options->only);
  line.add_flag({.name = "--accept-errors",
                 .help = "Write the rows also where the files have errors, which 'kgaudit inspect' "
                         "lists, such as names of another count (default: that is refused)"},
                options->accept_errors);
  return [options](Session& session) { return convert(session, *options); };
}

}  // namespace

extern const CommandEntry convert;
constinit const CommandEntry convert = {
    .id = "convert",
    .summary = "Write another tool's embeddings in another format, or some of their rows",
    .attach = &attach_convert,
    .when_stopped = "nothing of it is kept",
};

}  // namespace kgaudit::cli::commands_roster
