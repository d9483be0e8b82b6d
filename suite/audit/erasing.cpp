#include "suite/audit/erasing.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "datasets/name_matching.hpp"
#include "models/debiasing/erasing/post_hoc.hpp"
#include "models/embedding/foreign/embedding_format.hpp"
#include "models/embedding/foreign/reading.hpp"
#include "models/scoring/link_scorer.hpp"
#include "reports/record/fact_names.hpp"
#include "reports/tables/erasing_table.hpp"
#include "suite/base/distributions/distributions.hpp"
#include "suite/base/error.hpp"
#include "suite/base/text.hpp"
#include "suite/base/thread_pool.hpp"
#include "suite/plan/dataset_source.hpp"

namespace kgaudit::run {
namespace {

namespace fs = std::filesystem;
using metrics::Fact;

std::vector<const models::SystemEntry*> systems_of(const Plan& plan) {
  std::vector<const models::SystemEntry*> found;
  for (const std::string& id : plan.systems) {
    found.push_back(&models::find_post_hoc_system(id, "--systems"));
  }
  return found;
}

/// Which entity of the graph each row of the file is of; nothing for a name that the graph lacks.
std::vector<std::optional<EntityId>> entities_of_rows(const datasets::NameMatches& matches) {
  std::vector<std::optional<EntityId>> entities(matches.rows);
  for (std::uint32_t e = 0; e < matches.row_of.size(); ++e) {
    if (matches.row_of[e]) entities[*matches.row_of[e]] = EntityId(e);
  }
  return entities;
}

/// Why a person has no row, where the names say more than that none is its own.
std::string why_without_row(const datasets::NameMatches& matches,
                            const std::vector<EntityId>& missing, const models::NamedRows& read) {
  for (const EntityId p : missing) {
    const auto found =
        std::ranges::find(matches.ambiguous, p.value, &datasets::AmbiguousName::asked);
    if (found == matches.ambiguous.end() || found->rows.empty()) continue;
    if (found->rows.size() > 1) {
      return fmt::format("; rows that could be one person's, such as '{}' and '{}', are nobody's",
                         printable(read.names[found->rows[0]], 60),
                         printable(read.names[found->rows[1]], 60));
    }
    return fmt::format("; a row that could be of two entities, such as '{}', is neither's",
                       printable(read.names[found->rows[0]], 60));
  }
  if (matches.missing_by_case == 0) return "";
  return fmt::format("; {} names of the graph differ from rows in capitals alone",
                     with_thousands(matches.missing_by_case));
}

/// Systems learn from every person with a stated value, so each must have a row.
void require_persons(const datasets::Dataset& data, const datasets::NameMatches& matches,
                     const models::NamedRows& read, const std::string& place) {
  constexpr std::size_t kExamples = 3;
  std::vector<EntityId> missing;
  std::size_t stated = 0;
  for (const EntityId p : data.attributes.persons()) {
    const auto& sensitive = data.attributes.sensitive();
    if (std::ranges::all_of(sensitive, [&](const auto& a) { return a.train_values(p).empty(); }))
      continue;
    ++stated;
    if (!matches.row_of[p.index()]) missing.push_back(p);
  }
  if (missing.empty()) return;
  std::vector<std::string> examples;
  for (const EntityId p : missing) {
    if (examples.size() == kExamples) break;
    examples.push_back(printable(data.graph.entities().name(p.value), 100));
  }
  const std::string why = why_without_row(matches, missing, read);
  throw InputError::unreadable(
      place,
      fmt::format("no row for {} of {} persons with a sensitive value, such as {}{}",
                  missing.size(), stated, fmt::join(examples, ", "), why),
      fmt::format("a row for every such person, under its name in {}", data.id),
      why.empty() ? "the dataset the embeddings were trained on, or names in place of row numbers"
                  : "names that tell persons apart, written as in the graph");
}

/// The rows in the order of the graph's entities, without relations.
std::shared_ptr<const models::EmbeddingTable> aligned(
    const models::NamedRows& read, const std::vector<std::optional<EntityId>>& entities,
    std::size_t entity_count) {
  auto table = std::make_shared<models::EmbeddingTable>();
  table->entities = models::FloatTable(entity_count, read.rows.width());
  table->relations = models::FloatTable(0, read.rows.width());
  for (std::size_t i = 0; i < entities.size(); ++i) {
    if (!entities[i]) continue;
    const auto row = read.rows.values(i);
    std::copy(row.begin(), row.end(), table->entities.row(entities[i]->index()));
  }
  return table;
}

/// What probes read from a table's rows, attribute by attribute, or of the one named.
class Probes {
 public:
  Probes(const datasets::Dataset& data, const Plan& plan, ThreadPool& pool)
      : data_(data), seed_(plan.seeds.front()), parameters_(plan.metric("leakage")), pool_(pool) {
    // Persons of whom train says nothing may have no row, and no p-value is shown.
    parameters_.set("held_out", std::string_view("false"), "erase");
    parameters_.set("permutations", std::string_view("0"), "erase");
    // Rows read from a file have no relations to ask.
    parameters_.set("probes", std::string_view("rows"), "erase");
  }

  [[nodiscard]] metrics::MetricOutput read(std::shared_ptr<const models::EmbeddingTable> table,
                                           const std::string& attribute = "") const {
    const models::LinkScorer scorer(std::move(table), models::find_score(kAnyScore).function());
    return metrics::find_metric("leakage").measure({data_, scorer, {}, pool_, seed_, attribute},
                                                   parameters_);
  }

 private:
  /// Probes see rows and never score a triple.
  static constexpr std::string_view kAnyScore = "transe-dot";
  const datasets::Dataset& data_;
  std::uint64_t seed_;
  Parameters parameters_;
  ThreadPool& pool_;
};

/// "leace.s-gender": the folder of a view.
std::string folder_name(std::string_view system, std::string view) {
  std::replace(view.begin(), view.end(), ':', '-');
  return fmt::format("{}.{}", system, view);
}

/// Refuses a folder that holds rows of these systems.
void refuse_to_overwrite(const fs::path& folder,
                         const std::vector<const models::SystemEntry*>& systems) {
  std::error_code none_yet;
  for (const fs::directory_entry& there : fs::directory_iterator(folder, none_yet)) {
    const std::string name = there.path().filename().string();
    for (const models::SystemEntry* system : systems) {
      if (!name.starts_with(fmt::format("{}.", system->id))) continue;
      throw InputError::usage(there.path().string(), "rows are already there",
                              "a folder without rows of the system", "another --out");
    }
  }
}

/// The embedding with other entity rows, as it is written.
models::ForeignEmbedding erased_embedding(const models::ForeignEmbedding& read,
                                          models::FloatTable rows) {
  models::ForeignEmbedding erased = read;
  const bool complex = models::is_complex(read.entities.type);
  erased.entities = models::tensor_of(std::move(rows));
  if (complex) erased.complex_layout = models::ComplexLayout::kInterleaved;
  erased.attribute_vectors.clear();  // they state what was erased
  erased.origin.reset();
  return erased;
}

/// Which rows have the bits that were read.
std::vector<bool> untouched_rows(const models::FloatTable& rows, const models::NamedRows& read) {
  std::vector<bool> same(rows.rows());
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    same[i] = std::memcmp(rows.row(i), read.rows.row(i), rows.width() * sizeof(float)) == 0;
  }
  return same;
}

/// The rows of the file, those of the graph's entities taken from `table`.
models::FloatTable with_rows_of(const models::EmbeddingTable& table, const models::NamedRows& read,
                                const std::vector<std::optional<EntityId>>& entities) {
  models::FloatTable rows = read.rows;
  for (std::size_t i = 0; i < entities.size(); ++i) {
    if (!entities[i]) continue;
    const auto row = table.entities.values(entities[i]->index());
    std::copy(row.begin(), row.end(), rows.row(i));
  }
  return rows;
}

/// Accuracies on persons whose value train states.
reports::ProbedRows probed(std::string name, std::span<const Fact> leakage) {
  reports::ProbedRows rows{std::move(name), {}};
  for (const Fact& fact : leakage) {
    if (fact.metric != reports::kMlpAccuracy.metric || fact.facets.at("persons") != "stated") {
      continue;
    }
    rows.accuracies.emplace(std::pair(fact.facets.at("attribute"), fact.facets.at("probe")),
                            fact.measurement);
  }
  return rows;
}

/// The chance that such a rise counts as one where there is none.
constexpr double kLevelOfRise = 0.05;

const metrics::RawSeries* answers_of(const std::vector<metrics::RawSeries>& all,
                                     const std::pair<std::string, std::string>& of) {
  const auto found = std::ranges::find(
      all, fmt::format("leakage.{}.{}.correct", of.first, of.second), &metrics::RawSeries::name);
  return found == all.end() ? nullptr : &*found;
}

/// Whether chance alone would let a probe rise so far: see WorseReading.
bool is_chance(const metrics::RawSeries* before, const metrics::RawSeries* after, double was,
               double is, std::uint64_t n) {
  if (before != nullptr && after != nullptr && before->ids == after->ids) {
    std::uint64_t gained = 0;
    std::uint64_t lost = 0;
    for (std::size_t i = 0; i < before->values.size(); ++i) {
      if (before->values[i] < after->values[i]) ++gained;
      if (before->values[i] > after->values[i]) ++lost;
    }
    return gained <= lost ||
           distributions::binomial_half_at_least(gained, gained + lost) > kLevelOfRise;
  }
  const double p = (was + is) / 2.0;
  const double sd =
      std::sqrt(2.0 * p * (1.0 - p) / static_cast<double>(std::max<std::uint64_t>(n, 1)));
  return is - was <= distributions::normal_quantile(1.0 - kLevelOfRise) * sd;
}

}  // namespace

Erasing erase_embeddings(const Plan& plan, const ErasingRequest& request, Progress& progress) {
  const auto systems = systems_of(plan);
  const fs::path& folder = request.folder;
  const std::string place = request.embeddings.string();
  refuse_to_overwrite(folder, systems);
  MemoryBudget budget(request.reading.max_memory);
  const models::ForeignEmbedding embedding =
      models::read_foreign_embedding(request.embeddings, request.reading, progress);
  const models::NamedRows read = models::named_rows(embedding, place, budget);
  models::require_writable(embedding, request.formats, place);
  const datasets::Dataset data = load_dataset(plan, request.mirror, progress);
  const datasets::NameMatches matches =
      datasets::match_names(read.names, data.graph.entities().names());
  const auto entities = entities_of_rows(matches);

  Erasing result;
  result.source = read.source;
  result.rows = read.names.size();
  result.width = read.rows.width();
  result.matched = fmt::format("Of the graph's entities, {}.",
                               datasets::matches_text(matches, data.graph.entities().names()));
  for (const auto& entity : entities) {
    if (!entity) continue;
    ++result.in_graph;
    if (data.attributes.is_person(*entity)) ++result.persons;
  }
  require_persons(data, matches, read, place);

  ThreadPool pool(worker_threads(plan));
  pool.heed(progress);
  const Probes probes(data, plan, pool);
  const auto table = aligned(read, entities, data.graph.entity_count());
  {
    const Stage stage(progress, "probing the rows as read");
    metrics::MetricOutput read_before = probes.read(table);
    result.leakage = std::move(read_before.facts);
    result.answers = std::move(read_before.raw);
  }
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) throw InputError::usage(folder.string(), error.message(), "a folder to write into");
  for (const models::SystemEntry* system : systems) {
    const auto views = [&] {
      const Stage stage(progress, fmt::format("erasing with {}", system->id));
      return models::erased_views(*system, *table, data.attributes, plan.system(system->id),
                                  plan.seeds.front(), pool);
    }();
    for (const models::TableView& view : views) {
      if (progress.stop_requested()) throw Interrupted();
      const fs::path into = folder / folder_name(system->id, view.id);
      MemoryBudget writing(request.reading.max_memory);
      models::FloatTable rows = with_rows_of(*view.table, read, entities);
      const models::CopiedRows copied = {request.embeddings, untouched_rows(rows, read)};
      models::WrittenEmbedding written =
          models::write_embedding(erased_embedding(embedding, std::move(rows)), request.formats,
                                  into, place, writing, {}, &copied, progress);
      result.rounded = read.rounded + written.rounded;  // of entities, and of relations
      const Stage stage(progress, fmt::format("probing {} [{}]", system->id, view.id));
      metrics::MetricOutput after = probes.read(view.table, view.attribute.value_or(""));
      result.files.push_back({std::string(system->id), view.id, into, std::move(written),
                              std::move(after.facts), std::move(after.raw)});
    }
  }
  return result;
}

bool anything_read(const Erasing& erasing) {
  const auto any = [](const std::vector<Fact>& facts) {
    const reports::ProbedRows rows = probed("", facts);
    return std::ranges::any_of(rows.accuracies,
                               [](const auto& probe) { return probe.second.defined(); });
  };
  return any(erasing.leakage) || std::ranges::any_of(erasing.files, [&](const ErasedFile& file) {
           return any(file.leakage);
         });
}

std::vector<WorseReading> worse_readings(const Erasing& erasing) {
  std::vector<WorseReading> worse;
  const reports::ProbedRows before = probed("", erasing.leakage);
  const auto value = [](const reports::ProbedRows& rows,
                        const std::pair<std::string, std::string>& of) -> std::optional<double> {
    const auto found = rows.accuracies.find(of);
    return found == rows.accuracies.end() ? std::nullopt : found->second.maybe_value();
  };
  for (const ErasedFile& file : erasing.files) {
    const reports::ProbedRows after = probed("", file.leakage);
    for (const auto& [of, accuracy] : after.accuracies) {
      if (of.second != reports::kLinearProbe && of.second != reports::kMlpProbe) continue;
      const auto was = value(before, of);
      const auto is = accuracy.maybe_value();
      const double guess =
          value(before, {of.first, std::string(reports::kMajorityProbe)}).value_or(0.0);
      if (!was || !is || *is <= *was || *is <= guess) continue;
      if (is_chance(answers_of(erasing.answers, of), answers_of(file.answers, of), *was, *is,
                    accuracy.n())) {
        continue;
      }
      worse.push_back({file.system, file.view, of.first, of.second, *was, *is});
    }
  }
  return worse;
}

reports::Table erasing_table(const Erasing& erasing) {
  std::vector<reports::ProbedRows> rows = {probed("as read", erasing.leakage)};
  for (const ErasedFile& file : erasing.files) {
    rows.push_back(probed(fmt::format("{} [{}]", file.system, file.view), file.leakage));
  }
  return reports::erasing_table(
      rows, fmt::format("Accuracy on persons that the probe was not fitted on; {} rows of {} "
                        "numbers, {} in the graph, {} of them persons.",
                        erasing.rows, erasing.width, erasing.in_graph, erasing.persons));
}

}  // namespace kgaudit::run
