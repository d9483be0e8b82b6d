#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "reports/record/raw_store.hpp"
#include "reports/record/rows.hpp"
#include "reports/record/run_record.hpp"
#include "suite/base/rng.hpp"
#include "suite/base/thread_pool.hpp"
#include "suite/compare/significance.hpp"
#include "suite/run/run_directory.hpp"
#include "tests/test_support.hpp"

namespace kgaudit::tests {

inline const reports::Facets kWhole = {
    {"filter", "filtered"}, {"side", "both"}, {"ties", "realistic"}, {"set", "all"}};

/// What was measured of one system and seed: ranks of each triple (both sides alike) and gaps by
/// person.
struct MeasuredPair {
  std::vector<std::uint32_t> ranks;
  std::vector<std::uint32_t> persons;
  std::vector<float> gaps;
  std::vector<float> values = {};  ///< how many stated values each person has; empty = one
};

inline double mrr(const MeasuredPair& pair) {
  double sum = 0.0;
  for (const std::uint32_t rank : pair.ranks) sum += 1.0 / rank;
  return sum / static_cast<double>(pair.ranks.size());
}

/// A record with raw files, written as a run writes it.
class MadeUpRun {
 public:
  MadeUpRun() { record_.run.run = "r"; }

  void add(const std::string& system, std::uint64_t seed, const MeasuredPair& pair) {
    const auto fact = [&](std::string metric, reports::Facets facets, double value,
                          Direction direction) {
      record_.measurements.push_back({"r", system, "", seed, std::move(metric), std::move(facets),
                                      Measurement::of(value, 1, "", direction)});
    };
    if (!pair.ranks.empty()) {
      fact("link_prediction.mrr", kWhole, mrr(pair), Direction::kHigher);
    }
    double gap = 0.0;
    double values = 0.0;
    for (std::size_t i = 0; i < pair.gaps.size(); ++i) {
      const double n = pair.values.empty() ? 1.0 : static_cast<double>(pair.values[i]);
      gap += n * static_cast<double>(pair.gaps[i]);
      values += n;
    }
    if (!pair.gaps.empty()) {
      gap /= values;
      fact("score_gap.micro", {{"attribute", "gender"}}, gap, Direction::kNearer);
      fact("score_gap.in_person_sds_macro", {{"attribute", "gender"}}, gap / 10.0,
           Direction::kNearer);
    }
    const std::string file = run::RunDirectory::raw_name(system, "", seed);
    std::filesystem::create_directories(folder_ / "raw");
    const Digest digest = reports::write_raw_file(folder_ / file, columns(pair));
    record_.raw.push_back({system, "", seed, file, digest.hex(), ""});
  }
  [[nodiscard]] reports::RunRecord& record() { return record_; }
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_.path(); }
  [[nodiscard]] std::vector<reports::MeasurementLine> facts(const run::Statistics& how,
                                                            std::size_t threads = 1) const {
    ThreadPool pool(threads);
    return run::significance_facts(record_, folder_.path(), how, pool);
  }

 private:
  static std::vector<reports::RawColumn> columns(const MeasuredPair& pair) {
    std::vector<std::uint32_t> triples(pair.ranks.size());
    for (std::uint32_t i = 0; i < triples.size(); ++i) triples[i] = i;
    std::vector<std::uint32_t> better;
    for (const std::uint32_t rank : pair.ranks) better.push_back(rank - 1);
    std::vector<reports::RawColumn> all;
    for (const std::string side : {"head", "tail"}) {
      const std::string name = "rank.filtered." + side;
      all.push_back({name + ".better", "test triple", triples, better});
      all.push_back(
          {name + ".equal", "test triple", triples, std::vector<std::uint32_t>(triples.size(), 1)});
      all.push_back({name + ".candidates", "test triple", triples,
                     std::vector<std::uint32_t>(triples.size(), 1000)});
    }
    all.push_back({"score_gap.gender", "entity", pair.persons, pair.gaps});
    all.push_back(
        {"score_gap.gender.values", "entity", pair.persons,
         pair.values.empty() ? std::vector<float>(pair.persons.size(), 1.0F) : pair.values});
    return all;
  }

  TemporaryDirectory folder_;
  reports::RunRecord record_;
};

/// Ranks around 3 and gaps around `gap`, both with noise of their own for every system and seed.
inline MeasuredPair noisy(const std::string& stream, std::uint64_t seed, std::uint32_t worse,
                          double gap) {
  Rng rng(seed, stream);
  MeasuredPair pair;
  for (std::uint32_t i = 0; i < 150; ++i) pair.ranks.push_back(1 + worse + rng.below(5));
  for (std::uint32_t i = 0; i < 80; ++i) {
    pair.persons.push_back(1000 + i);
    pair.gaps.push_back(static_cast<float>(gap + 0.5 * rng.normal()));
  }
  return pair;
}

inline MadeUpRun& noisy_run(MadeUpRun& run, std::uint64_t seeds) {
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    run.add("basic", seed, noisy("basic", seed, 0, 2.0));
    run.add("twin", seed, noisy("second", seed, 0, 2.0));
    run.add("fair", seed, noisy("fair", seed, 2, -0.5));
  }
  return run;
}

}  // namespace kgaudit::tests
