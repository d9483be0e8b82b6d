#include <cmath>
#include <cstring>
#include <string>
#include <vector>

#include "models/debiasing/adversaries/dense_network.hpp"
#include "tests/models/reference.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::models;
using namespace kgaudit::tests;

namespace {

/// Reads every member of a network with a given name, in visiting order.
class Reader final : public Archive {
 public:
  explicit Reader(std::string_view wanted) : wanted_(wanted) {}
  std::vector<Doubles> found;

 private:
  void bytes(std::string_view name, void* data, std::size_t size) override {
    if (name != wanted_) return;
    std::vector<float> values(size / sizeof(float));
    std::memcpy(values.data(), data, size);
    found.emplace_back(values.begin(), values.end());
  }
  std::string wanted_;
};

std::vector<Doubles> members(DenseNetwork& network, std::string_view name) {
  Reader reader(name);
  network.visit(reader);
  return reader.found;
}

/// The gradients that the last backward pass left, block by block as in "weights.value": the first
/// step's first moment is a tenth of them. The network itself takes no step.
std::vector<Doubles> gradients_of(DenseNetwork network) {
  network.step(0.0F);
  std::vector<Doubles> blocks = members(network, "weights.m");
  for (Doubles& block : blocks)
    for (double& g : block) g /= static_cast<double>(1.0F - 0.9F);
  return blocks;
}

Digest digest(DenseNetwork& network) {
  return hash_archive([&](Archive& archive) { network.visit(archive); });
}

NetworkMatrix normal_matrix(std::size_t rows, std::size_t columns, std::uint64_t seed) {
  const FloatTable table = normal_table(rows, columns, seed);
  NetworkMatrix matrix(static_cast<Eigen::Index>(rows), static_cast<Eigen::Index>(columns));
  for (Eigen::Index i = 0; i < matrix.rows(); ++i)
    for (Eigen::Index k = 0; k < matrix.cols(); ++k)
      matrix(i, k) = table.row(static_cast<std::size_t>(i))[k];
  return matrix;
}

std::vector<Doubles> rows_of(const NetworkMatrix& matrix) {
  std::vector<Doubles> rows;
  for (Eigen::Index i = 0; i < matrix.rows(); ++i) {
    rows.emplace_back();
    for (Eigen::Index k = 0; k < matrix.cols(); ++k)
      rows.back().push_back(static_cast<double>(matrix(i, k)));
  }
  return rows;
}

double leaky(double x, double leak) { return x > 0.0 ? x : leak * x; }

/// The network in double precision. `values`: weights and biases layer by layer, then scale and
/// shift. Columns are normalised with the batch's own mean and variance, which are kept.
struct Reference {
  DenseNetworkShape shape;
  std::vector<Doubles> values;
  Doubles mean, variance;

  [[nodiscard]] std::vector<Doubles> before_norm(std::vector<Doubles> x) const {
    for (std::size_t l = 0; l + 1 < shape.widths.size(); ++l) {
      const std::size_t outputs = shape.widths[l + 1];
      for (Doubles& row : x) {
        Doubles next = values[2 * l + 1];
        for (std::size_t o = 0; o < outputs; ++o) {
          for (std::size_t i = 0; i < row.size(); ++i)
            next[o] += row[i] * values[2 * l][i * outputs + o];
          if (l + 2 < shape.widths.size() || shape.activate_output)
            next[o] = leaky(next[o], static_cast<double>(shape.leak));
        }
        row = next;
      }
    }
    return x;
  }
  [[nodiscard]] std::vector<Doubles> forward(const std::vector<Doubles>& x) {
    std::vector<Doubles> out = before_norm(x);
    if (!shape.normalise_output) return out;
    const double n = static_cast<double>(out.size());
    mean.assign(out[0].size(), 0.0);
    variance.assign(out[0].size(), 0.0);
    for (std::size_t k = 0; k < mean.size(); ++k) {
      for (const Doubles& row : out) mean[k] += row[k] / n;
      for (const Doubles& row : out) variance[k] += std::pow(row[k] - mean[k], 2) / n;
    }
    normalise(out, mean, variance);
    return out;
  }
  void normalise(std::vector<Doubles>& rows, const Doubles& m, const Doubles& v) const {
    const Doubles& scale = values[values.size() - 2];
    const Doubles& shift = values[values.size() - 1];
    for (Doubles& row : rows)
      for (std::size_t k = 0; k < row.size(); ++k)
        row[k] = (row[k] - m[k]) / std::sqrt(v[k] + 1e-5) * scale[k] + shift[k];
  }
};

/// <weights, output>, so that `weights` is dL/doutput.
double inner(const std::vector<Doubles>& a, const std::vector<Doubles>& b) {
  double sum = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i)
    for (std::size_t k = 0; k < a[i].size(); ++k) sum += a[i][k] * b[i][k];
  return sum;
}

const DenseNetworkShape kFilter = {
    .widths = {4, 7, 3}, .activate_output = true, .normalise_output = true};
const DenseNetworkShape kDiscriminator = {.widths = {4, 6, 5, 3}, .leak = 0.2F};

}  // namespace

TEST_CASE("A network's output is its formula's, normalised by batch or running statistics",
          "[models][bose]") {
  ThreadPool pool(1);
  for (const DenseNetworkShape& shape : {kFilter, kDiscriminator}) {
    DenseNetwork network(shape, Rng(1, "test.network"));
    Reference reference{shape, members(network, "weights.value"), {}, {}};
    const NetworkMatrix x = normal_matrix(9, 4, 2);
    const auto expected = reference.forward(rows_of(x));
    const auto got = rows_of(network.forward(x, pool));
    for (std::size_t i = 0; i < 9; ++i)
      for (std::size_t k = 0; k < 3; ++k)
        CHECK(got[i][k] == Approx(expected[i][k]).epsilon(1e-4).margin(1e-5));

    const NetworkMatrix y = normal_matrix(5, 4, 3);
    auto evaluated = reference.before_norm(rows_of(y));
    if (shape.normalise_output) {
      // One batch moved the running statistics a tenth of the way from 0 and 1; the variance
      // counts n - 1.
      Doubles mean, variance;
      for (std::size_t k = 0; k < 3; ++k) {
        mean.push_back(0.1 * reference.mean[k]);
        variance.push_back(0.9 + 0.1 * reference.variance[k] * 9.0 / 8.0);
      }
      reference.normalise(evaluated, mean, variance);
    }
    const Digest before = digest(network);
    const auto running = rows_of(network.evaluate(y));
    for (std::size_t i = 0; i < 5; ++i)
      for (std::size_t k = 0; k < 3; ++k)
        CHECK(running[i][k] == Approx(evaluated[i][k]).epsilon(1e-4).margin(1e-5));
    CHECK(digest(network) == before);
  }
}

TEST_CASE("A network's gradients are slopes, through batch normalisation too", "[models][bose]") {
  ThreadPool pool(1);
  for (const DenseNetworkShape& shape : {kFilter, kDiscriminator}) {
    DenseNetwork network(shape, Rng(4, "test.network"));
    Reference reference{shape, members(network, "weights.value"), {}, {}};
    const NetworkMatrix x = normal_matrix(8, 4, 5);
    const NetworkMatrix doutput = normal_matrix(8, 3, 6);
    auto x_rows = rows_of(x);
    const auto weights = rows_of(doutput);
    const auto loss = [&] { return inner(weights, reference.forward(x_rows)); };
    network.forward(x, pool);
    const auto dx = rows_of(network.backward(x, doutput, Gradients::kInputAndWeights, pool));
    for (std::size_t i = 0; i < 8; ++i)
      for (std::size_t k = 0; k < 4; ++k)
        CHECK(dx[i][k] ==
              Approx(central_difference(x_rows[i][k], loss)).epsilon(1e-3).margin(1e-4));
    const std::vector<Doubles> gradients = gradients_of(network);
    for (std::size_t l = 0; l + 1 < shape.widths.size(); ++l) {
      for (std::size_t i = 0; i < shape.widths[l]; ++i) {
        for (std::size_t o = 0; o < shape.widths[l + 1]; ++o) {
          INFO("layer " << l << ", weight " << i << " " << o);
          const double slope =
              central_difference(reference.values[2 * l][i * shape.widths[l + 1] + o], loss);
          CHECK(gradients[2 * l][i * shape.widths[l + 1] + o] ==
                Approx(slope).epsilon(1e-3).margin(1e-4));
        }
      }
    }
    // Biases, scale and shift show theirs in Adam's first step: the learning rate against the sign.
    const auto before = members(network, "weights.value");
    network.step(0.01F);
    const auto after = members(network, "weights.value");
    std::size_t moved = 0;
    for (std::size_t w = 0; w < before.size(); ++w) {
      for (std::size_t i = 0; i < before[w].size(); ++i) {
        const double slope = central_difference(reference.values[w][i], loss);
        if (std::abs(slope) < 1e-3) continue;  // the last bias before a normalisation has none
        INFO("block " << w << ", entry " << i << ", slope " << slope);
        CHECK(after[w][i] - before[w][i] == Approx(slope > 0.0 ? -0.01 : 0.01).epsilon(2e-3));
        ++moved;
      }
    }
    CHECK(moved > 30);
  }
}

TEST_CASE("Backward without learning leaves the weights' gradients alone", "[models][bose]") {
  ThreadPool pool(1);
  DenseNetwork network(kFilter, Rng(4, "test.network"));
  const NetworkMatrix x = normal_matrix(8, 4, 5);
  network.forward(x, pool);
  network.backward(x, normal_matrix(8, 3, 6), Gradients::kWeights, pool);
  const std::vector<Doubles> before = gradients_of(network);
  network.backward(x, normal_matrix(8, 3, 7), Gradients::kInput, pool);
  CHECK(gradients_of(network) == before);
  CHECK(before[0][8] != 0.0);
}

TEST_CASE("AMSGrad keeps the largest second moment", "[models][bose]") {
  ThreadPool pool(1);
  DenseNetwork network({.widths = {1, 1}}, Rng(1, "test.network"));
  double w = members(network, "weights.value")[0][0];
  double m = 0.0, v = 0.0, largest = 0.0;
  const Doubles inputs = {5.0, 0.1, -0.2, 0.1};
  for (std::size_t t = 1; t <= inputs.size(); ++t) {
    // With dL/doutput = 1 the weight's gradient is the input.
    NetworkMatrix x(1, 1);
    x(0, 0) = static_cast<float>(inputs[t - 1]);
    network.forward(x, pool);
    network.backward(x, NetworkMatrix::Constant(1, 1, 1.0F), Gradients::kWeights, pool);
    const double g = inputs[t - 1];
    m = 0.9 * m + 0.1 * g;
    v = 0.999 * v + 0.001 * g * g;
    largest = std::max(largest, v);
    const double time = static_cast<double>(t);
    w -= 0.01 * m / (1.0 - std::pow(0.9, time)) /
         (std::sqrt(largest / (1.0 - std::pow(0.999, time))) + 1e-8);
    network.step(0.01F);
    CHECK(members(network, "weights.value")[0][0] == Approx(w).epsilon(1e-5));
  }
  CHECK(largest > v);
}

TEST_CASE("A network trains to the same bits with any number of threads", "[models][bose]") {
  std::vector<Digest> digests;
  std::vector<float> slopes;
  for (const std::size_t threads : {1U, 2U, 3U, 4U}) {
    ThreadPool pool(threads);
    DenseNetwork network(
        {.widths = {40, 80, 40}, .activate_output = true, .normalise_output = true},
        Rng(2, "test.network"));
    const NetworkMatrix x = normal_matrix(300, 40, 8);
    const NetworkMatrix doutput = normal_matrix(300, 40, 9);
    for (int step = 0; step < 3; ++step) {
      network.forward(x, pool);
      slopes.push_back(network.backward(x, doutput, Gradients::kInputAndWeights, pool)(299, 39));
      network.step(0.01F);
    }
    digests.push_back(digest(network));
  }
  for (std::size_t i = 1; i < digests.size(); ++i) {
    CHECK(digests[i] == digests[0]);
    for (std::size_t step = 0; step < 3; ++step) CHECK(slopes[3 * i + step] == slopes[step]);
  }
}

TEST_CASE("Cross-entropy of shared targets is the formula's, with its slopes", "[models][bose]") {
  const NetworkMatrix logits = normal_matrix(4, 3, 10);
  NetworkMatrix target = NetworkMatrix::Zero(4, 3);
  target(0, 0) = 1.0F;
  target(1, 2) = 1.0F;
  target(2, 0) = target(2, 1) = 0.5F;
  target(3, 1) = 1.0F;
  NetworkMatrix gradient;
  const double got = softmax_cross_entropy(logits, target, gradient);
  auto x = rows_of(logits);
  const auto y = rows_of(target);
  const auto loss = [&] {
    double sum = 0.0;
    for (std::size_t i = 0; i < 4; ++i) {
      double total = 0.0;
      for (const double s : x[i]) total += std::exp(s);
      for (std::size_t k = 0; k < 3; ++k) sum -= y[i][k] * std::log(std::exp(x[i][k]) / total);
    }
    return sum / 4.0;
  };
  CHECK(got == Approx(loss()).epsilon(1e-5));
  for (std::size_t i = 0; i < 4; ++i)
    for (std::size_t k = 0; k < 3; ++k)
      CHECK(static_cast<double>(
                gradient(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(k))) ==
            Approx(central_difference(x[i][k], loss)).epsilon(1e-4).margin(1e-5));
}
