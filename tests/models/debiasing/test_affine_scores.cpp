#include "models/debiasing/affine_scores.hpp"

#include <vector>

#include "tests/models/debiasing/toy_world.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::models;
using namespace kgaudit::tests;

namespace {

const std::vector<std::uint32_t> kValues = {kNorse, kCelt, kRoman};

Doubles centred_scores(Doubles all) {
  double mean = 0.0;
  for (const double s : all) mean += s / static_cast<double>(all.size());
  for (double& s : all) s -= mean;
  return all;
}

}  // namespace

TEST_CASE("Affine scores are a dot product's scores less their mean, both ways round",
          "[models][neutral]") {
  for (const char* id : {"transe-dot", "distmult", "complex"}) {
    for (const bool inverse : {false, true}) {
      INFO(id << (inverse ? ", inverse" : ""));
      ToyWorld world(id);
      REQUIRE(has_affine_scores(world.entry.function()));
      const Eigen::VectorXf nowhere = Eigen::VectorXf::Zero(ToyWorld::kDimension);
      const AffineScores affine =
          affine_scores(world.entry.function(), world.table, kPeople, inverse, kValues, nowhere);
      const Doubles relation = row_of(world.table.relations, kPeople);
      for (const std::uint32_t person : {kAnn, kBob}) {
        const Doubles row = row_of(world.table.entities, person);
        Doubles wanted;
        for (const std::uint32_t v : kValues) {
          const Doubles value = row_of(world.table.entities, v);
          wanted.push_back(inverse ? reference_score(id, value, relation, row)
                                   : reference_score(id, row, relation, value));
        }
        wanted = centred_scores(wanted);
        for (std::size_t m = 0; m < kValues.size(); ++m) {
          double got = static_cast<double>(affine.constants[index(m)]);
          for (std::size_t k = 0; k < row.size(); ++k) {
            got += static_cast<double>(affine.rows(index(m), index(k))) * row[k];
          }
          CHECK(got == Approx(wanted[m]).margin(1e-4));
        }
      }
    }
  }
  CHECK_FALSE(has_affine_scores(find_score("transe-l1").function()));
  CHECK_FALSE(has_affine_scores(find_score("rotate").function()));
}

TEST_CASE("Affine scores of distances are 0 where the distances are equal", "[models][neutral]") {
  // A line, the person in the middle of two values: distances 1 and 1, and 3 and 1 elsewhere.
  EmbeddingTable table;
  table.entities = FloatTable(2, 1);
  table.relations = FloatTable(1, 1);
  table.entities.row(0)[0] = -1.0F;
  table.entities.row(1)[0] = 1.0F;
  const std::vector<std::uint32_t> values = {0, 1};
  const AffineScores affine = affine_scores(find_score("transe-l2").function(), table, 0, false,
                                            values, Eigen::VectorXf::Zero(1));
  CHECK(affine.constants.norm() == Approx(0.0).margin(1e-6));
  // -|x - q| to first order around 0: a step of x towards a value wins what it is long.
  CHECK(static_cast<double>(affine.rows(1, 0)) == Approx(1.0).epsilon(1e-4));
  CHECK(static_cast<double>(affine.rows(0, 0)) == Approx(-1.0).epsilon(1e-4));
}

TEST_CASE("The mean row is that of the persons asked for", "[models][neutral]") {
  FloatTable rows(3, 2);
  rows.row(0)[0] = 1.0F;
  rows.row(1)[1] = 4.0F;
  rows.row(2)[0] = 100.0F;
  CHECK(mean_row(rows, std::vector<std::uint32_t>{0, 1}) == Eigen::Vector2f(0.5F, 2.0F));
  CHECK(mean_row(rows, {}) == Eigen::Vector2f(0.0F, 0.0F));
}
