#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "models/training/loss.hpp"
#include "suite/base/rng.hpp"
#include "tests/models/reference.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::models;
using namespace kgaudit::tests;

namespace {

constexpr float kMasked = -std::numeric_limits<float>::infinity();
constexpr LossKind kKinds[] = {LossKind::kSoftmax, LossKind::kMargin, LossKind::kSelfAdversarial};

}  // namespace

TEST_CASE("cross-entropy of a positive at 2 against 1 and 0 is the known value", "[models]") {
  const std::vector<float> s = {1.0F, 2.0F, 0.0F};
  std::vector<float> g(3);
  CHECK(row_loss({LossKind::kSoftmax}, s.data(), 3, 1, g.data()) ==
        Approx(0.407605964444).epsilon(1e-6));
  CHECK(static_cast<double>(g[0]) == Approx(0.244728471055).epsilon(1e-6));
  CHECK(static_cast<double>(g[1]) == Approx(0.665240955775 - 1.0).epsilon(1e-6));
  CHECK(static_cast<double>(g[2]) == Approx(0.090030573170).epsilon(1e-6));
}

TEST_CASE("a margin of 3 is kept by energies 1.5 and 5 and missed by half with 4", "[models]") {
  std::vector<float> g(2);
  const LossSettings settings{LossKind::kMargin, 3.0F};
  const std::vector<float> missed = {-1.5F, -4.0F};
  CHECK(row_loss(settings, missed.data(), 2, 0, g.data()) == 0.5);
  CHECK(g == std::vector<float>{-1.0F, 1.0F});
  const std::vector<float> kept = {-1.5F, -5.0F};
  CHECK(row_loss(settings, kept.data(), 2, 0, g.data()) == 0.0);
  CHECK(g == std::vector<float>{0.0F, 0.0F});
  // The mean over negatives, of which one keeps the margin.
  std::vector<float> g3(3);
  const std::vector<float> both = {-4.0F, -1.5F, -5.0F};
  CHECK(row_loss(settings, both.data(), 3, 1, g3.data()) == 0.25);
  CHECK(g3 == std::vector<float>{0.5F, -0.5F, 0.0F});
}

TEST_CASE("loss and gradient of every kind are the formula's, masked candidates apart",
          "[models]") {
  Rng rng(3, "test.loss");
  for (const LossKind kind : kKinds) {
    for (const std::size_t n : {2U, 3U, 8U, 17U, 40U}) {
      for (int draw = 0; draw < 8; ++draw) {
        INFO("loss " << static_cast<int>(kind) << ", candidates " << n << ", draw " << draw);
        const LossSettings settings{kind, 1.25F, draw % 2 == 0 ? 0.7F : 0.0F};
        const std::size_t positive = rng.below(static_cast<std::uint32_t>(n));
        FloatTable s(1, n), g(1, n);
        for (float& x : s.values(0)) x = static_cast<float>(2.0 * rng.normal());
        std::size_t masks = 0;
        for (std::size_t c = 0; c < n; ++c) {
          if (c == positive || rng.uniform() > 0.3 || masks + 2 >= n) continue;
          s.row(0)[c] = kMasked;
          ++masks;
        }
        for (float& x : g.values(0)) x = 77.0F;  // must be overwritten
        const double loss = row_loss(settings, s.row(0), n, positive, g.row(0));
        Doubles x = row_of(s, 0);
        Doubles weights;
        CHECK(loss == Approx(reference_loss(settings, x, positive, weights)).epsilon(1e-5));
        for (std::size_t c = 0; c < n; ++c) {
          INFO("candidate " << c << (c == positive ? ", the positive" : ""));
          if (s.row(0)[c] == kMasked) {
            CHECK(g.row(0)[c] == 0.0F);
            continue;
          }
          const double slope = central_difference(
              x[c], [&] { return reference_loss(settings, x, positive, weights); });
          CHECK(static_cast<double>(g.row(0)[c]) == Approx(slope).epsilon(1e-4).margin(1e-5));
        }
      }
    }
  }
}

TEST_CASE("large scores overflow no loss", "[models]") {
  const std::vector<float> s = {500.0F, -500.0F, 499.0F};
  std::vector<float> g(3);
  CHECK(row_loss({LossKind::kSoftmax}, s.data(), 3, 1, g.data()) ==
        Approx(1000.0 + std::log1p(std::exp(-1.0))));
  CHECK(g[1] == -1.0F);
  CHECK(row_loss({LossKind::kSelfAdversarial, 1.0F, 1.0F}, s.data(), 3, 1, g.data()) ==
        Approx(499.0 + 501.0 * 0.731058578630 + 500.0 * 0.268941421370));
  for (const float x : g) CHECK(std::isfinite(x));
}

TEST_CASE("a row without any negative has loss 0 and moves nothing", "[models]") {
  for (const LossKind kind : kKinds) {
    INFO("loss " << static_cast<int>(kind));
    const std::vector<float> s = {kMasked, 0.5F, kMasked};
    std::vector<float> g(3, 5.0F);
    CHECK(row_loss({kind}, s.data(), 3, 1, g.data()) == 0.0);
    CHECK(g == std::vector<float>{0.0F, 0.0F, 0.0F});
  }
}

TEST_CASE("every word of the loss parameter names its loss", "[models]") {
  CHECK(loss_from_text("softmax") == LossKind::kSoftmax);
  CHECK(loss_from_text("margin") == LossKind::kMargin);
  CHECK(loss_from_text("self-adversarial") == LossKind::kSelfAdversarial);
}
