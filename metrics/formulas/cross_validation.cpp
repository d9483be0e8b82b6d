#include "metrics/formulas/cross_validation.hpp"

#include "suite/base/error.hpp"

namespace kgaudit::metrics {

std::vector<std::uint32_t> stratified_folds(std::span<const std::uint32_t> labels,
                                            std::uint32_t classes, std::uint32_t folds, Rng rng) {
  KGA_REQUIRE(folds >= 2, "{} folds", folds);
  std::vector<std::vector<std::size_t>> members(classes);
  for (std::size_t i = 0; i < labels.size(); ++i) members[labels[i]].push_back(i);
  std::vector<std::uint32_t> result(labels.size());
  // The dealing goes on from class to class, so that the folds stay of one size as well.
  std::uint32_t next = 0;
  for (auto& of_class : members) {
    rng.shuffle(std::span<std::size_t>(of_class));
    for (const std::size_t i : of_class) {
      result[i] = next;
      next = (next + 1) % folds;
    }
  }
  return result;
}

void cross_validate(std::span<CrossValidated> classifiers, std::span<const std::uint32_t> folds,
                    std::uint32_t fold_count, std::uint32_t classes, ThreadPool& pool) {
  for (CrossValidated& one : classifiers) {
    one.probabilities.resize(static_cast<Eigen::Index>(folds.size()),
                             static_cast<Eigen::Index>(classes));
  }
  pool.run(classifiers.size() * fold_count, [&](std::size_t task, std::size_t) {
    CrossValidated& one = classifiers[task / fold_count];
    const auto fold = static_cast<std::uint32_t>(task % fold_count);
    std::vector<std::size_t> train_rows;
    std::vector<std::size_t> test_rows;
    std::vector<std::uint32_t> train_labels;
    for (std::size_t i = 0; i < folds.size(); ++i) {
      (folds[i] == fold ? test_rows : train_rows).push_back(i);
      if (folds[i] != fold) train_labels.push_back(one.labels[i]);
    }
    PersonFeatures train = rows_of(*one.features, train_rows);
    PersonFeatures test = rows_of(*one.features, test_rows);
    standardise(train, test);
    const FeatureMatrix fitted = one.fit(train, train_labels, test, fold);
    for (std::size_t i = 0; i < test_rows.size(); ++i) {
      one.probabilities.row(static_cast<Eigen::Index>(test_rows[i])) =
          fitted.row(static_cast<Eigen::Index>(i));
    }
  });
}

}  // namespace kgaudit::metrics
