#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "models/debiasing/kl/kl_loss.hpp"
#include "models/training/batch_persons.hpp"
#include "models/training/system.hpp"

namespace kgaudit::models {

/// The method of Fisher et al. 2020, section 3.2, as published: one loss, L_CE + L_KL (see KlLoss),
/// whose gradient goes through the one optimiser that all rows have. `kl` is this, and `kl+attr`
/// builds on it. Where the paper is silent, its readings are parameters: whether L_KL is averaged
/// or summed over persons (`reduction`), and which persons of a batch take part (`persons`).
class KlSystem : public System {
 public:
  static constexpr std::array<std::string_view, 2> kReductions = {"mean", "sum"};
  static constexpr std::array<std::string_view, 2> kPersons = {"positives", "batch"};
  static constexpr std::array<std::string_view, 2> kTargets = {"uniform", "empirical"};

  static std::vector<ParameterSpec> parameter_table();
  /// What of them is worth searching.
  static constexpr std::array kTunable = {
      Tunable{"weight_gender", 0.1, 1e4, Scale::kLog, true, "gender"},
      Tunable{"weight_religion", 1.0, 1e5, Scale::kLog, true, "religion"},
      Tunable{"weight_ethnicity", 1.0, 1e5, Scale::kLog, true, "ethnicity"},
      Tunable{"weight_nationality", 1.0, 1e5, Scale::kLog, true, "nationality"},
      Tunable{"weight_other", 1.0, 1e5, Scale::kLog, true, kOtherAttributes},
      Tunable{.parameter = "reduction", .choices = kReductions},
      Tunable{.parameter = "persons", .choices = kPersons},
      Tunable{.parameter = "target", .choices = kTargets},
  };

  /// Throws InputError (usage) in the name of `system` when the graph has no attribute to debias.
  KlSystem(const TrainingSetup& setup, const Parameters& parameters, std::string_view system);

  [[nodiscard]] bool adds_gradient() const override { return true; }
  void add_gradient(const Batch& batch, const EmbeddingTable& table, FloatTable& gradient) override;
  std::vector<std::pair<std::string, double>> take_losses() override { return loss_.take_losses(); }

 private:
  KlLoss loss_;
  bool negatives_too_;
  std::size_t dimension_;
  ThreadPool& pool_;
  BatchPersons batch_persons_;
  std::vector<std::uint32_t> persons_;  ///< of the current batch
  FloatTable gradient_;
};

}  // namespace kgaudit::models
