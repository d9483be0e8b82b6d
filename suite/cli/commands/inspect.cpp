#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "models/embedding/foreign/embedding_format.hpp"
#include "suite/base/error.hpp"
#include "suite/base/memory_budget.hpp"
#include "suite/base/text.hpp"
#include "suite/cli/command.hpp"
#include "suite/cli/reading_options.hpp"

namespace kgaudit::cli::commands_roster {
namespace {

std::string_view side_words(models::RelationSide side) {
  switch (side) {
    case models::RelationSide::kTails:
      return "for ranking tails";
    case models::RelationSide::kHeads:
      return "for ranking heads";
    case models::RelationSide::kBoth:
      break;
  }
  return "";
}

std::string_view layout_words(models::ComplexLayout layout) {
  switch (layout) {
    case models::ComplexLayout::kHalves:
      return "halves";
    case models::ComplexLayout::kInterleaved:
      return "interleaved";
    case models::ComplexLayout::kNone:
      break;
  }
  return "";
}

std::string_view weight_word(models::Finding::Weight weight) {
  switch (weight) {
    case models::Finding::Weight::kError:
      return "error";
    case models::Finding::Weight::kWarning:
      return "warning";
    case models::Finding::Weight::kNote:
      break;
  }
  return "note";
}

std::string shown_value(std::string_view value) {
  return value.empty() ? "unknown" : printable(value);
}

/// What was counted in the rows.
struct RowCounts {
  std::uint64_t not_finite = 0;
  std::uint64_t zero_rows = 0;
  std::uint64_t rounded = 0;
};

/// Reads rows in pieces, so that a large file takes no more memory than a small one.
RowCounts counted(const models::ForeignEmbedding& embedding, const std::string& place) {
  constexpr std::uint64_t kPiece = 4096;
  RowCounts counts;
  const std::uint64_t rows = embedding.entities.rows();
  for (std::uint64_t first = 0; first < rows; first += kPiece) {
    std::vector<std::uint64_t> wanted(std::min(kPiece, rows - first));
    for (std::uint64_t i = 0; i < wanted.size(); ++i) wanted[i] = first + i;
    MemoryBudget budget;
    const models::ConvertedRows piece = models::rows_of(embedding.entities, place, budget, wanted);
    counts.not_finite += piece.not_finite;
    counts.zero_rows += piece.zero_rows;
    counts.rounded += piece.rounded;
  }
  return counts;
}

std::string text_of(const models::ForeignEmbedding& embedding, const RowCounts& counts,
                    std::size_t width) {
  std::string text =
      fmt::format("{}\n  {} entities x {} numbers ({}){}\n", shown_value(embedding.format),
                  with_thousands(embedding.entities.rows()), embedding.entities.width(),
                  models::number_type_name(embedding.entities.type),
                  embedding.entity_names.empty() ? ", without names" : "");
  for (const models::RelationTable& table : embedding.relations) {
    text +=
        fmt::format("  relations {}{}{}\n", table.rows.shape_text(),
                    table.side == models::RelationSide::kBoth ? "" : ", ", side_words(table.side));
  }
  if (embedding.relations.empty()) text += "  no relations: vectors only\n";
  text += fmt::format("  {} numbers not finite, {} rows of zeros\n",
                      with_thousands(counts.not_finite), with_thousands(counts.zero_rows));
  text += "\nconcluded\n";
  for (const models::Conclusion& one : embedding.conclusions) {
    const std::string option =
        one.option.empty() ? "" : fmt::format("; override with {}", one.option);
    const std::string line =
        fmt::format("{} ({}; {}{})", shown_value(one.value), models::certainty_words(one.certainty),
                    printable(one.why, 200), option);
    text += fmt::format("  {:<26} {}\n", one.what, wrapped(line, 29, width));
  }
  const std::vector<models::ScoreHypothesis> hypotheses = models::score_hypotheses(embedding);
  if (!hypotheses.empty()) {
    text += "\nscores that fit the shapes\n";
    for (const models::ScoreHypothesis& one : hypotheses) {
      text += fmt::format("  {}{}{}{}\n", one.score, one.normalise ? ", normalised first" : "",
                          one.layout == models::ComplexLayout::kNone ? "" : ", ",
                          layout_words(one.layout));
    }
  }
  if (!embedding.findings.empty()) {
    text += "\nfindings\n";
    for (const models::Finding& one : embedding.findings) {
      text += fmt::format("  {:<8} {}\n", weight_word(one.weight),
                          wrapped(printable(one.text, 2000), 11, width));
    }
  }
  text += "\nfiles\n";
  for (const SourceFile& file : embedding.files) {
    text += fmt::format("  {}  {}  {}\n", file.sha256, bytes_text(file.bytes),
                        printable(file.name, 200));
  }
  return text;
}

nlohmann::ordered_json json_of(const models::ForeignEmbedding& embedding, const RowCounts& counts) {
  using Json = nlohmann::ordered_json;
  Json json = {{"format", embedding.format},
               {"tool", embedding.tool},
               {"model", embedding.model},
               {"entities",
                {{"rows", embedding.entities.rows()},
                 {"width", embedding.entities.width()},
                 {"type", models::number_type_name(embedding.entities.type)},
                 {"names", embedding.entity_names.size()},
                 {"not_finite", counts.not_finite},
                 {"zero_rows", counts.zero_rows}}},
               {"relations", Json::array()},
               {"relation_names", embedding.relation_names.size()},
               {"conclusions", Json::array()},
               {"hypotheses", Json::array()},
               {"findings", Json::array()},
               {"files", Json::array()}};
  for (const models::RelationTable& table : embedding.relations) {
    json["relations"].push_back({{"rows", table.rows.rows()},
                                 {"width", table.rows.width()},
                                 {"side", side_words(table.side)}});
  }
  for (const models::Conclusion& one : embedding.conclusions) {
    json["conclusions"].push_back({{"what", one.what},
                                   {"value", one.value},
                                   {"why", one.why},
                                   {"certainty", models::certainty_words(one.certainty)},
                                   {"option", one.option}});
  }
  for (const models::ScoreHypothesis& one : models::score_hypotheses(embedding)) {
    Json entry = {{"score", one.score}, {"normalise", one.normalise}};
    if (one.norm) entry["norm"] = *one.norm;
    if (one.layout != models::ComplexLayout::kNone) entry["layout"] = layout_words(one.layout);
    json["hypotheses"].push_back(std::move(entry));
  }
  for (const models::Finding& one : embedding.findings) {
    json["findings"].push_back(
        {{"weight", weight_word(one.weight)}, {"id", one.id}, {"text", one.text}});
  }
  for (const SourceFile& file : embedding.files) {
    json["files"].push_back({{"name", file.name}, {"bytes", file.bytes}, {"sha256", file.sha256}});
  }
  return json;
}

ExitCode inspect(Session& session, const ReadingOptions& request) {
  const models::ForeignEmbedding embedding =
      models::read_foreign_embedding(request.path(), request.options(), session.progress);
  const RowCounts counts = counted(embedding, request.path());
  session.console.show(text_of(embedding, counts, session.console.width()));
  session.console.show_json(json_of(embedding, counts));
  return ExitCode::kPass;
}

CommandAction attach_inspect(CommandLine line) {
  auto request = std::make_shared<ReadingOptions>(line);
  return [request](Session& session) { return inspect(session, *request); };
}

}  // namespace

extern const CommandEntry inspect;
constinit const CommandEntry inspect = {
    .id = "inspect",
    .summary = "Say what another tool's embedding files hold, and how sure that is",
    .attach = &attach_inspect,
};

}  // namespace kgaudit::cli::commands_roster
