#include "models/training/training_parameters.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "models/scoring/score_function.hpp"
#include "models/training/loss.hpp"
#include "models/training/optimizer.hpp"
#include "suite/base/error.hpp"
#include "suite/base/roster.hpp"

namespace kgaudit::models {
namespace {

std::vector<ParameterSpec> make_training_table() {
  using P = ParameterSpec;
  return {
      P::choice("score", "transe-dot", ids_of(scores()),
                "Score function, see `kgaudit list scores`"),
      P::integer("dimension", 200, 1, 4096, "floats",
                 "Width of an entity row; even for complex scores"),
      P::flag("reciprocal", true,
              "Two rows a relation, one for ranking tails and one for heads, as PyTorch-BigGraph's "
              "dynamic relations"),
      P::integer("epochs", 20, 1, 100000, "epochs", "Passes over the training triples"),
      P::integer("batch_size", 1000, 1, 1000000, "triples", "Positives between two updates"),
      P::integer("chunk_size", 50, 1, 100000, "triples", "Positives that share their negatives"),
      P::flag("in_batch_negatives", true, "The other positives of the chunk are negatives too"),
      P::integer("uniform_negatives", 50, 0, 100000, "entities",
                 "Negatives a chunk and side, drawn uniformly from all entities"),
      P::flag("filter_negatives", false, "Leave out negatives that are triples of train"),
      P::choice("loss", "softmax", ids_of(losses()), "Loss of a positive against its negatives"),
      P::real("margin", 1.0, 0.0, 1000.0, "score",
              "Margin (gamma) of the margin and self-adversarial losses"),
      P::real("adversarial_temperature", 1.0, 0.0, 100.0, "1/score",
              "Sharpness of the self-adversarial weights; 0 weighs negatives equally"),
      P::choice("optimizer", "row-adagrad", ids_of(optimizers()), "Update rule of all rows"),
      P::real("learning_rate", 0.1, 1e-9, 100.0, "", "Step size after the warm-up"),
      P::real("final_learning_rate", 1.0, 0.0, 1.0, "",
              "Share of learning_rate reached, linearly, at the last epoch; 1 = constant"),
      P::integer("warm_up_epochs", 1, 0, 1000, "epochs",
                 "Epochs over which the learning rate rises, linearly, from 0; 0 = none"),
      P::real("initial_scale", 1e-3, 1e-9, 10.0, "", "Standard deviation of the initial values"),
      P::real(
          "entity_decay", 0.0, 0.0, 10.0, "",
          "L2 penalty on entity rows, a share of the row for each occurrence in a batch; 0 = none"),
      P::real("relation_decay", 0.0, 0.0, 10.0, "",
              "L2 penalty on relation rows, a share of the row for each occurrence in a batch; 0 = "
              "none"),
      P::flag("prior_removal", false,
              "Publish every system with relation rows R_j for which the mean person scores all "
              "values of attribute j alike (translations, dot product or L2 only)"),
  };
}

float narrow(double value) { return static_cast<float>(value); }

}  // namespace

std::span<const ParameterSpec> training_parameters() {
  static const std::vector<ParameterSpec> kTable = make_training_table();
  return kTable;
}

TrainingOptions::TrainingOptions(const Parameters& training)
    : dimension(training.count("dimension")),
      batch_size(training.count("batch_size")),
      chunk_size(std::min(training.count("chunk_size"), batch_size)),
      uniform_negatives(training.count("uniform_negatives")),
      in_batch_negatives(training.flag("in_batch_negatives")),
      filter_negatives(training.flag("filter_negatives")),
      reciprocal(training.flag("reciprocal")),
      epochs(static_cast<std::uint32_t>(training.count("epochs"))),
      warm_up_epochs(static_cast<std::uint32_t>(training.count("warm_up_epochs"))),
      learning_rate(narrow(training.real("learning_rate"))),
      final_learning_rate(narrow(training.real("final_learning_rate"))),
      initial_scale(training.real("initial_scale")),
      entity_decay(narrow(training.real("entity_decay"))),
      relation_decay(narrow(training.real("relation_decay"))),
      prior_removal(training.flag("prior_removal")) {
  if (uniform_negatives == 0 && !(in_batch_negatives && chunk_size > 1)) {
    throw InputError::usage("training: uniform_negatives", "0, and no in-batch negatives either",
                            "at least one kind of negative");
  }
}

float TrainingOptions::learning_rate_at(std::uint64_t step, std::uint64_t batches) const {
  const auto done = static_cast<double>(step) / static_cast<double>(batches);  // in epochs
  const double warm_up = warm_up_epochs;
  if (warm_up > 0.0 && done < warm_up) {
    return learning_rate *
           narrow((static_cast<double>(step) + 1.0) / (static_cast<double>(batches) * warm_up));
  }
  const double rest = std::max(1e-9, static_cast<double>(epochs) - warm_up);
  const double progress = std::clamp((done - warm_up) / rest, 0.0, 1.0);
  return learning_rate * narrow(1.0 + (static_cast<double>(final_learning_rate) - 1.0) * progress);
}

}  // namespace kgaudit::models
