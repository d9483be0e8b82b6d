#include <array>
#include <cmath>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "datasets/name_matching.hpp"
#include "metrics/fact_writer.hpp"
#include "metrics/formulas/grouped_rows.hpp"
#include "metrics/formulas/placements.hpp"
#include "metrics/stats/estimates.hpp"
#include "models/embedding/double_products.hpp"
#include "suite/base/error.hpp"

namespace kgaudit::metrics::row_measures_roster {
namespace {

constexpr std::array<std::string_view, 2> kWeat = {"weat", "weat_p_value"};
constexpr std::array<std::string_view, 2> kProfessions = {"profession_spearman", "coherence"};

std::vector<std::string> words_of(const std::string& list) {
  std::vector<std::string> words;
  for (std::size_t begin = 0; begin <= list.size() && !list.empty();) {
    const std::size_t end = std::min(list.find('|', begin), list.size());
    if (end > begin) words.push_back(list.substr(begin, end - begin));
    begin = end + 1;
  }
  return words;
}

/// Rows of entities, those of 0 left out.
RowMatrix unit_rows(const models::LinkScorer& scorer, std::span<const EntityId> entities,
                    std::vector<bool>& kept) {
  RowMatrix rows(static_cast<Eigen::Index>(entities.size()),
                 static_cast<Eigen::Index>(scorer.dimension()));
  Eigen::Index next = 0;
  for (const EntityId e : entities) {
    bool keep = false;
    if (e.index() < scorer.entity_count()) {
      const auto row = scorer.entity_row(e);
      std::copy(row.begin(), row.end(), rows.row(next).data());
      const double length = rows.row(next).norm();
      keep = std::isfinite(length) && length > 0.0;
      if (keep) rows.row(next++) /= length;
    }
    kept.push_back(keep);
  }
  rows.conservativeResize(next, Eigen::NoChange);
  return rows;
}

/// A set of words and their rows.
struct WordSet {
  RowMatrix rows;
  std::string missing;  ///< why it cannot be used
};

WordSet word_set(const AttributeTask& task, const char* parameter) {
  const std::vector<std::string> words = words_of(task.parameters.text(parameter));
  WordSet set;
  if (words.empty()) {
    set.missing = fmt::format("{} names no words", parameter);
    return set;
  }
  const auto matches = datasets::match_names(task.context.data.graph.entities().names(), words);
  std::vector<EntityId> entities;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (!matches.row_of[i]) {
      set.missing = fmt::format("{}: no row, or several, for '{}'", parameter, printable(words[i]));
      return set;
    }
    entities.emplace_back(*matches.row_of[i]);
  }
  std::vector<bool> kept;
  set.rows = unit_rows(task.context.scorer, entities, kept);
  if (set.rows.rows() < static_cast<Eigen::Index>(words.size())) {
    set.missing = fmt::format("{}: a row is 0 or not finite", parameter);
  }
  return set;
}

class Associations {
 public:
  explicit Associations(AttributeTask& task)
      : task_(task), grouped_(grouped_rows(task, RowScaling::kUnitLength)) {}

  void measure() {
    add_group_counts(task_, grouped_);
    if (!grouped_.missing.empty()) {
      none(kWeat, grouped_.missing);
      return none(kProfessions, grouped_.missing);
    }
    words();
    professions();
  }

 private:
  void none(std::span<const std::string_view> names, const std::string& reason,
            const Facets& facets = {}) {
    task_.facts.undefined(names, reason, grouped_.persons.persons.size(), "", Direction::kNearer,
                          facets);
  }
  [[nodiscard]] Facets facets_of(std::uint32_t group) const {
    return {{"group", task_.value_name(grouped_.persons.values[group])}};
  }

  /// Two sets of words that the user names.
  void words() {
    const WordSet first = word_set(task_, "first_words");
    const WordSet second = word_set(task_, "second_words");
    for (const WordSet* set : {&first, &second}) {
      if (!set->missing.empty()) return none(kWeat, set->missing);
    }
    const auto s = associations(grouped_.rows, first.rows, second.rows);
    KGA_REQUIRE(s.has_value(), "no associations of {} rows", grouped_.rows.rows());
    const std::span<const double> values(s->data(), static_cast<std::size_t>(s->size()));
    for (const std::uint32_t g : grouped_.compared()) {
      const Facets facets = facets_of(g);
      const std::vector<bool> members = grouped_.members(g);
      const auto effect = effect_size(values, members);
      if (!effect) {
        none(kWeat, "the words are equally near to everybody", facets);
        continue;
      }
      task_.facts.add(kWeat[0],
                      estimate(effect->value, values.size(), "deviations", Direction::kNearer,
                               influence_interval(effect->value, effect->influence, "persons")),
                      facets);
      const std::size_t shuffles = task_.parameters.count("permutations");
      const Rng stream(task_.context.seed,
                       fmt::format("word_association.{}.{}", task_.attribute.id(), g));
      task_.facts.add(kWeat[1],
                      shuffles == 0
                          ? Measurement::undefined("permutations = 0", 0, "", Direction::kHigher)
                          : Measurement::of(shuffled_groups_p(values, members, shuffles, stream),
                                            shuffles, "", Direction::kHigher),
                      facets);
    }
  }

  /// Each profession's own row, as one word.
  void professions() {
    const auto& profession = task_.context.data.attributes.profession();
    if (!profession) return none(kProfessions, "the data know no professions");
    std::vector<EntityId> entities;
    for (std::size_t v = 0; v < profession->values().size(); ++v) {
      if (profession->train_counts()[v] >= task_.parameters.count("min_group")) {
        entities.push_back(profession->values()[v]);
      }
    }
    std::vector<bool> kept;
    const RowMatrix rows = unit_rows(task_.context.scorer, entities, kept);
    if (rows.rows() < 2) {
      return none(kProfessions,
                  fmt::format("{} professions with min_group = {} persons have a row of their own",
                              rows.rows(), task_.parameters.count("min_group")));
    }
    std::vector<EntityId> jobs;
    for (std::size_t i = 0; i < entities.size(); ++i) {
      if (kept[i]) jobs.push_back(entities[i]);
    }
    const auto cosines = models::product_of<RowMatrix>(models::strided(rows),
                                                       models::strided(grouped_.rows).transposed());
    for (const std::uint32_t g : grouped_.compared())
      one_group(g, *profession, jobs, rows, cosines);
  }

  void one_group(std::uint32_t g, const datasets::PersonAttribute& profession,
                 std::span<const EntityId> jobs, const RowMatrix& rows, const RowMatrix& cosines) {
    const Facets facets = facets_of(g);
    const std::vector<bool> members = grouped_.members(g);
    const std::vector<std::optional<double>> shares = shares_of(g, profession, jobs);
    std::vector<double> effects;
    std::vector<double> real;
    for (std::size_t w = 0; w < jobs.size(); ++w) {
      const std::span<const double> of_persons(cosines.row(static_cast<Eigen::Index>(w)).data(),
                                               members.size());
      Facets of_job = facets;
      of_job["profession"] = task_.name(jobs[w]);
      const auto effect = effect_size(of_persons, members);
      if (!effect) {
        task_.facts.add("profession",
                        Measurement::undefined("its row is equally near to everybody",
                                               members.size(), "deviations", Direction::kNearer),
                        of_job);
        continue;
      }
      task_.facts.add("profession",
                      estimate(effect->value, members.size(), "deviations", Direction::kNearer,
                               influence_interval(effect->value, effect->influence, "persons")),
                      of_job);
      if (shares[w]) {
        effects.push_back(effect->value);
        real.push_back(*shares[w]);
      }
    }
    task_.facts.add(kProfessions[0],
                    spearman_measurement(effects, real, "professions", Direction::kNearer), facets);
    RowMatrix own(0, rows.cols());
    RowMatrix others(0, rows.cols());
    split(members, own, others);
    const auto ect = coherence(own, others, rows);
    task_.facts.add(
        kProfessions[1],
        ect ? estimate(*ect, jobs.size(), "", Direction::kNearer)
            : Measurement::undefined("a group's mean row is 0, or all cosines are equal",
                                     jobs.size(), "", Direction::kNearer),
        facets);
  }

  /// Of each profession, the group's share of the persons with a known group; nothing where nobody
  /// is.
  [[nodiscard]] std::vector<std::optional<double>> shares_of(
      std::uint32_t g, const datasets::PersonAttribute& profession,
      std::span<const EntityId> jobs) const {
    std::vector<double> in_group(profession.values().size(), 0.0);
    std::vector<double> all(profession.values().size(), 0.0);
    for (std::size_t i = 0; i < grouped_.persons.persons.size(); ++i) {
      for (const std::uint32_t v : profession.train_values(grouped_.persons.persons[i])) {
        all[v] += 1.0;
        if (grouped_.persons.labels[i] == g) in_group[v] += 1.0;
      }
    }
    std::vector<std::optional<double>> shares;
    for (const EntityId job : jobs) {
      const std::uint32_t v = *profession.value_index(job);
      shares.push_back(all[v] > 0.0 ? std::optional(in_group[v] / all[v]) : std::nullopt);
    }
    return shares;
  }

  void split(const std::vector<bool>& members, RowMatrix& own, RowMatrix& others) const {
    std::vector<Eigen::Index> inside;
    std::vector<Eigen::Index> outside;
    for (std::size_t i = 0; i < members.size(); ++i) {
      (members[i] ? inside : outside).push_back(static_cast<Eigen::Index>(i));
    }
    own = grouped_.rows(inside, Eigen::all);
    others = grouped_.rows(outside, Eigen::all);
  }

  AttributeTask& task_;
  GroupedRows grouped_;
};

std::span<const ParameterSpec> word_association_parameters() {
  static const std::array table = {
      min_group_parameter(), max_persons_parameter(20000),
      ParameterSpec::text("first_words", "",
                          "Names of rows for WEAT, with | between them; empty: no WEAT"),
      ParameterSpec::text("second_words", "", "The words to compare them with"),
      ParameterSpec::integer("permutations", 1000, 0, 1000000, "shuffles",
                             "Shuffles of who is in which group for WEAT, 0 for none; the smallest "
                             "possible p-value is 1 / (permutations + 1)")};
  return table;
}

MetricOutput measure_word_association(const MetricContext& context, const Parameters& parameters) {
  return measure_attributes(context, parameters, "word_association",
                            [](AttributeTask& task) { Associations(task).measure(); });
}

}  // namespace

extern const MetricEntry word_association;
constinit const MetricEntry word_association = {
    .id = "word_association",
    .title = "Word association: which words lie nearer to one group's persons (WEAT)",
    .reading =
        "0: the words lie equally near to both groups. Above or below: nearer to one of them; 2 is "
        "the most.",
    .formula =
        "Persons p with one value; s(p) = mean cosine of p with first_words - with second_words. "
        "weat = (mean s over group g - over the others) / deviation of s over both (population). "
        "weat_p_value: two-sided, (1 + #{shuffled groups with a difference as large}) / (1 + "
        "permutations). profession = the same difference for the cosines of one profession's row "
        "w with persons (WEFAT); profession_spearman = Spearman over professions of it and of g's "
        "share of the persons who have the profession; coherence (ECT) = Spearman over professions "
        "of cosines with the two groups' mean rows. Of two groups the rarer one is given.",
    .range = "weat, profession: [-2, 2] for groups of one size; others in [-1, 1]",
    .neutral = "weat, profession, profession_spearman: 0; coherence: 1",
    .direction = "nearer to the neutral value is less bias",
    .source =
        "Caliskan et al. 2017 (WEAT, WEFAT; theirs is one-sided); Badilla et al. 2020 (population "
        "deviation); Dev and Phillips 2019 (ECT)",
    .pitfalls =
        "The words decide the answer: choose them before looking. A profession's own members pull "
        "its row towards their group. Cosines are not what a model of relations asks. More in "
        "docs/measures.md.",
    .parameters = &word_association_parameters,
    .measure = &measure_word_association,
    .rows_suffice = true,
};

}  // namespace kgaudit::metrics::row_measures_roster
