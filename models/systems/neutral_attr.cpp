#include <algorithm>

#include "models/debiasing/attribute_vectors/trainable_vectors.hpp"
#include "models/debiasing/neutral/neutral_system.hpp"

namespace kgaudit::models::systems_roster {
namespace {

std::span<const ParameterSpec> neutral_attr_parameters() {
  static const std::vector<ParameterSpec> kTable = [] {
    std::vector<ParameterSpec> table = NeutralSystem::parameter_table();
    table.push_back(
        ParameterSpec::integer("twin_every", 1, 0, 1000, "triples",
                               "Train every n-th sensitive triple a second time, with its vector, "
                               "under a twin relation; 0 = none"));
    table.push_back(ParameterSpec::integer(
        "residual_every", 0, 0, 1000, "triples",
        "Triples from every n-th of which the vectors alone learn what the rows leave over, which "
        "learn as in neutral; 0 = rows and vectors learn together"));
    table.push_back(
        ParameterSpec::real("vector_share", 1.0, 0.0, 1.0, "",
                            "Share of the vectors that is published: below 1 shrinks what was "
                            "fitted to triples that the rows had learnt already"));
    return table;
  }();
  return kTable;
}

constexpr auto kNeutralAttrTunable = [] {
  std::array<Tunable, NeutralSystem::kTunable.size() + 3> all{};
  std::ranges::copy(NeutralSystem::kTunable, all.begin());
  all[all.size() - 3] = {"twin_every", 0.0, 8.0, Scale::kLinear};
  all[all.size() - 2] = {"residual_every", 0.0, 16.0, Scale::kLinear};
  all[all.size() - 1] = {"vector_share", 0.3, 1.0, Scale::kLinear};
  return all;
}();

std::unique_ptr<System> make_neutral_attr(const TrainingSetup& setup,
                                          const Parameters& parameters) {
  return std::make_unique<WithAttributeVectors<NeutralSystem>>(
      setup, parameters, "neutral+attr",
      VectorTraining{.twin_every = parameters.count("twin_every"),
                     .residual_every = parameters.count("residual_every"),
                     .share = static_cast<float>(parameters.real("vector_share"))});
}

}  // namespace

extern const SystemEntry neutral_attr;
constinit const SystemEntry neutral_attr = {
    .id = "neutral+attr",
    .title = "Neutral+Attr",
    .in_words =
        "Neutral, with the attribute given back as a vector of its own where it is legitimate.",
    .formula =
        "Neutral, with the attribute vectors of KL+Attr: E_p + a_{j,m*(p)} in place of E_p in "
        "triples for which attribute j is whitelisted. With residual_every, the likelihood of E_p "
        "alone moves the rows, and a, with mean 0 over persons, fits what they leave over; "
        "vector_share of a is published",
    .source =
        "this project; it builds on the KL loss and the attribute vectors of Fisher et al. 2020, "
        "sections 3.2 and 3.3",
    .pitfalls =
        "All that is said of Neutral. The vectors carry the sensitive value openly: publish the "
        "table without them where that matters. In this row ranking uses the vectors, and "
        "probes and questions the table without them; the row [rows] has everything of that table "
        "alone, and [whole] of table and vectors together. The whitelist is a moral choice; it is "
        "in the plan.",
    .parameters = &neutral_attr_parameters,
    .make = &make_neutral_attr,
    .tunable = kNeutralAttrTunable,
};

}  // namespace kgaudit::models::systems_roster
