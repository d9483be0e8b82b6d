#pragma once

#include <string>
#include <vector>

#include "models/embedding/writing/embedding_writer.hpp"
#include "suite/cli/command.hpp"
#include "suite/cli/command_line.hpp"

namespace kgaudit::cli {

/// The option that names output formats: --format npy,tsv.
class OutputOptions {
 public:
  /// Declares it as `name`. Without `by_default` it is required.
  OutputOptions(CommandLine line, std::string name, std::string by_default = "");

  /// Throws InputError (usage) as output_formats_named.
  [[nodiscard]] std::vector<const models::OutputFormat*> formats() const;

 private:
  std::string name_;
  std::string by_default_;
  std::vector<std::string> ids_;
};

/// Says what the vectors of an embedding carry, where it has some.
void warn_of_vectors(const Console& console, const models::ForeignEmbedding& embedding);

/// Shows what was written into `folder`, to people and programs, and notes what was rounded.
void show_written(Session& session, const models::WrittenEmbedding& written,
                  const models::ForeignEmbedding& embedding, const std::string& folder);

}  // namespace kgaudit::cli
