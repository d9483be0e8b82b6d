#include "metrics/formulas/cross_validation.hpp"

#include <atomic>
#include <map>
#include <mutex>
#include <utility>

#include "suite/base/error.hpp"

namespace kgaudit::metrics {
namespace {

/// Who is learned from and who is asked in a fold.
struct FoldRows {
  std::vector<std::size_t> train;
  std::vector<std::size_t> test;
};

/// The standardised features of a fold, made once for all classifiers that are shown them, and
/// dropped after the last.
struct SharedFold {
  std::once_flag made;
  PersonFeatures train;
  PersonFeatures test;
  std::atomic<std::size_t> left = 0;
};

}  // namespace

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
  std::vector<FoldRows> rows(fold_count);
  for (std::size_t i = 0; i < folds.size(); ++i) {
    for (std::uint32_t fold = 0; fold < fold_count; ++fold) {
      (folds[i] == fold ? rows[fold].test : rows[fold].train).push_back(i);
    }
  }
  std::map<std::pair<const PersonFeatures*, std::uint32_t>, SharedFold> shared;
  for (const CrossValidated& one : classifiers) {
    for (std::uint32_t fold = 0; fold < fold_count; ++fold) ++shared[{one.features, fold}].left;
  }
  pool.run(classifiers.size() * fold_count, [&](std::size_t task, std::size_t) {
    CrossValidated& one = classifiers[task / fold_count];
    const auto fold = static_cast<std::uint32_t>(task % fold_count);
    const FoldRows& of_fold = rows[fold];
    std::vector<std::uint32_t> train_labels;
    for (const std::size_t i : of_fold.train) train_labels.push_back(one.labels[i]);
    SharedFold& features = shared.at({one.features, fold});
    std::call_once(features.made, [&] {
      features.train = rows_of(*one.features, of_fold.train);
      features.test = rows_of(*one.features, of_fold.test);
      standardise(features.train, features.test);
    });
    const FeatureMatrix fitted = one.fit(features.train, train_labels, features.test, fold);
    for (std::size_t i = 0; i < of_fold.test.size(); ++i) {
      one.probabilities.row(static_cast<Eigen::Index>(of_fold.test[i])) =
          fitted.row(static_cast<Eigen::Index>(i));
    }
    if (features.left.fetch_sub(1) == 1) {
      features.train = {};
      features.test = {};
    }
  });
}

}  // namespace kgaudit::metrics
