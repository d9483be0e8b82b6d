#include "suite/audit/erasing.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <iterator>
#include <memory>
#include <optional>
#include <span>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "datasets/people_dataset.hpp"
#include "models/debiasing/erasing/post_hoc.hpp"
#include "models/embedding/foreign/embedding_format.hpp"
#include "models/embedding/foreign/reading.hpp"
#include "models/scoring/link_scorer.hpp"
#include "reports/record/fact_names.hpp"
#include "reports/tables/erasing_table.hpp"
#include "suite/audit/readings.hpp"
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

/// Who is behind the rows: the entities of the data, and the row of each in the file.
struct Found {
  PersonsOfRows persons;
  std::vector<std::optional<std::size_t>> rows;  ///< per entity of the data
};

Found find_persons(const Plan& plan, const ErasingRequest& request,
                   const models::ForeignEmbedding& embedding, const models::NamedRows& read,
                   datasets::PeopleTable people, Progress& progress) {
  PersonSources sources = request.persons;
  sources.align.entities_alone = true;  // no relation is asked
  const std::string place = request.embeddings.string();
  const std::string name = name_of_embedding(request.embeddings);
  Found found;
  if (sources.with_dataset) {
    found.persons =
        persons_of_rows({embedding, read.names, load_dataset(plan, request.mirror, progress),
                         std::move(people), nullptr, name, place},
                        sources);
    for (const std::uint32_t row : found.persons.entity_rows) {
      found.rows.push_back(row == kNoRow ? std::nullopt : std::optional<std::size_t>(row));
    }
  } else {
    // As an audit does it: names of rows that are nobody's are nobody's trouble.
    WantedRows wanted(people, datasets::people_matching(sources.people_parameters));
    std::vector<std::string> names;
    for (const std::string& row : read.names) {
      if (wanted.add(row)) names.push_back(row);
    }
    found.persons = persons_of_rows(
        {embedding, names, std::nullopt, std::move(people), &wanted, name, place}, sources);
    for (const std::uint32_t row : found.persons.entity_rows) {
      found.rows.push_back(row == kNoRow ? std::nullopt
                                         : std::optional<std::size_t>(wanted.kept()[row]));
    }
  }
  // Values that only the file about people names have no row.
  found.rows.resize(found.persons.data.graph.entity_count());
  return found;
}

/// The rows in the order of the data's entities, without relations; zeros where there is none.
std::shared_ptr<const models::EmbeddingTable> aligned(
    const models::NamedRows& read, const std::vector<std::optional<std::size_t>>& row_of) {
  auto table = std::make_shared<models::EmbeddingTable>();
  table->entities = models::FloatTable(row_of.size(), read.rows.width());
  table->relations = models::FloatTable(0, read.rows.width());
  for (std::size_t e = 0; e < row_of.size(); ++e) {
    if (row_of[e]) std::ranges::copy(read.rows.values(*row_of[e]), table->entities.row(e));
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

  [[nodiscard]] std::vector<Fact> read(std::shared_ptr<const models::EmbeddingTable> table,
                                       const std::string& attribute = "") const {
    const models::LinkScorer scorer(std::move(table), models::find_score(kAnyScore).function());
    return metrics::find_metric("leakage")
        .measure({data_, scorer, {}, pool_, seed_, attribute}, parameters_)
        .facts;
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

/// The rows of the file, those of the data's entities taken from `table`.
models::FloatTable with_rows_of(const models::EmbeddingTable& table, const models::NamedRows& read,
                                const std::vector<std::optional<std::size_t>>& row_of) {
  models::FloatTable rows = read.rows;
  for (std::size_t e = 0; e < row_of.size(); ++e) {
    if (row_of[e]) std::ranges::copy(table.entities.values(e), rows.row(*row_of[e]));
  }
  return rows;
}

/// What the strongest probe reads of persons whose value is known, by attribute.
reports::ProbedRows probed(std::string name, std::span<const Fact> leakage) {
  reports::ProbedRows rows;
  rows.name = std::move(name);
  for (const Fact& fact : leakage) {
    const auto persons = fact.facets.find("persons");
    if (persons == fact.facets.end() || persons->second != reports::kStatedPersons) continue;
    const std::string& attribute = fact.facets.at("attribute");
    if (fact.metric == reports::kStatedStrongestAuc.metric) {
      rows.auc.emplace(attribute, fact.measurement);
    } else if (fact.metric == reports::kStatedStrongestBalancedExcess.metric) {
      rows.balanced.emplace(attribute, fact.measurement);
    }
  }
  return rows;
}

/// How many values of the attribute probes tell apart.
double values_told(std::span<const Fact> leakage, const std::string& attribute) {
  for (const Fact& fact : leakage) {
    if (fact.metric == "leakage.classes" && fact.facets.at("attribute") == attribute &&
        fact.facets.at("persons") == reports::kStatedPersons) {
      return fact.measurement.maybe_value().value_or(0.0);
    }
  }
  return 0.0;
}

/// The probe that is strongest for most of the persons; "strongest" if the facts name none.
std::string strongest_probe(std::span<const Fact> leakage, const std::string& attribute) {
  std::string name = "strongest";
  double largest = 0.0;
  for (const Fact& fact : leakage) {
    if (fact.metric != "leakage.is_strongest" || fact.facets.at("attribute") != attribute ||
        fact.facets.at("persons") != reports::kStatedPersons) {
      continue;
    }
    const double share = fact.measurement.maybe_value().value_or(0.0);
    if (share <= largest) continue;
    largest = share;
    name = fact.facets.at("probe");
  }
  return name;
}

/// The chance that such a rise counts as one where there is none.
constexpr double kLevelOfRise = 0.05;

/// The standard error behind the interval of a figure; 0 where it has none.
double error_of(const Measurement& figure) {
  const auto& interval = figure.interval();
  if (!interval) return 0.0;
  return (interval->high - interval->low) / 2.0 /
         distributions::normal_two_sided_quantile(interval->level);
}

enum class Rise { kNone, kWithinChance, kShown };

/// Whether the figure rose from its neutral value, or from above it. What is too little to matter
/// and may be chance is none.
Rise rise_of(const Measurement& before, const Measurement& after, double neutral) {
  constexpr double kWorthTelling = 0.05;
  if (!before.defined() || !after.defined()) return Rise::kNone;
  const double rise = std::max(after.value(), neutral) - std::max(before.value(), neutral);
  const double was = error_of(before);
  const double is = error_of(after);
  const double by_chance =
      distributions::normal_quantile(1.0 - kLevelOfRise) * std::sqrt(was * was + is * is);
  if (rise > 0.0 && rise > by_chance) return Rise::kShown;
  return rise >= kWorthTelling ? Rise::kWithinChance : Rise::kNone;
}

}  // namespace

Erasing erase_embeddings(const Plan& plan, const ErasingRequest& request, Progress& progress) {
  const auto systems = systems_of(plan);
  const fs::path& folder = request.folder;
  const std::string place = request.embeddings.string();
  refuse_to_overwrite(folder, systems);
  datasets::PeopleTable people;
  if (!request.persons.people.empty()) {
    people = datasets::read_people(request.persons.people,
                                   datasets::people_options(request.persons.people_parameters));
  }
  MemoryBudget budget(request.reading.max_memory);
  const models::ForeignEmbedding embedding =
      models::read_foreign_embedding(request.embeddings, request.reading, progress);
  const models::NamedRows read = models::named_rows(embedding, place, budget);
  models::require_writable(embedding, request.formats, place);
  Found found = find_persons(plan, request, embedding, read, std::move(people), progress);
  const datasets::Dataset& data = found.persons.data;

  Erasing result;
  result.source = read.source;
  result.rows = read.names.size();
  result.width = read.rows.width();
  for (MatchedNames& one : found.persons.matched) {
    result.matched.push_back(std::move(one.sentence));
  }
  std::ranges::move(found.persons.replaced, std::back_inserter(result.matched));
  result.left_out = std::move(found.persons.without_row);
  if (request.every_person && !result.left_out.empty()) {
    throw InputError::unreadable(
        place, result.left_out.front(),
        "a row for every person with a known value, as nothing can be erased from those without",
        "--least-match SHARE to erase from those that have one, if that many of the names do");
  }
  result.in_graph = found.persons.in_graph;
  result.persons = static_cast<std::size_t>(std::ranges::count_if(
      data.attributes.persons(), [&](EntityId p) { return found.rows[p.index()].has_value(); }));

  ThreadPool pool(worker_threads(plan));
  pool.heed(progress);
  const Probes probes(data, plan, pool);
  const auto table = aligned(read, found.rows);
  {
    const Stage stage(progress, "probing the rows as read");
    result.leakage = probes.read(table);
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
      models::FloatTable rows = with_rows_of(*view.table, read, found.rows);
      const models::CopiedRows copied = {request.embeddings, untouched_rows(rows, read)};
      models::WrittenEmbedding written =
          models::write_embedding(erased_embedding(embedding, std::move(rows)), request.formats,
                                  into, place, writing, {}, &copied, progress);
      result.rounded = read.rounded + written.rounded;  // of entities, and of relations
      const Stage stage(progress, fmt::format("probing {} [{}]", system->id, view.id));
      result.files.push_back({std::string(system->id), view.id, into, std::move(written),
                              probes.read(view.table, view.attribute.value_or(""))});
    }
  }
  return result;
}

bool anything_read(const Erasing& erasing) {
  const auto any = [](const std::vector<Fact>& facts) {
    const reports::ProbedRows rows = probed("", facts);
    return std::ranges::any_of(rows.auc, [](const auto& one) { return one.second.defined(); });
  };
  return any(erasing.leakage) || std::ranges::any_of(erasing.files, [&](const ErasedFile& file) {
           return any(file.leakage);
         });
}

std::vector<WorseReading> worse_readings(const Erasing& erasing) {
  std::vector<WorseReading> worse;
  const reports::ProbedRows before = probed("", erasing.leakage);
  for (const ErasedFile& file : erasing.files) {
    const reports::ProbedRows after = probed("", file.leakage);
    const auto compare = [&](const auto& was, const auto& is, std::string_view figure,
                             double neutral, bool of_two) {
      for (const auto& [attribute, now] : is) {
        if ((values_told(erasing.leakage, attribute) == 2.0) != of_two) continue;
        const auto then = was.find(attribute);
        if (then == was.end()) continue;
        const Rise rise = rise_of(then->second, now, neutral);
        if (rise == Rise::kNone) continue;
        worse.push_back({file.system, file.view, attribute,
                         strongest_probe(file.leakage, attribute), std::string(figure),
                         then->second.value(), now.value(), rise == Rise::kWithinChance});
      }
    };
    compare(before.auc, after.auc, "auc", 0.5, true);
    compare(before.balanced, after.balanced, "excess_balanced_accuracy", 0.0, false);
  }
  return worse;
}

reports::Table erasing_table(const Erasing& erasing) {
  std::vector<reports::ProbedRows> rows = {probed("as read", erasing.leakage)};
  for (const ErasedFile& file : erasing.files) {
    rows.push_back(probed(fmt::format("{} [{}]", file.system, file.view), file.leakage));
  }
  const std::string in_graph =
      erasing.in_graph > 0 ? fmt::format("{} in the graph, ", erasing.in_graph) : "";
  return reports::erasing_table(
      rows, fmt::format("Of persons that the probe was not fitted on; {} rows of {} numbers, {}{} "
                        "of them persons.",
                        erasing.rows, erasing.width, in_graph, erasing.persons));
}

}  // namespace kgaudit::run
