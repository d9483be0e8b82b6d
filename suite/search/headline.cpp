#include "suite/search/headline.hpp"

#include <algorithm>

#include "reports/record/fact_names.hpp"
#include "reports/record/release.hpp"

namespace kgaudit::run {
namespace {

using reports::Facets;

const reports::MeasurementLine* first_mrr(const reports::RunRecord& record, std::string_view system,
                                          const Facets& facets) {
  for (const reports::MeasurementLine& line : record.measurements) {
    if (line.system == system && line.metric == reports::kMrrWithoutSensitive.metric &&
        line.facets == facets) {
      return &line;
    }
  }
  return nullptr;
}

/// The values of one fact over the seeds, and whether each of them has one.
struct OverSeeds {
  std::vector<double> values;
  bool complete = true;
  std::string reason;  ///< of the first seed without a value

  [[nodiscard]] std::optional<double> mean() const {
    if (values.empty() || !complete) return std::nullopt;
    double sum = 0.0;
    for (const double value : values) sum += value;
    return sum / static_cast<double>(values.size());
  }
};

class Row {
 public:
  Row(const reports::RunRecord& record, std::string_view system, std::string view)
      : record_(record), system_(system), view_(std::move(view)) {}

  [[nodiscard]] OverSeeds values(const reports::FactName& fact,
                                 const std::string& attribute = "") const {
    const Facets facets = fact.all_facets(attribute);
    OverSeeds result;
    for (const reports::MeasurementLine& line : record_.measurements) {
      if (line.system != system_ || line.view != view_ || line.metric != fact.metric ||
          line.facets != facets) {
        continue;
      }
      if (line.measurement.defined()) {
        result.values.push_back(line.measurement.value());
      } else {
        if (result.complete) result.reason = line.measurement.reason();
        result.complete = false;
      }
    }
    return result;
  }
  /// In order of first appearance.
  [[nodiscard]] std::vector<std::string> attributes() const {
    std::vector<std::string> ids;
    for (const reports::MeasurementLine& line : record_.measurements) {
      if (line.system != system_ || line.view != view_) continue;
      if (line.metric != reports::kQuestionExcess.metric &&
          line.metric != reports::kStrongestAuc.metric) {
        continue;
      }
      const std::string id = reports::facet_or(line.facets, "attribute");
      if (id.empty()) continue;
      if (std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(id);
    }
    return ids;
  }

 private:
  const reports::RunRecord& record_;
  std::string_view system_;
  std::string view_;
};

constexpr double kNeutralAuc = 0.5;

std::optional<double> cut_at_0(std::optional<double> value) {
  if (value) *value = std::max(0.0, *value);
  return value;
}

template <typename Member>
std::optional<double> mean_over(const std::vector<Headline::Attribute>& attributes,
                                const Member& member) {
  if (attributes.empty()) return std::nullopt;
  double sum = 0.0;
  for (const Headline::Attribute& attribute : attributes) {
    const std::optional<double> value = member(attribute);
    if (!value) return std::nullopt;
    sum += *value;
  }
  return sum / static_cast<double>(attributes.size());
}

}  // namespace

const Headline::Attribute* Headline::find(std::string_view id) const {
  const auto found = std::find_if(attributes.begin(), attributes.end(),
                                  [&](const Attribute& a) { return a.id == id; });
  return found == attributes.end() ? nullptr : &*found;
}

std::optional<double> Headline::mean_question() const {
  return mean_over(attributes, [](const Attribute& a) { return cut_at_0(a.question); });
}

std::optional<double> Headline::mean_leakage() const {
  return mean_over(attributes, [](const Attribute& a) { return cut_at_0(a.leakage); });
}

Headline headline_of(const reports::RunRecord& record, std::string_view system) {
  const Facets ranking = reports::kMrrWithoutSensitive.all_facets();
  Headline headline;
  const reports::MeasurementLine* first = first_mrr(record, system, ranking);
  if (first == nullptr) return headline;
  const bool mixed = reports::mixes_releases(record, {std::string(system), first->view});
  const Row row(record, system, mixed ? std::string(reports::kRowsAlone) : first->view);
  const OverSeeds ranks = row.values(reports::kMrrWithoutSensitive);
  headline.mrr = ranks.mean();
  headline.failure = ranks.reason;
  for (const std::string& id : row.attributes()) {
    Headline::Attribute attribute{id, std::nullopt, std::nullopt};
    attribute.question = row.values(reports::kQuestionExcess, id).mean();
    attribute.leakage = row.values(reports::kStrongestAuc, id).mean();
    if (attribute.leakage) *attribute.leakage -= kNeutralAuc;
    headline.attributes.push_back(std::move(attribute));
  }
  return headline;
}

}  // namespace kgaudit::run
