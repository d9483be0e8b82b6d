#include "suite/cli/reading_options.hpp"

#include <utility>

#include "suite/base/memory_budget.hpp"

namespace kgaudit::cli {

ReadingOptions::ReadingOptions(CommandLine line, std::string path) {
  line.add_text({.name = std::move(path),
                 .help = "File or folder of embeddings that another tool wrote (required)",
                 .type = "PATH",
                 .required = true},
                path_);
  line.add_text({.name = "--format",
                 .help = "Reader to use ('kgaudit list embedding-formats' names them; default: "
                         "the one that the files call for)",
                 .type = "ID"},
                format_);
  line.add_text({.name = "--entities",
                 .help = "File with the names of the entity rows: names and row numbers, or names "
                         "in order (default: looked for beside the files)",
                 .type = "FILE"},
                entities_);
  line.add_text({.name = "--relations",
                 .help = "The same for relations (default: looked for beside the files)",
                 .type = "FILE"},
                relations_);
  line.add_choice({.name = "--model",
                   .help = "Model that was trained (default: as the files say or the shapes allow)",
                   .type = "NAME"},
                  model_, {"TransE", "DistMult", "ComplEx", "RotatE"});
  line.add_choice({.name = "--norm",
                   .help = "Norm of a translation model's distance (1 or 2; default: as the files "
                           "say)",
                   .type = "P"},
                  norm_, {"1", "2"});
  line.add_choice({.name = "--normalise",
                   .help = "Whether rows are brought to length 1 before scoring (yes or no; "
                           "default: as the tool does)",
                   .type = "WORD"},
                  normalise_, {"yes", "no"});
  line.add_choice({.name = "--layout",
                   .help = "Where complex rows keep their imaginary parts (halves or interleaved; "
                           "default: as the tool does)",
                   .type = "WORD"},
                  layout_, {"halves", "interleaved"});
  line.add_count({.name = "--dimension",
                  .help = "Numbers in a row, for files without a header (integer of at least 1; "
                          "default: from the name of a folder)",
                  .type = "N"},
                 dimension_);
  line.add_text({.name = "--max-memory",
                 .help = "Memory that reading may take (500M, 8G ...; default: 8G)",
                 .type = "SIZE"},
                max_memory_);
}

models::ReadOptions ReadingOptions::options() const {
  models::ReadOptions options;
  options.format = format_;
  options.entities = entities_;
  options.relations = relations_;
  options.model = model_;
  if (!norm_.empty()) options.norm = norm_ == "1" ? 1 : 2;
  if (!normalise_.empty()) options.normalise = normalise_ == "yes";
  options.complex_layout = layout_;
  options.dimension = dimension_;
  if (!max_memory_.empty()) {
    options.max_memory = parse_memory_size(max_memory_, "--max-memory");
  }
  return options;
}

}  // namespace kgaudit::cli
