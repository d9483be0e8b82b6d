#include <memory>
#include <string>

#include <fmt/format.h>

#include "models/embedding/foreign/embedding_format.hpp"
#include "models/embedding/writing/embedding_writer.hpp"
#include "suite/cli/command.hpp"
#include "suite/cli/output_options.hpp"
#include "suite/run/kept_embeddings.hpp"

namespace kgaudit::cli::commands_roster {
namespace {

struct ExportOptions {
  explicit ExportOptions(CommandLine line) : output(line, "--format", "npy") {}

  OutputOptions output;
  std::string run;
  run::KeptChoice choice;
  std::string out;
  bool without_vectors = false;
};

ExitCode export_run(Session& session, const ExportOptions& options) {
  const auto formats = options.output.formats();
  const run::KeptEmbedding kept = run::chosen_kept_embedding(options.run, options.choice);
  models::ForeignEmbedding embedding = models::read_foreign_embedding(kept.folder);
  if (options.without_vectors && !embedding.attribute_vectors.empty()) {
    embedding.attribute_vectors.clear();
    embedding.origin->vectors_left_out = true;
  }
  const std::string folder =
      options.out.empty()
          ? (std::filesystem::path(options.run) / "exports" / kept.folder.filename()).string()
          : options.out;
  MemoryBudget budget;
  const models::WrittenEmbedding written = models::write_embedding(
      embedding, formats, folder, kept.folder.string(), budget, {}, nullptr, session.progress);
  warn_of_vectors(session.console, embedding);
  show_written(session, written, embedding, folder);
  return ExitCode::kPass;
}

CommandAction attach_export_run(CommandLine line) {
  auto options = std::make_shared<ExportOptions>(line);
  line.add_text({.name = "run",
                 .help = "Folder of a run that was made with 'kgaudit bench --keep-embeddings' "
                         "(required)",
                 .type = "RUN",
                 .required = true},
                options->run);
  line.add_text({.name = "--system",
                 .help = "System whose rows are wanted (default: the only one that was kept)",
                 .type = "ID"},
                options->choice.system);
  line.add_text({.name = "--seed",
                 .help = "Seed that it was trained with (default: the only one that was kept)",
                 .type = "N"},
                options->choice.seed);
  line.add_text(
      {.name = "--view",
       .help = "View of a system that has several, such as s:gender of bose (default: the "
               "only one that was kept)",
       .type = "ID"},
      options->choice.view);
  line.add_flag({.name = "--without-vectors",
                 .help = "Leave out attribute vectors, which state sensitive values (default: they "
                         "are written, with a warning)"},
                options->without_vectors);
  line.add_text({.name = "--out",
                 .help = "Folder to make (default: exports/SYSTEM-seedN in the run's folder)",
                 .type = "DIR"},
                options->out);
  return [options](Session& session) { return export_run(session, *options); };
}

}  // namespace

extern const CommandEntry export_run;
constinit const CommandEntry export_run = {
    .id = "export",
    .summary = "Write embeddings that a run kept as files for other tools",
    .attach = &attach_export_run,
};

}  // namespace kgaudit::cli::commands_roster
