#include <cmath>

#include "models/training/system.hpp"

namespace kgaudit::models::systems_roster {
namespace {

/// After every batch, no person's row is longer than a limit: long rows leak how well known
/// somebody is.
class NormCap final : public System {
 public:
  NormCap(const TrainingSetup& setup, const Parameters& parameters)
      : attributes_(setup.data.attributes), limit_(static_cast<float>(parameters.real("limit"))) {}

  void after_update(const Batch& batch, EmbeddingTable& table) override {
    for (const std::uint32_t e : batch.entities) {
      if (!attributes_.is_person(EntityId(e))) continue;
      float squares = 0.0F;
      for (const float x : table.entities.values(e)) squares += x * x;
      const float norm = std::sqrt(squares);
      if (norm <= limit_) continue;
      for (float& x : table.entities.values(e)) x *= limit_ / norm;
    }
  }

 private:
  const datasets::AttributeTable& attributes_;
  float limit_;
};

std::span<const ParameterSpec> norm_cap_parameters() {
  static const std::vector<ParameterSpec> kTable = {
      ParameterSpec::real("limit", 1.0, 1e-6, 1e6, "", "largest L2 norm of a person's row"),
  };
  return kTable;
}

std::unique_ptr<System> make_norm_cap(const TrainingSetup& setup, const Parameters& parameters) {
  return std::make_unique<NormCap>(setup, parameters);
}

}  // namespace

extern const SystemEntry norm_cap;
const SystemEntry norm_cap = {
    .id = "norm-cap",
    .title = "Norm cap",
    .in_words = "Shortens persons' rows that are longer than a limit, after each batch.",
    .formula = "L = L_CE; after each batch E_p <- E_p min(1, limit / |E_p|)",
    .source = "docs/extending.md",
    .pitfalls = "Hides popularity, not attributes.",
    .parameters = &norm_cap_parameters,
    .make = &make_norm_cap,
};

}  // namespace kgaudit::models::systems_roster
