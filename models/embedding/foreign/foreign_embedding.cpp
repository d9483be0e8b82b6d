#include "models/embedding/foreign/foreign_embedding.hpp"

#include <algorithm>
#include <utility>

namespace kgaudit::models {
namespace {

template <typename Things, typename Member>
auto* thing_with(Things& things, Member member, std::string_view wanted) {
  const auto at = std::find_if(things.begin(), things.end(),
                               [&](const auto& thing) { return thing.*member == wanted; });
  return at == things.end() ? nullptr : &*at;
}

/// Whether the model of this name may be meant; any may where none is known or it is a guess.
bool may_be(const ForeignEmbedding& embedding, std::string_view model) {
  const Conclusion* said = embedding.conclusion("model");
  const bool guessed = said != nullptr && said->certainty == Certainty::kGuessed;
  return embedding.model.empty() || guessed || embedding.model == model;
}

void add_translations(const ForeignEmbedding& embedding, std::vector<ScoreHypothesis>& all) {
  std::vector<bool> normalised = {false, true};
  if (embedding.normalise) {
    normalised = {*embedding.normalise};
  } else if (embedding.tool == "OpenKE") {
    normalised = {true, false};
  }
  for (const bool normalise : normalised) {
    for (const int norm : {1, 2}) {
      if (embedding.norm && *embedding.norm != norm) continue;
      if (!embedding.comparator.empty() && (norm == 1 || !embedding.comparator.ends_with("l2"))) {
        continue;
      }
      all.push_back({norm == 1 ? "transe-l1" : "transe-l2", norm, normalise, ComplexLayout::kNone});
    }
    const bool dot = embedding.comparator == "dot" || embedding.comparator == "cos" ||
                     (embedding.comparator.empty() && !embedding.norm && embedding.model.empty());
    if (dot) {
      all.push_back({"transe-dot", std::nullopt, normalise || embedding.comparator == "cos",
                     ComplexLayout::kNone});
    }
  }
}

}  // namespace

std::string_view certainty_words(Certainty certainty) {
  switch (certainty) {
    case Certainty::kStated:
      return "stated in a file";
    case Certainty::kDerived:
      return "derived from shapes";
    case Certainty::kGuessed:
      break;
  }
  return "guessed";
}

void ForeignEmbedding::conclude(std::string what, std::string value, std::string why,
                                Certainty certainty, std::string option) {
  conclusions.push_back(
      {std::move(what), std::move(value), std::move(why), certainty, std::move(option)});
}

void ForeignEmbedding::note(std::string id, std::string text, Finding::Weight weight) {
  findings.push_back({weight, std::move(id), std::move(text)});
}

const Conclusion* ForeignEmbedding::conclusion(std::string_view what) const {
  return thing_with(conclusions, &Conclusion::what, what);
}

const Finding* ForeignEmbedding::finding(std::string_view id) const {
  return thing_with(findings, &Finding::id, id);
}

std::string ForeignEmbedding::why_without_names(bool of_entities) const {
  const Finding* why = finding(of_entities ? "names-and-rows" : "relation-names-and-rows");
  for (const std::string_view id : {"names-order", "names-unreadable"}) {
    if (why == nullptr) why = finding(id);
  }
  if (why != nullptr) return why->text;
  return of_entities ? "rows without names" : "relation rows without names";
}

std::uint64_t ForeignEmbedding::relation_count() const {
  if (relations.empty()) return 0;
  const std::uint64_t rows = relations.front().rows.rows();
  return inverse_layout == InverseLayout::kNone ? rows : rows / 2;
}

std::vector<ScoreHypothesis> score_hypotheses(const ForeignEmbedding& embedding) {
  std::vector<ScoreHypothesis> all;
  if (embedding.relations.empty() || !embedding.entities.is_matrix()) return all;
  const TensorView& relation = embedding.relations.front().rows;
  if (!relation.is_matrix()) return all;
  const std::uint64_t parts = is_complex(embedding.entities.type) ? 2 : 1;
  const std::uint64_t width = embedding.entities.width() * parts;
  const std::uint64_t relation_width = relation.width() * (is_complex(relation.type) ? 2 : 1);
  if (!embedding.score.empty()) {
    all.push_back({embedding.score, std::nullopt, false, ComplexLayout::kNone});
    return all;
  }
  if (width == relation_width) {
    if (may_be(embedding, "TransE") && parts == 1) add_translations(embedding, all);
    if (may_be(embedding, "DistMult") && parts == 1) {
      all.push_back(
          {"distmult", std::nullopt, embedding.normalise.value_or(false), ComplexLayout::kNone});
    }
  }
  std::vector<ComplexLayout> layouts = {ComplexLayout::kHalves, ComplexLayout::kInterleaved};
  if (embedding.complex_layout != ComplexLayout::kNone) layouts = {embedding.complex_layout};
  for (const ComplexLayout layout : layouts) {
    if (width % 2 != 0) break;
    if (width == relation_width && may_be(embedding, "ComplEx")) {
      all.push_back({"complex", std::nullopt, false, layout});
    }
    // PyKEEN keeps rotations as complex numbers of length 1.
    if ((width == 2 * relation_width && may_be(embedding, "RotatE")) ||
        (width == relation_width && embedding.model == "RotatE")) {
      all.push_back({"rotate", std::nullopt, false, layout});
    }
  }
  return all;
}

}  // namespace kgaudit::models
