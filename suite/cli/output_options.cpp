#include "suite/cli/output_options.hpp"

#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "suite/base/roster.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::cli {
namespace {

std::string output_ids() {
  return fmt::format("{}", fmt::join(ids_of(models::output_formats()), ", "));
}

}  // namespace

OutputOptions::OutputOptions(CommandLine line, std::string name, std::string by_default)
    : name_(std::move(name)), by_default_(std::move(by_default)) {
  line.add_words(
      {.name = name_,
       .help = fmt::format("Formats to write, separated by commas (any of: {}; {})", output_ids(),
                           by_default_.empty() ? "required" : "default: " + by_default_),
       .type = "IDS",
       .required = by_default_.empty()},
      ids_, Words::kOneList);
}

std::vector<const models::OutputFormat*> OutputOptions::formats() const {
  return models::output_formats_named(ids_.empty() ? std::vector{by_default_} : ids_, name_);
}

void warn_of_vectors(const Console& console, const models::ForeignEmbedding& embedding) {
  if (embedding.attribute_vectors.empty()) return;
  std::vector<std::string> attributes;
  for (const models::VectorTable& table : embedding.attribute_vectors) {
    attributes.push_back(table.attribute);
  }
  console.note(fmt::format(
      "warning: the attribute vectors state the {} of every person that has one. Whoever gets them "
      "needs no probe. Publish the rows without them where that matters.",
      fmt::join(attributes, ", ")));
}

void show_written(Session& session, const models::WrittenEmbedding& written,
                  const models::ForeignEmbedding& embedding, const std::string& folder) {
  const Console& console = session.console;
  if (written.rounded > 0) {
    console.note(fmt::format("{} numbers do not fit a float and were rounded to the nearest",
                             with_thousands(written.rounded)));
  }
  std::string text =
      fmt::format("{}: {} entities{}\n", folder, with_thousands(written.entities),
                  written.relations == 0
                      ? std::string(", no relations")
                      : fmt::format(", {} rows of relations", with_thousands(written.relations)));
  for (const std::string& file : written.files) text += fmt::format("  {}\n", file);
  console.show(text);
  nlohmann::ordered_json json = {{"directory", folder},
                                 {"entities", written.entities},
                                 {"relations", written.relations},
                                 {"rounded", written.rounded},
                                 {"attribute_vectors", nlohmann::ordered_json::array()},
                                 {"files", written.files}};
  for (const models::VectorTable& table : embedding.attribute_vectors) {
    json["attribute_vectors"].push_back(table.attribute);
  }
  console.show_json(json);
}

}  // namespace kgaudit::cli
