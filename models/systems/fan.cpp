#include <algorithm>
#include <array>
#include <cmath>

#include "models/debiasing/adversaries/dense_network.hpp"
#include "models/debiasing/adversaries/discriminator.hpp"
#include "models/debiasing/erasing/post_hoc.hpp"

namespace kgaudit::models::systems_roster {

extern const SystemEntry fan;

namespace {

using Index = Eigen::Index;

/// F(x) = x + N(x): starts near the identity, so that the filter only learns what to take away.
/// Rows are seen with mean 0 and a root mean square of 1 a coordinate, so that lambda means the
/// same for every table.
class Filter {
 public:
  Filter(const PointMatrix& points, std::string_view attributes, std::uint64_t seed)
      : mean_(points.colwise().mean().transpose()),
        scale_(std::sqrt((points.rowwise() - mean_.transpose()).squaredNorm() /
                         static_cast<double>(std::max<Index>(1, points.size())))),
        network_({.widths = {width(), 2 * width(), width()}},
                 Rng(seed, "initial.fan.filter." + std::string(attributes))) {
    if (!(scale_ > 0.0)) scale_ = 1.0;
  }

  [[nodiscard]] NetworkMatrix standardised(const PointMatrix& points) const {
    return ((points.rowwise() - mean_.transpose()) / scale_).cast<float>();
  }
  /// F of standardised rows, ready for `learn`.
  const NetworkMatrix& forward(const NetworkMatrix& x, ThreadPool& pool) {
    edit_ = &network_.forward(x, pool);
    output_ = x + *edit_;
    return output_;
  }
  /// One step down |F(x) - x|^2 (mean over rows) and `gradient` = d(the rest)/dF.
  void learn(const NetworkMatrix& x, NetworkMatrix& gradient, float learning_rate,
             ThreadPool& pool) {
    gradient += (2.0F / static_cast<float>(x.rows())) * *edit_;
    network_.backward(x, gradient, Gradients::kWeights, pool);
    network_.step(learning_rate);
  }
  void apply(FloatTable& entities, std::span<const EntityId> chosen, ThreadPool& pool) const {
    constexpr std::size_t kBlock = 256;
    pool.run((chosen.size() + kBlock - 1) / kBlock, [&](std::size_t task, std::size_t) {
      const auto block =
          chosen.subspan(task * kBlock, std::min(kBlock, chosen.size() - task * kBlock));
      NetworkMatrix x(static_cast<Index>(block.size()), mean_.size());
      for (std::size_t i = 0; i < block.size(); ++i) {
        const auto row = entities.values(block[i].index());
        for (std::size_t k = 0; k < row.size(); ++k) {
          x(static_cast<Index>(i), static_cast<Index>(k)) = static_cast<float>(
              (static_cast<double>(row[k]) - mean_(static_cast<Index>(k))) / scale_);
        }
      }
      const NetworkMatrix edit = network_.evaluate(x);
      for (std::size_t i = 0; i < block.size(); ++i) {
        const auto row = entities.values(block[i].index());
        for (std::size_t k = 0; k < row.size(); ++k) {
          row[k] += static_cast<float>(scale_) * edit(static_cast<Index>(i), static_cast<Index>(k));
        }
      }
    });
  }

 private:
  [[nodiscard]] std::size_t width() const { return static_cast<std::size_t>(mean_.size()); }

  Eigen::VectorXd mean_;
  double scale_;
  DenseNetwork network_;
  const NetworkMatrix* edit_ = nullptr;
  NetworkMatrix output_;
};

void fan_erase(const PostHocTask& task, FloatTable& entities) {
  const PointMatrix points = task.fit.points(entities);
  std::string names;
  for (const FitPersons::Attribute& a : task.erased) names += "." + a.source->id();
  Filter filter(points, names, task.seed);
  std::vector<Discriminator> adversaries;
  for (const FitPersons::Attribute& a : task.erased) {
    adversaries.emplace_back(*a.source, a.candidates, entities.width(),
                             layers_of_bose(entities.width()),
                             Rng(task.seed, "initial.fan.discriminator." + a.source->id()));
  }
  const auto rate = static_cast<float>(task.parameters.real("learning_rate"));
  const std::size_t own_steps = task.parameters.count("discriminator_steps");
  const bool confuse = task.parameters.text("reward") == "confusion";
  const float weight =
      (confuse ? 1.0F : -1.0F) * static_cast<float>(task.parameters.real("lambda"));
  const auto persons = static_cast<std::uint32_t>(task.fit.persons().size());
  const std::size_t batch = std::min<std::size_t>(persons, task.parameters.count("batch_size"));
  const NetworkMatrix all = filter.standardised(points);
  const Rng stream(task.seed, "fan.batches" + names);
  std::vector<std::size_t> places(batch);
  std::vector<EntityId> entities_of(batch);
  NetworkMatrix x(static_cast<Index>(batch), all.cols());
  for (std::size_t i = 0; i < batch; ++i) places[i] = i;
  const std::size_t steps = task.parameters.count("steps");
  for (std::size_t step = 0; step < steps; ++step) {
    Rng rng = stream.at(step);
    for (std::size_t i = 0; i < batch; ++i) {
      const std::uint32_t point = rng.below(persons);
      entities_of[i] = task.fit.persons()[point];
      x.row(static_cast<Index>(i)) = all.row(static_cast<Index>(point));
    }
    const NetworkMatrix& filtered = filter.forward(x, task.pool);
    NetworkMatrix gradient = NetworkMatrix::Zero(x.rows(), x.cols());
    for (Discriminator& adversary : adversaries) {
      adversary.look(filtered, places, entities_of);
      if (adversary.places().empty()) continue;
      const NetworkMatrix& of_adversary =
          confuse ? adversary.confusion_gradient(task.pool) : adversary.gradient(task.pool);
      for (std::size_t i = 0; i < adversary.places().size(); ++i) {
        gradient.row(static_cast<Index>(adversary.places()[i])) +=
            weight * of_adversary.row(static_cast<Index>(i));
      }
    }
    // The filter learns first, against the adversaries as they are; they then learn on its output.
    filter.learn(x, gradient, rate, task.pool);
    for (Discriminator& adversary : adversaries) adversary.learn(own_steps, rate, task.pool);
  }
  filter.apply(entities, task.attributes.persons(), task.pool);
}

std::span<const ParameterSpec> fan_parameters() {
  using P = ParameterSpec;
  static const std::vector<P> kTable = post_hoc_parameters({
      P::real("lambda", 30.0, 0.0, 1e6, "",
              "Weight of the adversaries' cross-entropy against the squared edit of a row whose "
              "coordinates have variance 1; 0 = leave rows alone"),
      P::choice(
          "reward", "confusion", {"confusion", "reversed"},
          "What the filter is paid for: adversaries that answer with the values' shares, or (the "
          "formula's) adversaries that answer wrongly, which pays nothing while they are sure"),
      P::integer("steps", 1000, 0, 1000000, "steps", "Updates of the filter"),
      P::integer("discriminator_steps", 1, 1, 100, "steps",
                 "Updates of each adversary after one of the filter"),
      P::integer("batch_size", 256, 2, 1000000, "persons", "Persons in a step"),
      P::real("learning_rate", 0.001, 1e-9, 1.0, "",
              "Step size of Adam for filter and adversaries"),
  });
  return kTable;
}

constexpr std::array<std::string_view, 2> kRewards = {"confusion", "reversed"};
constexpr std::array kFanTunable = {Tunable{"lambda", 0.3, 3000.0, Scale::kLog, true},
                                    Tunable{.parameter = "reward", .choices = kRewards}};

std::unique_ptr<System> make_fan(const TrainingSetup& setup, const Parameters& parameters) {
  return make_post_hoc(fan, setup, parameters);
}

}  // namespace

constinit const SystemEntry fan = {
    .id = "fan",
    .title = "FAN",
    .in_words =
        "After training, one more network changes persons' rows as little as it can, against "
        "networks that try to read the attribute from them.",
    .formula =
        "min_F max_D |F(x) - x|^2 - lambda sum_k CE(D_k(F(x)), z_k) in turns, F(x) = x + N(x) on "
        "frozen, standardised rows; post-hoc, on persons' rows",
    .source = "Arduini et al. 2020 (arXiv 2006.16309)",
    .pitfalls =
        "The paper's details are not public: network shapes, the residual form and all parameters "
        "are this project's. A minimax game need not settle: lambda and steps decide, and a new "
        "probe may find what these adversaries missed. fit_share: the probe asks persons inside "
        "and outside the fit split; its row held_out is all unfitted. s/epoch is the training and "
        "a "
        "share of the step after it; the filter is fitted anew each time that the table is "
        "published.",
    .parameters = &fan_parameters,
    .make = &make_fan,
    .erase = &fan_erase,
    .trains_as_reference = true,
    .by_default = false,
    .tunable = kFanTunable,
};

}  // namespace kgaudit::models::systems_roster
