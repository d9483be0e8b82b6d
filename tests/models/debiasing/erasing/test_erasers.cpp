#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include <Eigen/Dense>

#include "models/debiasing/erasing/erasers.hpp"
#include "tests/models/reference.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::models;
using namespace kgaudit::tests;
using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

namespace {

MatrixXd normal_points(Index n, Index d, std::uint64_t seed) {
  Rng rng(seed, "test.points");
  MatrixXd points(n, d);
  for (Index i = 0; i < points.size(); ++i) points.data()[i] = rng.normal();
  return points;
}

/// Every point known, one class each.
Labels one_hot(const std::vector<std::size_t>& classes, std::size_t count) {
  Labels labels;
  labels.points.resize(classes.size());
  std::iota(labels.points.begin(), labels.points.end(), std::size_t{0});
  labels.shares.setZero(static_cast<Index>(classes.size()), static_cast<Index>(count));
  for (std::size_t i = 0; i < classes.size(); ++i) {
    labels.shares(static_cast<Index>(i), static_cast<Index>(classes[i])) = 1.0;
  }
  return labels;
}

/// Points with a class each; class k has `strength` more along axis k.
struct Planted {
  Planted(Index n, Index d, std::size_t classes, double strength, std::uint64_t seed)
      : x(normal_points(n, d, seed)) {
    Rng rng(seed, "test.classes");
    for (Index i = 0; i < n; ++i) {
      const std::uint32_t k = rng.below(static_cast<std::uint32_t>(classes));
      of.push_back(k);
      x(i, static_cast<Index>(k)) += strength;
    }
    labels = one_hot(of, classes);
  }
  MatrixXd x;
  std::vector<std::size_t> of;
  Labels labels;
};

double largest_covariance(const MatrixXd& x, const Labels& labels) {
  MatrixXd known(static_cast<Index>(labels.points.size()), x.cols());
  for (std::size_t i = 0; i < labels.points.size(); ++i) {
    known.row(static_cast<Index>(i)) = x.row(static_cast<Index>(labels.points[i]));
  }
  const MatrixXd a = known.rowwise() - known.colwise().mean();
  const MatrixXd b = labels.shares.rowwise() - labels.shares.colwise().mean();
  return (a.transpose() * b).cwiseAbs().maxCoeff() / static_cast<double>(known.rows());
}

/// Accuracy on the points themselves of guessing the class whose mean is nearest.
double nearest_mean_accuracy(const MatrixXd& x, const Planted& planted) {
  const MatrixXd means = class_means(x, planted.labels);
  double right = 0.0;
  for (Index i = 0; i < x.rows(); ++i) {
    Index best = 0;
    (means.rowwise() - x.row(i)).rowwise().squaredNorm().minCoeff(&best);
    if (static_cast<std::size_t>(best) == planted.of[static_cast<std::size_t>(i)]) right += 1.0;
  }
  return right / static_cast<double>(x.rows());
}

MatrixXd projection(const AffineEraser& eraser) {
  return MatrixXd::Identity(eraser.mean.size(), eraser.mean.size()) - eraser.matrix();
}

void check_equal(const MatrixXd& got, const MatrixXd& expected, double tolerance = 1e-9) {
  REQUIRE(got.rows() == expected.rows());
  REQUIRE(got.cols() == expected.cols());
  INFO("got\n" << got << "\nexpected\n" << expected);
  CHECK((got - expected).cwiseAbs().maxCoeff() <= tolerance);
}

struct HandCase {
  MatrixXd x{{2.0, 0.0}, {2.0, 1.0}, {-2.0, 0.0}, {-2.0, -1.0}};
  Labels labels = one_hot({1, 1, 0, 0}, 2);
};

}  // namespace

TEST_CASE("LEACE gives the hand-computed projection and points", "[models][leace]") {
  const HandCase hand;
  const AffineEraser eraser = fit_leace(hand.x, std::vector{hand.labels});
  CHECK(eraser.rank() == 1);
  check_equal(projection(eraser), MatrixXd{{0.0, 0.0}, {-0.25, 1.0}});
  const MatrixXd erased = eraser.apply(hand.x);
  check_equal(erased, MatrixXd{{0.0, -0.5}, {0.0, 0.5}, {0.0, 0.5}, {0.0, -0.5}});
  CHECK(largest_covariance(erased, hand.labels) < 1e-12);
  CHECK((erased - hand.x).squaredNorm() / 4.0 == Approx(4.25));
  // Removing the class means' difference (4, 1) orthogonally does it too, with a larger edit.
  const AffineEraser orthogonal =
      remove_span(principal_directions(class_means(hand.x, hand.labels), 1));
  const MatrixXd projected = orthogonal.apply(hand.x);
  CHECK(largest_covariance(projected, hand.labels) < 1e-12);
  CHECK((projected - hand.x).squaredNorm() / 4.0 == Approx(4.264705882).epsilon(1e-9));
}

TEST_CASE("Hard-debias gives the hand-computed projection, and half of it at lambda .5",
          "[models][hard-debias]") {
  const MatrixXd direction{{0.0}, {2.0}};
  const MatrixXd points{{1.0, 1.0}, {3.0, -2.0}};
  const auto mean_length = [](const MatrixXd& rows) {
    return rows.col(1).cwiseAbs().mean();  // of the projection on (0, 2)
  };
  CHECK(mean_length(points) == Approx(1.5));
  CHECK(points.col(1).mean() == Approx(-0.5));
  CHECK(mean_length(remove_span(direction, 0.5).apply(points)) == Approx(0.75));
  check_equal(remove_span(direction).apply(points), MatrixXd{{1.0, 0.0}, {3.0, 0.0}});
}

TEST_CASE("The nullspace of one classifier is the hand-computed one", "[models][inlp]") {
  check_equal(projection(remove_span(MatrixXd{{3.0}, {4.0}})),
              MatrixXd{{0.64, -0.48}, {-0.48, 0.36}});
}

TEST_CASE("INLP with one round removes the direction that separates the classes",
          "[models][inlp]") {
  // Along (3, 4) the classes differ, across it they do not: the classifier's weights are (3, 4).
  MatrixXd x(80, 2);
  std::vector<std::size_t> classes;
  std::vector<bool> held_back;
  for (Index i = 0; i < 80; ++i) {
    const double along = i % 2 == 0 ? 1.0 : -1.0;
    const double across = (i / 2) % 2 == 0 ? 1.0 : -1.0;
    x.row(i) << 3.0 * along - 4.0 * across, 4.0 * along + 3.0 * across;
    classes.push_back(i % 2 == 0 ? 0 : 1);
    held_back.push_back(i % 8 < 4 && i >= 40);
  }
  const AffineEraser eraser =
      fit_inlp(x, std::vector{one_hot(classes, 2)}, held_back, {5, 0.01, 0.0});
  CHECK(eraser.rank() == 1);
  check_equal(projection(eraser), MatrixXd{{0.64, -0.48}, {-0.48, 0.36}}, 1e-9);
}

TEST_CASE("After LEACE no class is correlated with any coordinate", "[models][leace]") {
  const Planted planted(300, 12, 4, 2.0, 1);
  REQUIRE(largest_covariance(planted.x, planted.labels) > 0.1);
  const AffineEraser eraser = fit_leace(planted.x, std::vector{planted.labels});
  CHECK(eraser.rank() == 3);
  CHECK(largest_covariance(eraser.apply(planted.x), planted.labels) < 1e-12);
  // Erasing twice changes nothing more, and the mean stays where it was.
  check_equal(eraser.apply(eraser.apply(planted.x)), eraser.apply(planted.x), 1e-9);
  check_equal(eraser.apply(planted.x).colwise().mean(), planted.x.colwise().mean(), 1e-9);
}

TEST_CASE("LEACE erases every attribute on the points that know it, together", "[models][leace]") {
  const Planted planted(400, 10, 3, 2.0, 2);
  Labels other;  // known for a third of the points, with shares and an unnamed rest
  for (std::size_t i = 0; i < 400; i += 3) other.points.push_back(i);
  other.shares.setZero(static_cast<Index>(other.points.size()), 2);
  for (std::size_t i = 0; i < other.points.size(); ++i) {
    const auto row = static_cast<Index>(i);
    const double along = planted.x(static_cast<Index>(other.points[i]), 7);
    if (along > 0.5) other.shares(row, 0) = 1.0;
    if (along < -0.5) other.shares(row, 1) = 1.0;
    if (std::abs(along) < 0.1) other.shares.row(row) << 0.5, 0.5;
  }
  const AffineEraser eraser = fit_leace(planted.x, std::vector{planted.labels, other});
  CHECK(eraser.rank() == 4);
  const MatrixXd erased = eraser.apply(planted.x);
  CHECK(largest_covariance(erased, planted.labels) < 1e-12);
  CHECK(largest_covariance(erased, other) < 1e-12);
  const AffineEraser reversed = fit_leace(planted.x, std::vector{other, planted.labels});
  check_equal(reversed.matrix(), eraser.matrix(), 1e-9);
}

TEST_CASE("LEACE after an invertible affine map is the map after LEACE", "[models][leace]") {
  const Planted planted(200, 6, 3, 1.5, 3);
  MatrixXd map = normal_points(6, 6, 4);
  map.diagonal().array() += 3.0;
  const Eigen::RowVectorXd shift = normal_points(1, 6, 5);
  const MatrixXd mapped = (planted.x * map).rowwise() + shift;
  const MatrixXd map_first = fit_leace(mapped, std::vector{planted.labels}).apply(mapped);
  const MatrixXd erase_first =
      (fit_leace(planted.x, std::vector{planted.labels}).apply(planted.x) * map).rowwise() + shift;
  check_equal(map_first, erase_first, 1e-8);
}

TEST_CASE("Erasers do not care for the order of points nor for the names of classes",
          "[models][leace][inlp]") {
  const Planted planted(120, 5, 3, 2.0, 6);
  std::vector<std::size_t> order(120), renamed;
  std::iota(order.begin(), order.end(), std::size_t{0});
  Rng(7, "test.order").shuffle(std::span<std::size_t>(order));
  MatrixXd x(120, 5);
  std::vector<bool> held_back, moved_back;
  for (std::size_t i = 0; i < 120; ++i) held_back.push_back(i % 4 == 0);
  for (std::size_t i = 0; i < 120; ++i) {
    x.row(static_cast<Index>(i)) = planted.x.row(static_cast<Index>(order[i]));
    renamed.push_back((planted.of[order[i]] + 1) % 3);
    moved_back.push_back(held_back[order[i]]);
  }
  const Labels other = one_hot(renamed, 3);
  check_equal(fit_leace(x, std::vector{other}).matrix(),
              fit_leace(planted.x, std::vector{planted.labels}).matrix(), 1e-9);
  check_equal(principal_directions(class_means(x, other), 2) *
                  principal_directions(class_means(x, other), 2).transpose(),
              principal_directions(class_means(planted.x, planted.labels), 2) *
                  principal_directions(class_means(planted.x, planted.labels), 2).transpose(),
              1e-9);
  check_equal(fit_inlp(x, std::vector{other}, moved_back, {}).matrix(),
              fit_inlp(planted.x, std::vector{planted.labels}, held_back, {}).matrix(), 1e-9);
}

TEST_CASE(
    "LEACE leaves points alone that no class tells apart, and the directions without variance",
    "[models][leace]") {
  MatrixXd x = normal_points(40, 4, 8);
  x.col(3).setConstant(2.0);
  Labels same = one_hot(std::vector<std::size_t>(40, 0), 2);
  const AffineEraser none = fit_leace(x, std::vector{same});
  CHECK(none.rank() == 0);
  check_equal(none.apply(x), x, 0.0);
  CHECK(fit_leace(x, {}).rank() == 0);
  std::vector<std::size_t> halves(40);
  for (std::size_t i = 0; i < 40; ++i) halves[i] = i % 2;
  const AffineEraser some = fit_leace(x, std::vector{one_hot(halves, 2)});
  CHECK(some.rank() == 1);
  CHECK((some.apply(x).col(3).array() - 2.0).abs().maxCoeff() < 1e-9);
}

TEST_CASE("LEACE takes a rare class as seriously as a common one", "[models][leace]") {
  MatrixXd x = normal_points(2000, 6, 9);
  std::vector<std::size_t> classes;
  for (std::size_t i = 0; i < 2000; ++i) {
    classes.push_back(i < 3 ? 2 : i % 2);
    x(static_cast<Index>(i), static_cast<Index>(classes.back())) += 3.0;
  }
  const Labels labels = one_hot(classes, 3);
  const AffineEraser eraser = fit_leace(x, std::vector{labels});
  CHECK(eraser.rank() == 2);
  CHECK(largest_covariance(eraser.apply(x), labels) < 1e-12);
}

TEST_CASE("A planted direction is found and removed, and other directions stay",
          "[models][hard-debias][inlp][leace]") {
  const Planted planted(2000, 8, 2, 4.0, 10);
  // Class 0 has 4 more along axis 0, class 1 along axis 1: the direction is (1, -1) / sqrt 2.
  VectorXd truth = VectorXd::Zero(8);
  truth(0) = std::sqrt(0.5);
  truth(1) = -std::sqrt(0.5);
  std::vector<bool> held_back;
  for (std::size_t i = 0; i < 2000; ++i) held_back.push_back(i % 4 == 0);
  const MatrixXd direction = principal_directions(class_means(planted.x, planted.labels), 1);
  CHECK(std::abs(direction.col(0).dot(truth)) > 0.99);
  const AffineEraser erasers[] = {
      remove_span(direction),
      fit_inlp(planted.x, std::vector{planted.labels}, held_back, {10, 0.01, 0.03}),
      fit_leace(planted.x, std::vector{planted.labels})};
  REQUIRE(nearest_mean_accuracy(planted.x, planted) > 0.98);
  CHECK(erasers[0].rank() == 1);
  CHECK(erasers[2].rank() == 1);
  for (const AffineEraser& eraser : erasers) {
    const MatrixXd erased = eraser.apply(planted.x);
    CHECK((erased * truth).norm() < 0.1 * (planted.x * truth).norm());
    CHECK(nearest_mean_accuracy(erased, planted) < 0.6);
    // INLP may go on for a round with what the first classifier missed by chance.
    CHECK(eraser.rank() <= 2);
    // What one direction does to a coordinate that has nothing to do with the classes.
    if (eraser.rank() == 1)
      CHECK((erased.col(7) - planted.x.col(7)).norm() < 0.2 * planted.x.col(7).norm());
  }
}

TEST_CASE("INLP stops where there is nothing to find", "[models][inlp]") {
  const Planted none(1000, 6, 2, 0.0, 11);
  std::vector<bool> held_back;
  for (std::size_t i = 0; i < 1000; ++i) held_back.push_back(i % 4 == 0);
  CHECK(fit_inlp(none.x, std::vector{none.labels}, held_back, {10, 0.01, 0.05}).rank() == 0);
  const Planted planted(1000, 6, 2, 3.0, 11);
  CHECK(fit_inlp(planted.x, std::vector{planted.labels}, held_back, {0, 0.01, 0.0}).rank() == 0);
  CHECK(fit_inlp(planted.x, std::vector{planted.labels}, held_back, {1, 0.01, 0.0}).rank() == 1);
  // Nobody to check a classifier on.
  CHECK(
      fit_inlp(planted.x, std::vector{planted.labels}, std::vector<bool>(1000, false), {}).rank() ==
      0);
}

TEST_CASE("A random projection of the same rank leaves the planted leak",
          "[models][random-projection]") {
  const Planted planted(1500, 20, 3, 4.0, 12);
  const AffineEraser leace = fit_leace(planted.x, std::vector{planted.labels});
  const AffineEraser control = fit_random_projection(planted.x, leace.rank(), Rng(1, "test"));
  CHECK(control.rank() == 2);
  const MatrixXd p = projection(control);
  check_equal(p * p, p, 1e-9);
  check_equal(p.transpose(), p, 1e-12);
  CHECK(nearest_mean_accuracy(leace.apply(planted.x), planted) < 0.45);
  CHECK(nearest_mean_accuracy(control.apply(planted.x), planted) > 0.85);
  check_equal(fit_random_projection(planted.x, 2, Rng(1, "test")).matrix(), control.matrix(), 0.0);
  CHECK((fit_random_projection(planted.x, 2, Rng(2, "test")).matrix() - control.matrix()).norm() >
        0.1);
  // More dimensions than there are: everything goes, and the mean is what is left.
  const MatrixXd nothing = fit_random_projection(planted.x, 99, Rng(1, "test")).apply(planted.x);
  CHECK((nothing.rowwise() - planted.x.colwise().mean()).cwiseAbs().maxCoeff() < 1e-9);
}

TEST_CASE("An eraser changes the chosen rows of any table alike on 1, 2 and 4 threads",
          "[models]") {
  const Planted planted(700, 9, 3, 2.0, 13);
  const AffineEraser eraser = fit_leace(planted.x, std::vector{planted.labels});
  const FloatTable before = normal_table(700, 9, 14);
  std::vector<EntityId> chosen;
  for (std::uint32_t i = 0; i < 700; i += 2) chosen.emplace_back(i);
  std::vector<Digest> digests;
  for (const std::size_t threads : {1U, 2U, 4U}) {
    ThreadPool pool(threads);
    FloatTable table = before;
    eraser.apply(table, chosen, pool);
    digests.push_back(table.digest());
    CHECK(padding_is_zero(table));
    for (std::size_t i = 0; i < 700; ++i) {
      const Doubles row = row_of(before, i);
      const MatrixXd point = Eigen::Map<const Eigen::RowVectorXd>(row.data(), 9);
      const MatrixXd expected = i % 2 == 0 ? eraser.apply(point) : point;
      for (std::size_t k = 0; k < 9; ++k) {
        CHECK(static_cast<double>(table.row(i)[k]) ==
              Approx(expected(0, static_cast<Index>(k))).margin(1e-6));
      }
    }
  }
  CHECK(digests[1] == digests[0]);
  CHECK(digests[2] == digests[0]);
}

TEST_CASE("A basis leaves out directions that are already there", "[models]") {
  const MatrixXd columns{{1.0, 100.0, 0.0, 0.0}, {0.0, 0.0, 1e-3, 0.0}, {0.0, 0.0, 1e-3, 0.0}};
  const MatrixXd basis = orthonormal_basis(columns);
  REQUIRE(basis.cols() == 2);
  check_equal(basis.transpose() * basis, MatrixXd::Identity(2, 2), 1e-12);
  check_equal(basis * basis.transpose(),
              MatrixXd{{1.0, 0.0, 0.0}, {0.0, 0.5, 0.5}, {0.0, 0.5, 0.5}}, 1e-12);
  CHECK(orthonormal_basis(MatrixXd::Zero(3, 2)).cols() == 0);
}
