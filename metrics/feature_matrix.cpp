#include "metrics/feature_matrix.hpp"

#include <algorithm>

#include "models/embedding/matrix_block.hpp"
#include "models/embedding/row_functions.hpp"
#include "suite/base/vectors/portable_math.hpp"

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
  const auto n = static_cast<double>(std::max<Index>(train.rows(), 1));
  const Eigen::RowVectorXd center = models::column_sums(train.cast<double>()) / n;
  Eigen::RowVectorXd squares = Eigen::RowVectorXd::Zero(train.cols());
  for (Index i = 0; i < train.rows(); ++i) {
    squares += (train.row(i).cast<double>() - center).cwiseAbs2();
  }
  const Eigen::RowVectorXd deviation = (squares / n).cwiseSqrt();
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
  const auto columns = static_cast<std::size_t>(logits.cols());
  for (Index i = 0; i < logits.rows(); ++i) {
    float* const row = logits.row(i).data();
    const float truth = labels.empty() ? 0.0F : row[labels[static_cast<std::size_t>(i)]];
    const models::SoftmaxScale scale = models::softmax({row, columns}, row);
    if (labels.empty()) continue;
    loss += portable::log(static_cast<double>(scale.sum)) + static_cast<double>(scale.largest) -
            static_cast<double>(truth);
  }
  return loss;
}

void subtract_truth(FeatureMatrix& probabilities, std::span<const std::uint32_t> labels) {
  for (Index i = 0; i < probabilities.rows(); ++i) {
    probabilities(i, static_cast<Index>(labels[static_cast<std::size_t>(i)])) -= 1.0F;
  }
}

}  // namespace kgaudit::metrics
