#include <fmt/format.h>

#include "models/debiasing/prior_removal.hpp"
#include "models/training/system.hpp"
#include "suite/base/error.hpp"

namespace kgaudit::models::systems_roster {
namespace {

class PriorRemoval final : public System {
 public:
  explicit PriorRemoval(const TrainingSetup& setup)
      : attributes_(setup.data.attributes), score_(setup.score) {
    if (attributes_.sensitive().empty()) {
      throw InputError::usage("system prior-removal",
                              fmt::format("dataset {} has no sensitive relation", setup.data.id),
                              "a dataset card that names at least one");
    }
  }

  [[nodiscard]] std::vector<TableView> views(std::shared_ptr<const EmbeddingTable> table) override {
    return {{"", std::nullopt, without_prior(std::move(table), score_, attributes_), nullptr}};
  }

 private:
  const datasets::AttributeTable& attributes_;
  const ScoreFunction& score_;
};

std::span<const ParameterSpec> prior_removal_parameters() { return {}; }

std::unique_ptr<System> make_prior_removal(const TrainingSetup& setup,
                                           const Parameters& /*parameters*/) {
  return std::make_unique<PriorRemoval>(setup);
}

}  // namespace

extern const SystemEntry prior_removal;
constinit const SystemEntry prior_removal = {
    .id = "prior-removal",
    .title = "Prior removal",
    .in_words =
        "A control: Basic, whose rows of the sensitive relations are replaced after training, so "
        "that the mean person scores all values alike. It hides nothing from who reads rows.",
    .formula =
        "Basic; when it is published, R_j becomes the nearest row for which the mean person scores "
        "all values of attribute j alike",
    .source = "a control of this project",
    .pitfalls =
        "A control: persons' rows are Basic's, so a probe finds what it finds in Basic. A raw "
        "score gap falls all the same, because it rewards a model that prefers no value for "
        "everybody. It needs a translation compared by dot product or L2 distance and a relation "
        "with the person as head; with others it is Basic. training.prior_removal does the same to "
        "every system.",
    .parameters = &prior_removal_parameters,
    .make = &make_prior_removal,
    .trains_as_reference = true,
    .by_default = false,
};

}  // namespace kgaudit::models::systems_roster
