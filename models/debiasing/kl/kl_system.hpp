#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "models/debiasing/kl/kl_debiasing.hpp"
#include "models/training/system.hpp"

namespace kgaudit::models {

/// The likelihood with the KL loss beside it: the system `kl`, and what `kl+attr` builds on.
class KlSystem : public System {
 public:
  KlSystem(const TrainingSetup& setup, const Parameters& parameters)
      : debiasing_(setup, parameters) {}

  [[nodiscard]] AttributeSet detached() const override { return debiasing_.detached(); }
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
  [[nodiscard]] std::vector<TableView> views(std::shared_ptr<const EmbeddingTable> table) override {
    return {{"", std::nullopt, debiasing_.finished(std::move(table)), nullptr}};
  }
  void visit(Archive& archive) override { debiasing_.visit(archive); }

 private:
  KlDebiasing debiasing_;
};

}  // namespace kgaudit::models
