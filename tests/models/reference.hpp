#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "models/embedding/embedding_table.hpp"
#include "models/scoring/score_function.hpp"
#include "models/training/loss.hpp"

namespace kgaudit::tests {

using Doubles = std::vector<double>;

/// g(h, r, t) by the formula that the roster prints, in double precision and one coordinate after
/// another. Fails the test for a score that has no formula here yet.
[[nodiscard]] double reference_score(std::string_view id, const Doubles& h, const Doubles& r,
                                     const Doubles& t);
[[nodiscard]] double reference_compare(models::Comparator comparator, const Doubles& q,
                                       const Doubles& c);

/// Loss of one query by its roster id; masked candidates have score -infinity. `weights` are the
/// self-adversarial p: computed when empty, used as given otherwise, because the gradient takes
/// them as constant.
[[nodiscard]] double reference_loss(std::string_view loss_id, const models::LossSettings& settings,
                                    const Doubles& scores, std::size_t positive, Doubles& weights);

/// KL(G || softmax(scores)).
[[nodiscard]] double reference_kl(const Doubles& scores, const Doubles& target);

/// (f(x + eps) - f(x - eps)) / (2 eps); x is restored.
[[nodiscard]] double central_difference(double& x, const std::function<double()>& f,
                                        double eps = 1e-6);

/// A table of normal values.
[[nodiscard]] models::FloatTable normal_table(std::size_t rows, std::size_t width,
                                              std::uint64_t seed, double scale = 1.0);
[[nodiscard]] Doubles row_of(const models::FloatTable& table, std::size_t row);
[[nodiscard]] std::vector<Doubles> rows_of(const models::FloatTable& table);

[[nodiscard]] bool same_bits(float a, float b);
/// Whether all floats between a row's width and its stride are 0.
[[nodiscard]] bool padding_is_zero(const models::FloatTable& table);

/// Widths that leave every kind of rest behind vector registers and cache lines.
[[nodiscard]] std::vector<std::size_t> odd_widths(const models::ScoreFunction& score);

}  // namespace kgaudit::tests
