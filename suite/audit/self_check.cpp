#include "suite/audit/self_check.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "metrics/ranking.hpp"
#include "models/scoring/link_scorer.hpp"
#include "suite/base/error.hpp"
#include "suite/base/rng.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::run {
namespace {

constexpr double kTimesChance = 2.0;
constexpr double kErrorsAboveChance = 4.0;

std::vector<datasets::Triple> drawn_triples(const datasets::KnowledgeGraph& graph,
                                            std::size_t wanted) {
  const auto train = graph.train();
  std::vector<datasets::Triple> all(train.begin(), train.end());
  Rng(0, "audit.self_check").shuffle(std::span<datasets::Triple>(all));
  all.resize(std::min(wanted, all.size()));
  return all;
}

/// Every triple with the answer of the next: questions and answers that do not belong together.
/// The sample is in no order, so the next is any.
std::vector<datasets::Triple> exchanged_answers(const std::vector<datasets::Triple>& triples) {
  std::vector<datasets::Triple> exchanged = triples;
  for (std::size_t i = 0; i < triples.size(); ++i) {
    exchanged[i].tail = triples[(i + 1) % triples.size()].tail;
  }
  return exchanged;
}

std::vector<double> reciprocal_ranks(const metrics::RankTable& ranks) {
  std::vector<double> mean;
  for (std::size_t i = 0; i < ranks.triples.size(); ++i) {
    const auto rank = [](const metrics::RankCounts& counts) {
      return metrics::rank_of(counts, metrics::TiePolicy::kRealistic);
    };
    mean.push_back((1.0 / rank(ranks.filtered_head[i]) + 1.0 / rank(ranks.filtered_tail[i])) / 2.0);
  }
  return mean;
}

double mean_of(const std::vector<double>& values) {
  double sum = 0.0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

ReadingFit fit_of(const Reading& reading, const std::vector<double>& true_ranks,
                  const std::vector<double>& chance_ranks) {
  ReadingFit fit{reading, mean_of(true_ranks), mean_of(chance_ranks), 0.0};
  const double difference = fit.knowledge();
  double squares = 0.0;
  for (std::size_t i = 0; i < true_ranks.size(); ++i) {
    const double off = true_ranks[i] - chance_ranks[i] - difference;
    squares += off * off;
  }
  const auto n = static_cast<double>(true_ranks.size());
  fit.error = n > 1.0 ? std::sqrt(squares / (n - 1.0) / n) : 0.0;
  return fit;
}

}  // namespace

bool ReadingFit::above_chance() const {
  return mrr >= kTimesChance * by_chance && knowledge() > kErrorsAboveChance * error;
}

const ReadingFit* SelfCheck::next() const {
  const ReadingFit* found = nullptr;
  for (std::size_t i = 0; i < fits.size(); ++i) {
    if (i == chosen) continue;
    if (found == nullptr || fits[i].knowledge() > found->knowledge()) found = &fits[i];
  }
  return found;
}

std::string SelfCheck::in_words() const {
  std::string text = fmt::format("{} ranks {} known triples with MRR {:.4f}",
                                 best().reading.in_words(), with_thousands(triples), best().mrr);
  if (const ReadingFit* other = next()) {
    text += fmt::format("; next {} with {:.4f}", other->reading.in_words(), other->mrr);
  }
  return text + fmt::format("; questions with answers of others get {:.4f}", best().by_chance);
}

SelfCheck self_check(const ForeignRows& rows, std::span<const Reading> readings,
                     const RowsOfGraph& graph, const datasets::KnowledgeGraph& triples,
                     const datasets::KnownTriples& known, std::size_t sample, ThreadPool& pool,
                     Progress& progress) {
  KGA_REQUIRE(!readings.empty() && !triples.train().empty(), "{} readings, {} triples",
              readings.size(), triples.train().size());
  const std::vector<datasets::Triple> asked = drawn_triples(triples, sample);
  const std::vector<datasets::Triple> exchanged = exchanged_answers(asked);
  SelfCheck check;
  check.triples = asked.size();
  Progress silent;  // stages of rankings would replace this one
  const Stage stage(progress, "scoring known triples under each reading", readings.size());
  for (const Reading& reading : readings) {
    if (progress.stop_requested()) throw Interrupted();
    progress.advance(check.fits.size(), reading.in_words());
    const models::LinkScorer scorer(table_of(rows, reading, graph),
                                    models::find_score(reading.score.score).function());
    const auto ranks = [&](const std::vector<datasets::Triple>& list) {
      return reciprocal_ranks(metrics::rank_triples(scorer, list, known, pool, silent));
    };
    check.fits.push_back(fit_of(reading, ranks(asked), ranks(exchanged)));
    if (check.fits.back().knowledge() > check.best().knowledge()) {
      check.chosen = check.fits.size() - 1;
    }
  }
  return check;
}

void require_fit(const SelfCheck& check, const std::string& place) {
  if (check.best().above_chance()) return;
  throw InputError::unreadable(
      place,
      fmt::format("these names do not belong to these rows, or the model learned nothing: of {} "
                  "readings the best, {}",
                  check.fits.size(), check.in_words()),
      "rows that rank the triples they were trained on clearly better than chance",
      "--entities and --relations with the names in the order of the rows; --accept-names audits "
      "them all the same");
}

}  // namespace kgaudit::run
