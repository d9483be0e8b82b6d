#include "metrics/formulas/prediction_flags.hpp"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

namespace kgaudit::metrics {

using datasets::KnowledgeGraph;
using datasets::Triple;

namespace {

using Key = std::pair<RelationId, EntityId>;

std::vector<Triple> distinct(std::initializer_list<std::span<const Triple>> lists) {
  std::vector<Triple> all;
  for (const auto& list : lists) all.insert(all.end(), list.begin(), list.end());
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

/// One side's tables over distinct train triples: "answer" is the side, "key" the other entity.
struct SideCounts {
  std::map<Key, std::size_t> of_answer;  ///< (r, answer): distinct keys with it
  std::vector<std::size_t> keys;         ///< per relation: distinct keys
  std::vector<std::size_t> triples;      ///< per relation

  SideCounts(const std::vector<Triple>& train, std::size_t relations, EntityId Triple::*key,
             EntityId Triple::*answer)
      : keys(relations, 0), triples(relations, 0) {
    std::map<Key, std::size_t> of_key;
    for (const Triple& t : train) {
      ++of_answer[{t.relation, t.*answer}];
      if (of_key[{t.relation, t.*key}]++ == 0) ++keys[t.relation.index()];
      ++triples[t.relation.index()];
    }
  }
  [[nodiscard]] std::size_t with_answer(RelationId r, EntityId answer) const {
    const auto found = of_answer.find({r, answer});
    return found == of_answer.end() ? 0 : found->second;
  }
};

double share(std::size_t part, std::size_t whole) {
  return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
}

/// For one side, per relation: mean number of answers in `answers` of the keys of train.
std::vector<double> answers_per_key(const std::vector<Triple>& train,
                                    const std::vector<Triple>& answers, std::size_t relations,
                                    EntityId Triple::*key) {
  std::map<Key, std::size_t> count;
  for (const Triple& t : train) count[{t.relation, t.*key}] = 0;
  for (const Triple& t : answers) {
    const auto found = count.find({t.relation, t.*key});
    if (found != count.end()) ++found->second;
  }
  std::vector<std::size_t> sums(relations, 0);
  std::vector<std::size_t> keys(relations, 0);
  for (const auto& [relation_key, n] : count) {
    sums[relation_key.first.index()] += n;
    ++keys[relation_key.first.index()];
  }
  std::vector<double> means(relations, 0.0);
  for (std::size_t r = 0; r < relations; ++r) means[r] = share(sums[r], keys[r]);
  return means;
}

/// The relations that link each pair of entities in train, and how many pairs two relations share.
class LinkedPairs {
 public:
  LinkedPairs(std::vector<Triple> train, std::size_t relations)
      : links_(std::move(train)), pairs_(relations, 0) {
    std::sort(links_.begin(), links_.end(), [](const Triple& a, const Triple& b) {
      return std::tie(a.head, a.tail, a.relation) < std::tie(b.head, b.tail, b.relation);
    });
    for (std::size_t first = 0; first < links_.size();) {
      std::size_t last = first;
      while (last < links_.size() && links_[last].head == links_[first].head &&
             links_[last].tail == links_[first].tail) {
        ++last;
      }
      for (std::size_t i = first; i < last; ++i) {
        ++pairs_[links_[i].relation.index()];
        for (std::size_t j = first; j < last; ++j) {
          if (i != j) ++shared_[{links_[i].relation, links_[j].relation}];
        }
      }
      first = last;
    }
  }

  /// Whether some s != r links (h, t) in train, more than `overlap` of whose pairs r has as well.
  [[nodiscard]] bool implied(const Triple& t, double overlap) const {
    auto link =
        std::lower_bound(links_.begin(), links_.end(), t, [](const Triple& a, const Triple& b) {
          return std::tie(a.head, a.tail) < std::tie(b.head, b.tail);
        });
    for (; link != links_.end() && link->head == t.head && link->tail == t.tail; ++link) {
      if (link->relation == t.relation) continue;
      const auto both = shared_.find({t.relation, link->relation});
      if (both != shared_.end() && share(both->second, pairs_[link->relation.index()]) > overlap) {
        return true;
      }
    }
    return false;
  }

 private:
  std::vector<Triple> links_;
  std::vector<std::size_t> pairs_;  ///< per relation
  std::map<std::pair<RelationId, RelationId>, std::size_t> shared_;
};

}  // namespace

std::vector<RelationType> relation_types(const KnowledgeGraph& graph,
                                         std::initializer_list<std::span<const Triple>> answers,
                                         double many) {
  const std::vector<Triple> train = distinct({graph.train()});
  const std::vector<Triple> counted = distinct(answers);
  const std::size_t relations = graph.relation_count();
  const auto tails = answers_per_key(train, counted, relations, &Triple::head);
  const auto heads = answers_per_key(train, counted, relations, &Triple::tail);
  std::vector<RelationType> types(relations);
  for (std::size_t r = 0; r < relations; ++r) types[r] = {heads[r] > many, tails[r] > many};
  return types;
}

TestPredictionFlags flag_test_predictions(const KnowledgeGraph& graph,
                                          std::span<const Triple> predicted,
                                          const PredictionFlagThresholds& thresholds) {
  const std::vector<Triple> train = distinct({graph.train()});
  const std::size_t relations = graph.relation_count();
  const SideCounts tails(train, relations, &Triple::head, &Triple::tail);
  const SideCounts heads(train, relations, &Triple::tail, &Triple::head);
  const auto types =
      relation_types(graph, {graph.train(), graph.valid(), graph.test()}, thresholds.many);
  const LinkedPairs linked(train, relations);

  TestPredictionFlags flags;
  for (const Triple& t : predicted) {
    const std::size_t r = t.relation.index();
    const std::size_t with_tail = tails.with_answer(t.relation, t.tail);
    const std::size_t with_head = heads.with_answer(t.relation, t.head);
    flags.type1.push_back({share(with_head, heads.triples[r]) >= thresholds.same_answer,
                           share(with_tail, tails.triples[r]) >= thresholds.same_answer});
    flags.type2.push_back(
        {types[r].many_heads && share(with_head, heads.keys[r]) >= thresholds.share_of_keys,
         types[r].many_tails && share(with_tail, tails.keys[r]) >= thresholds.share_of_keys});
    const bool implied = linked.implied(t, thresholds.overlap);
    flags.type3.push_back({implied, implied});
  }
  return flags;
}

}  // namespace kgaudit::metrics
