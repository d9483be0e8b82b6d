#include <set>
#include <string_view>
#include <vector>

#include "metrics/metric.hpp"
#include "metrics/probe.hpp"
#include "suite/base/error.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using metrics::FeatureMatrix;
using metrics::ProbeEntry;
using tests::near;

namespace {

/// Six persons of three classes who differ in one of two features.
struct Six {
  FeatureMatrix features = [] {
    FeatureMatrix x(6, 2);
    x << -1, 0, -1, 0, -1, 0, 1, 0, 1, 0, 0, 1;
    return x;
  }();
  std::vector<std::uint32_t> labels = {0, 0, 0, 1, 1, 2};
  Parameters parameters{metrics::find_metric("leakage").parameters()};

  [[nodiscard]] FeatureMatrix asked(const ProbeEntry& probe) const {
    return probe.probabilities({features, labels, 3, features, parameters, Rng(1, "probe")});
  }
};

}  // namespace

TEST_CASE("every probe tells what it is, and unknown ids name the nearest one",
          "[metrics][leakage]") {
  std::set<std::string_view> ids;
  for (const ProbeEntry* probe : metrics::probes()) {
    CAPTURE(probe->id);
    CHECK(ids.insert(probe->id).second);
    CHECK_FALSE(probe->title.empty());
    CHECK_FALSE(probe->source.empty());
    CHECK(&metrics::find_probe(probe->id) == probe);
  }
  CHECK(ids.contains(metrics::kLinearProbe));
  CHECK(ids.contains(metrics::kMajorityProbe));
  CHECK_THROWS_AS(metrics::find_probe("linaer"), InputError);
}

TEST_CASE("every probe gives each person probabilities, the same each time", "[metrics][leakage]") {
  const Six six;
  for (const ProbeEntry* probe : metrics::probes()) {
    CAPTURE(probe->id);
    const FeatureMatrix p = six.asked(*probe);
    REQUIRE(p.rows() == 6);
    REQUIRE(p.cols() == 3);
    for (Eigen::Index i = 0; i < p.rows(); ++i) {
      CHECK(p.row(i).minCoeff() >= 0.0F);
      CHECK(static_cast<double>(p.row(i).sum()) == near(1.0, 1e-5));
    }
    CHECK(p == six.asked(*probe));
  }
}

TEST_CASE("the majority probe gives everybody the class shares", "[metrics][leakage]") {
  const Six six;
  const FeatureMatrix p = six.asked(metrics::find_probe(metrics::kMajorityProbe));
  CHECK(p(5, 0) == 0.5F);
  CHECK(static_cast<double>(p(0, 1)) == near(1.0 / 3.0, 1e-7));
  CHECK(static_cast<double>(p(0, 2)) == near(1.0 / 6.0, 1e-7));
}

TEST_CASE("the degree probe is the linear one on other features", "[metrics][leakage]") {
  const Six six;
  CHECK(metrics::find_probe("degree").features == metrics::ProbeFeatures::kDegree);
  CHECK(six.asked(metrics::find_probe("degree")) ==
        six.asked(metrics::find_probe(metrics::kLinearProbe)));
}
