#include "metrics/feature_matrix.hpp"

#include <algorithm>
#include <cmath>

namespace kgaudit::metrics {

using Eigen::Index;

FeatureMatrix rows_of(const FeatureMatrix& all, std::span<const std::size_t> chosen) {
  FeatureMatrix result(static_cast<Index>(chosen.size()), all.cols());
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    result.row(static_cast<Index>(i)) = all.row(static_cast<Index>(chosen[i]));
  }
  return result;
}

void standardise(FeatureMatrix& train, FeatureMatrix& test) {
  const Eigen::RowVectorXd center = train.cast<double>().colwise().mean();
  const Eigen::RowVectorXd deviation =
      ((train.cast<double>().rowwise() - center).colwise().squaredNorm() /
       static_cast<double>(std::max<Index>(train.rows(), 1)))
          .cwiseSqrt();
  Eigen::RowVectorXd scale(train.cols());
  for (Index c = 0; c < train.cols(); ++c) {
    scale(c) = deviation(c) > 1e-12 ? 1.0 / deviation(c) : 0.0;
  }
  for (FeatureMatrix* rows : {&train, &test}) {
    for (Index i = 0; i < rows->rows(); ++i) {  // as the numbers lie in memory
      for (Index c = 0; c < train.cols(); ++c) {
        float& x = (*rows)(i, c);
        x = static_cast<float>((static_cast<double>(x) - center(c)) * scale(c));
      }
    }
  }
}

double softmax_rows(FeatureMatrix& logits, std::span<const std::uint32_t> labels) {
  double loss = 0.0;
  for (Index i = 0; i < logits.rows(); ++i) {
    auto row = logits.row(i);
    row.array() -= row.maxCoeff();
    const float truth =
        labels.empty() ? 0.0F : row(static_cast<Index>(labels[static_cast<std::size_t>(i)]));
    row = row.array().exp();
    const float sum = row.sum();
    row /= sum;
    if (!labels.empty()) loss += static_cast<double>(std::log(sum) - truth);
  }
  return loss;
}

void subtract_truth(FeatureMatrix& probabilities, std::span<const std::uint32_t> labels) {
  for (Index i = 0; i < probabilities.rows(); ++i) {
    probabilities(i, static_cast<Index>(labels[static_cast<std::size_t>(i)])) -= 1.0F;
  }
}

}  // namespace kgaudit::metrics
