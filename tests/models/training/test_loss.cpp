#include <algorithm>
#include <string>
#include <vector>

#include "models/training/loss.hpp"
#include "models/training/training_parameters.hpp"
#include "suite/base/rng.hpp"
#include "tests/models/reference.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::models;
using namespace kgaudit::tests;

TEST_CASE("Loss and gradient of every kind are the formula's, masked candidates apart",
          "[models]") {
  Rng rng(3, "test.loss");
  for (const LossEntry* entry : losses()) {
    for (const std::size_t n : {2U, 3U, 8U, 17U, 40U}) {
      for (int draw = 0; draw < 8; ++draw) {
        INFO("loss " << std::string(entry->id) << ", candidates " << n << ", draw " << draw);
        const LossSettings settings{1.25F, draw % 2 == 0 ? 0.7F : 0.0F};
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
        const double loss = entry->row_loss(settings, s.values(0), positive, g.row(0));
        Doubles x = row_of(s, 0);
        Doubles weights;
        CHECK(loss ==
              Approx(reference_loss(entry->id, settings, x, positive, weights)).epsilon(1e-5));
        for (std::size_t c = 0; c < n; ++c) {
          INFO("candidate " << c << (c == positive ? ", the positive" : ""));
          if (s.row(0)[c] == kMasked) {
            CHECK(g.row(0)[c] == 0.0F);
            continue;
          }
          const double slope = central_difference(
              x[c], [&] { return reference_loss(entry->id, settings, x, positive, weights); });
          CHECK(static_cast<double>(g.row(0)[c]) == Approx(slope).epsilon(1e-4).margin(1e-5));
        }
      }
    }
  }
}

TEST_CASE("A row without any negative has loss 0 and moves nothing", "[models]") {
  for (const LossEntry* entry : losses()) {
    INFO("loss " << std::string(entry->id));
    const std::vector<float> s = {kMasked, 0.5F, kMasked};
    std::vector<float> g(3, 5.0F);
    CHECK(entry->row_loss({}, s, 1, g.data()) == 0.0);
    CHECK(g == std::vector<float>{0.0F, 0.0F, 0.0F});
  }
}

TEST_CASE("Every word of the loss parameter names its loss", "[models]") {
  const Parameters training(training_parameters());
  const auto row = std::ranges::find(training.table(), "loss", &ParameterSpec::name);
  REQUIRE(row != training.table().end());
  REQUIRE(row->choices == std::vector<std::string>{"softmax", "margin", "self-adversarial"});
  for (const std::string& word : row->choices) {
    const LossEntry& found = find_loss(word);
    CHECK(found.id == word);
    for (const std::string_view text : {found.title, found.formula, found.source, found.pitfalls}) {
      CHECK_FALSE(text.empty());
    }
  }
}
