#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "datasets/attribute_table.hpp"
#include "models/training/system.hpp"

namespace kgaudit::models {

/// G: how answers should be shared among values.
struct KlTarget {
  KlTarget() = default;
  /// Of shares that sum to 1 and are not negative.
  explicit KlTarget(std::vector<float> of_values);

  std::vector<float> shares;
  double total = 0.0;    ///< sum_m G_m: 1 but for the rounding of the shares
  double g_log_g = 0.0;  ///< sum_m G_m log G_m
};

/// One sensitive attribute j as the KL loss sees it: the M values that every person is asked about,
/// and how the answers should be shared among them.
struct KlCandidates {
  std::string id;
  const datasets::PersonAttribute* source = nullptr;
  std::size_t relation = 0;             ///< row of the tail direction
  bool inverse = false;                 ///< the person is the tail: scores are g(E_m, R_j, E_p)
  float weight = 0.0F;                  ///< w_j >= 0
  std::vector<std::uint32_t> entities;  ///< the M commonest values of train, commonest first
  KlTarget target;                      ///< G_j, aligned with `entities`
};

/// The attributes of `setup`'s graph that can be told apart (two values or more in train), with
/// weights, M and G from the parameters `weight_<id>`, `candidates_<id>` (or `_other` and the
/// general one) and `target`. Throws InputError (usage) in the name of `system` when there is none.
[[nodiscard]] std::vector<KlCandidates> kl_candidates(const TrainingSetup& setup,
                                                      const Parameters& parameters,
                                                      std::string_view system);
/// The parameters that this reads, with these default weights of gender and of all other
/// attributes.
[[nodiscard]] std::vector<ParameterSpec> kl_candidate_parameters(double weight_of_gender,
                                                                 double weight_of_others);

}  // namespace kgaudit::models
