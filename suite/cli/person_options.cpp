#include "suite/cli/person_options.hpp"

#include <string_view>

#include <fmt/format.h>

#include "suite/base/error.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::cli {
namespace {

double share_from(const std::string& text) {
  const auto share = parse_double(text);
  if (share && *share >= 0.0 && *share <= 1.0) return *share;
  throw InputError::usage("--least-match", fmt::format("'{}'", printable(text)),
                          "a share in [0, 1]");
}

/// "gender,nationality" -> "gender x nationality", several with commas between them.
std::string intersections_of(const std::vector<std::string>& lists) {
  std::string all;
  for (std::string list : lists) {
    for (std::size_t at = 0; (at = list.find(',', at)) != std::string::npos; at += 3) {
      list.replace(at, 1, " x ");
    }
    all += (all.empty() ? "" : ",") + list;
  }
  return all;
}

}  // namespace

PersonOptions::PersonOptions(CommandLine line) {
  line.add_text(
      {.name = "--people",
       .help = "CSV file about people: a column 'name', every other column an attribute. "
               "Alone it serves rows without triples; with a dataset its columns add "
               "attributes, or take the place of those with the same name (default: none)",
       .type = "FILE"},
      people_);
  line.add_text({.name = "--name-column",
                 .help = "Column of that file with the persons' names (default: name)",
                 .type = "COLUMN"},
                name_column_);
  line.add_text({.name = "--bins",
                 .help = "Where columns of numbers are cut: COLUMN=EDGE,EDGE;... (default: as "
                         "they are)",
                 .type = "BINS"},
                bins_);
  line.add_words({.name = "--intersect",
                  .help = "Attributes to combine into a further one, with commas between them, "
                          "e.g. gender,nationality; may be repeated (default: none)",
                  .type = "LIST"},
                 intersections_, Words::kOneEach);
  line.add_flag({.name = "--strict",
                 .help = "Refuse files in which an entity, relation or person has no row (default: "
                         "they are left out and counted)"},
                strict_);
  line.add_text({.name = "--least-match",
                 .help = "Share of the graph's entities and relations that must have a row; erase "
                         "wants one for every person where this is not given (number in [0, 1]; "
                         "default: 0.5)",
                 .type = "SHARE"},
                least_match_);
}

run::PersonSources PersonOptions::sources(bool with_dataset, const char* command) const {
  if (!with_dataset && !names_people()) {
    throw InputError::usage(command, "nothing that says who the persons are",
                            "--dataset, --triples, --card or --people", "kgaudit list datasets");
  }
  run::PersonSources sources;
  sources.align.strict = strict_;
  if (!least_match_.empty()) sources.align.least_match = share_from(least_match_);
  sources.with_dataset = with_dataset;
  sources.people = people_;
  const auto set = [&](const char* name, const std::string& value, const char* option) {
    if (!value.empty()) sources.people_parameters.set(name, std::string_view(value), option);
  };
  set("name_column", name_column_, "--name-column");
  set("bins", bins_, "--bins");
  set("intersections", intersections_of(intersections_), "--intersect");
  if (strict_) sources.people_parameters.set("strict", ParameterValue(true), "--strict");
  return sources;
}

}  // namespace kgaudit::cli
