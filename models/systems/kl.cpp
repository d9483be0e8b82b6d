#include "models/kl_debiasing.hpp"
#include "models/system.hpp"

namespace kgaudit::models::systems_roster {
namespace {

class Kl final : public System {
 public:
  Kl(const TrainingSetup& setup, const Parameters& parameters) : debiasing_(setup, parameters) {}

  [[nodiscard]] bool adds_gradient() const override { return debiasing_.shares_update(); }
  void add_gradient(const Batch& batch, const EmbeddingTable& table,
                    FloatTable& gradient) override {
    debiasing_.add_gradient(batch, table, gradient);
  }
  void after_update(const Batch& batch, EmbeddingTable& table) override {
    debiasing_.after_update(batch, table);
  }
  std::vector<std::pair<std::string, double>> take_losses() override {
    return debiasing_.take_losses();
  }
  void visit(Archive& archive) override { debiasing_.visit(archive); }

 private:
  KlDebiasing debiasing_;
};

std::span<const ParameterSpec> parameters() {
  static const std::vector<ParameterSpec> kTable = KlDebiasing::parameter_table();
  return kTable;
}

std::unique_ptr<System> make(const TrainingSetup& setup, const Parameters& parameters) {
  return std::make_unique<Kl>(setup, parameters);
}

}  // namespace

extern const SystemEntry kl;
const SystemEntry kl = {
    .id = "kl",
    .title = "KL",
    .formula =
        "L = L_CE + sum_j w_j / (P J) sum_p KL(G_j || softmax_m g(E_p, R_j, E_m)); in the second "
        "term "
        "only E_p moves",
    .source = "Fisher et al. 2020, section 3.2",
    .pitfalls =
        "Neutral persons cannot answer sensitive triples either: MRR on those relations falls by "
        "design. "
        "A small score gap does not prove that a probe finds nothing (the paper's Wikidata row).",
    .parameters = &parameters,
    .make = &make,
};

}  // namespace kgaudit::models::systems_roster
