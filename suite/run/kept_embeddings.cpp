#include "suite/run/kept_embeddings.hpp"

#include <algorithm>
#include <array>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "models/embedding/foreign/embedding_format.hpp"
#include "models/embedding/foreign/export_manifest.hpp"
#include "models/embedding/foreign/reading.hpp"
#include "models/embedding/writing/embedding_writer.hpp"
#include "models/scoring/score_function.hpp"
#include "suite/base/error.hpp"
#include "suite/base/text.hpp"
#include "suite/plan/plan_text.hpp"
#include "suite/run/run_directory.hpp"

namespace kgaudit::run {
namespace {

namespace fs = std::filesystem;
using models::ForeignEmbedding;

/// How a run keeps rows: the numbers as they lie in memory.
constexpr std::string_view kKeptFormat = "npy";

models::FloatTable copy_of(const models::FloatTable& table) { return table; }

/// The names of the vectors of one attribute: the values that each stands for.
std::vector<std::string> vector_names(const models::AttributeVectors& vectors, std::size_t j,
                                      const datasets::Dataset& data) {
  const datasets::PersonAttribute& attribute = data.attributes.sensitive()[j];
  std::vector<std::string> names(vectors.vectors[j].rows());
  for (std::uint32_t e = 0; e < vectors.row_of[j].size(); ++e) {
    const std::int32_t row = vectors.row_of[j][e];
    if (row < 0 || !names[static_cast<std::size_t>(row)].empty()) continue;
    std::vector<std::string> values;
    for (const std::uint32_t v : attribute.train_values(EntityId(e))) {
      values.push_back(data.graph.entities().name(attribute.values()[v].value));
    }
    names[static_cast<std::size_t>(row)] = fmt::format("{}", fmt::join(values, "+"));
  }
  return names;
}

std::string known_kept(const std::vector<KeptEmbedding>& all) {
  std::vector<std::string> names;
  for (const KeptEmbedding& one : all) names.push_back(one.name());
  return fmt::format("{}", fmt::join(names, "; "));
}

/// Refuses a word that none of the kept embeddings has.
template <typename Member>
void require_kept(const std::vector<KeptEmbedding>& all, const std::string& wanted,
                  const std::string& option, Member member) {
  if (wanted.empty()) return;
  std::vector<std::string> known;
  for (const KeptEmbedding& one : all) {
    const std::string has = member(one.origin);
    if (has == wanted) return;
    if (!has.empty() && std::ranges::find(known, has) == known.end()) known.push_back(has);
  }
  if (known.empty()) {
    throw InputError::usage(option, fmt::format("'{}'", printable(wanted)),
                            fmt::format("no {}: these embeddings have one row each", option));
  }
  throw InputError::unknown(option, option.substr(2), wanted, known);
}

}  // namespace

ForeignEmbedding embedding_of(const models::ModelView& view, const datasets::Dataset& data,
                              const Plan& plan, const std::string& system, std::uint64_t seed) {
  const models::EmbeddingTable& table = view.scorer.table();
  const models::ScoreEntry& score = models::find_score(plan.training().text("score"));
  ForeignEmbedding embedding;
  embedding.tool = "kgaudit";
  embedding.model = score.title;
  embedding.score = score.id;
  embedding.formula = score.formula;
  embedding.normalise = false;
  embedding.entities = models::tensor_of(copy_of(table.entities), "entities");
  embedding.entity_names = data.graph.entities().names();
  embedding.relations.push_back(
      {models::RelationSide::kBoth, models::tensor_of(copy_of(table.relations), "relations")});
  embedding.relation_names = data.graph.relations().names();
  if (table.reciprocal) embedding.inverse_layout = models::InverseLayout::kAppended;
  embedding.conclude("tool", "kgaudit", "a run of kgaudit");
  embedding.conclude("model", embedding.model, "the plan of the run", models::Certainty::kStated,
                     "--model");
  embedding.conclude("inverse relations", table.reciprocal ? "appended: rows r and R + r" : "none",
                     "the plan of the run");
  if (const models::AttributeVectors* vectors = view.scorer.attribute_vectors()) {
    for (std::size_t j = 0; j < vectors->vectors.size(); ++j) {
      if (vectors->vectors[j].rows() == 0) continue;  // nobody has one
      embedding.attribute_vectors.push_back(
          {data.attributes.sensitive()[j].id(), vector_names(*vectors, j, data),
           models::tensor_of(copy_of(vectors->vectors[j])), vectors->row_of[j]});
    }
  }
  embedding.origin = models::RunOrigin{
      .system = system,
      .view = view.id,
      .attribute = view.attribute,
      .seed = seed,
      .plan = to_json(plan),
      .graph_hash = data.graph.digest().hex(),
  };
  return embedding;
}

void keep_embedding(const ForeignEmbedding& embedding, const fs::path& folder) {
  std::error_code failure;
  fs::remove_all(folder, failure);
  fs::create_directories(folder.parent_path(), failure);
  if (failure) {
    throw InputError::usage(folder.string(), failure.message(), "a folder to write into");
  }
  MemoryBudget budget;
  const std::array formats = {&models::find_output_format(kKeptFormat)};
  static_cast<void>(models::write_embedding(embedding, formats, folder, folder.string(), budget));
}

std::shared_ptr<const models::AttributeVectors> attribute_vectors_of(
    const ForeignEmbedding& embedding, const datasets::Dataset& data,
    std::span<const std::uint32_t> rows, const std::string& place, MemoryBudget& budget) {
  if (embedding.attribute_vectors.empty()) return nullptr;
  const std::size_t width = embedding.entities.width();
  auto all = std::make_shared<models::AttributeVectors>(models::AttributeVectors{
      {data.attributes, data.whitelist, data.graph.relation_count()}, {}, {}});
  for (const datasets::PersonAttribute& attribute : data.attributes.sensitive()) {
    std::vector<std::int32_t> row_of(rows.size(), -1);
    models::FloatTable vectors(0, width);
    const auto found = std::ranges::find(embedding.attribute_vectors, attribute.id(),
                                         &models::VectorTable::attribute);
    if (found != embedding.attribute_vectors.end()) {
      models::ConvertedRows converted = models::rows_of(found->rows, place, budget);
      if (converted.not_finite > 0 || converted.rows.width() != width) {
        throw InputError::unreadable(
            place, fmt::format("vectors of {} for {}", found->rows.shape_text(), attribute.id()),
            fmt::format("finite vectors of {} numbers", width));
      }
      vectors = std::move(converted.rows);
      for (std::size_t e = 0; e < rows.size(); ++e) {
        if (rows[e] < found->row_of.size()) row_of[e] = found->row_of[rows[e]];
      }
    }
    all->vectors.push_back(std::move(vectors));
    all->row_of.push_back(std::move(row_of));
  }
  return all;
}

std::string KeptEmbedding::name() const {
  return fmt::format("{}{}, seed {}", origin.system,
                     origin.view.empty() ? "" : " [" + origin.view + "]", origin.seed);
}

std::vector<KeptEmbedding> kept_embeddings(const fs::path& run) {
  std::vector<KeptEmbedding> all;
  std::error_code failure;
  for (fs::directory_iterator at(RunDirectory::embeddings_in(run), failure), end;
       !failure && at != end; at.increment(failure)) {
    if (auto origin = models::origin_of(at->path())) {
      all.push_back({at->path(), std::move(*origin)});
    }
  }
  std::ranges::sort(all, {}, [](const KeptEmbedding& one) { return one.folder.string(); });
  return all;
}

KeptEmbedding chosen_kept_embedding(const fs::path& run, const KeptChoice& choice) {
  if (std::error_code failure; !fs::exists(run, failure)) {
    throw InputError::unreadable(run.string(), "no such folder", "the folder of a run");
  }
  const std::vector<KeptEmbedding> all = kept_embeddings(run);
  if (all.empty()) {
    throw InputError::usage(run.string(), "no embedding that the run kept",
                            "the folder of a run that was told to keep them",
                            "kgaudit bench --keep-embeddings in a new --out: a finished run has no "
                            "rows left to keep");
  }
  const auto seed_text = [](const models::RunOrigin& origin) {
    return fmt::format("{}", origin.seed);
  };
  require_kept(all, choice.system, "--system",
               [](const models::RunOrigin& origin) { return origin.system; });
  require_kept(all, choice.seed, "--seed", seed_text);
  require_kept(all, choice.view, "--view",
               [](const models::RunOrigin& origin) { return origin.view; });
  std::vector<KeptEmbedding> fitting;
  for (const KeptEmbedding& one : all) {
    const bool fits = (choice.system.empty() || one.origin.system == choice.system) &&
                      (choice.view.empty() || one.origin.view == choice.view) &&
                      (choice.seed.empty() || seed_text(one.origin) == choice.seed);
    if (fits) fitting.push_back(one);
  }
  if (fitting.size() == 1) return fitting.front();
  throw InputError::usage(
      run.string(),
      fitting.empty()
          ? "no embedding of that system, view and seed together"
          : fmt::format("{} embeddings that fit: {}", fitting.size(), known_kept(fitting)),
      fitting.empty() ? fmt::format("one of: {}", known_kept(all)) : "one embedding",
      fitting.empty() ? "" : "--system, --view and --seed");
}

}  // namespace kgaudit::run
