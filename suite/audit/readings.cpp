#include "suite/audit/readings.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "suite/base/error.hpp"
#include "suite/base/text.hpp"
#include "suite/base/vectors/portable_math.hpp"

namespace kgaudit::run {

using models::ComplexLayout;
using models::FloatTable;
using models::ForeignEmbedding;
using models::InverseLayout;
using models::RelationSide;

namespace {

bool has_two_sides(const ForeignEmbedding& embedding) {
  return embedding.relations.size() == 2 &&
         embedding.relations[0].side != embedding.relations[1].side;
}

std::vector<InverseLayout> inverse_layouts(const ForeignEmbedding& embedding) {
  const models::Conclusion* said = embedding.conclusion("inverse relations");
  const bool guessed = said != nullptr && said->certainty == models::Certainty::kGuessed;
  if (embedding.inverse_layout == InverseLayout::kNone || !guessed) {
    return {embedding.inverse_layout};
  }
  return embedding.inverse_layout == InverseLayout::kInterleaved
             ? std::vector{InverseLayout::kInterleaved, InverseLayout::kAppended}
             : std::vector{InverseLayout::kAppended, InverseLayout::kInterleaved};
}

FloatTable finite_rows(models::TensorView& tensor, const std::string& place, MemoryBudget& budget,
                       const std::optional<std::vector<std::uint64_t>>& wanted = {}) {
  models::ConvertedRows converted = wanted ? models::rows_of(tensor, place, budget, wanted)
                                           : models::take_rows(tensor, place, budget);
  tensor.bytes = {};
  tensor.owner.reset();
  tensor.table.reset();
  if (converted.not_finite > 0) {
    throw InputError::unreadable(place,
                                 fmt::format("{} numbers that are infinite or not a number",
                                             with_thousands(converted.not_finite)),
                                 "finite numbers that fit a float");
  }
  return std::move(converted.rows);
}

/// x / max(|x|, 1e-12), as PyTorch does it; the length is summed in double.
void to_length_one(std::span<float> row) {
  double squares = 0.0;
  for (const float x : row) squares += static_cast<double>(x) * static_cast<double>(x);
  const auto length = static_cast<float>(std::max(std::sqrt(squares), 1e-12));
  for (float& x : row) x /= length;
}

void to_halves(std::span<float> row) {
  const std::vector<float> parts(row.begin(), row.end());
  const std::size_t half = row.size() / 2;
  for (std::size_t k = 0; k < half; ++k) {
    row[k] = parts[2 * k];
    row[k + half] = parts[2 * k + 1];
  }
}

/// What becomes of the rows of one relation table before they are put in order.
FloatTable as_scored(const ForeignRows& rows, const ForeignRows::Relations& relations,
                     const Reading& reading) {
  const std::size_t width = relations.rows.width();
  const bool rotation = reading.score.score == "rotate";
  const bool complex =
      width == rows.entities.width() && (rotation || reading.score.score == "complex");
  const bool alternate =
      relations.complex || (complex && reading.score.layout == ComplexLayout::kInterleaved);
  FloatTable scored(relations.rows.rows(), rotation && complex ? width / 2 : width);
  std::vector<float> row(width);
  for (std::size_t r = 0; r < relations.rows.rows(); ++r) {
    std::ranges::copy(relations.rows.values(r), row.begin());
    if (complex && alternate) to_halves(row);
    if (reading.score.normalise && reading.relations_too) to_length_one(row);
    for (std::size_t k = 0; k < scored.width(); ++k) {
      scored.row(r)[k] = row[k];
      if (!rotation) continue;
      // Rotations come as complex numbers of length 1, or as angles in a unit of the tool.
      scored.row(r)[k] =
          complex
              ? static_cast<float>(portable::atan2(static_cast<double>(row[k + scored.width()]),
                                                   static_cast<double>(row[k])))
              : static_cast<float>(static_cast<double>(row[k]) * rows.phase_scale.value_or(1.0));
    }
  }
  return scored;
}

}  // namespace

std::string Reading::in_words() const {
  std::string text = score.score;
  if (score.normalise) {
    text +=
        relations_too ? ", rows and relations brought to length 1" : ", rows brought to length 1";
  }
  if (score.layout == ComplexLayout::kHalves) text += ", real parts first";
  if (score.layout == ComplexLayout::kInterleaved) text += ", real and imaginary parts in turns";
  if (inverse == InverseLayout::kInterleaved) text += ", inverse relations in turns";
  if (inverse == InverseLayout::kAppended) text += ", inverse relations behind";
  if (exchanged) text += ", the two relation tables exchanged";
  return text;
}

std::vector<Reading> readings_of(const ForeignEmbedding& embedding, const std::string& place) {
  if (embedding.relations.empty()) return {};
  if (embedding.comparator == "cos") {
    throw InputError::usage(place, "a model that compares by the cosine",
                            "dot, l2 or squared_l2: the cosine brings a row to length 1 after the "
                            "relation moved it, so that rows brought to length 1 before do not "
                            "give its scores",
                            "--rows-only measures the rows without asking relations");
  }
  std::vector<Reading> all;
  for (const models::ScoreHypothesis& score : models::score_hypotheses(embedding)) {
    for (const InverseLayout inverse : inverse_layouts(embedding)) {
      const bool of_openke = embedding.tool == "OpenKE";
      all.push_back({score, score.normalise && of_openke, false, inverse});
      // A file that does not tell its tool may come from one that normalises both, or one.
      if (score.normalise && embedding.tool.empty()) all.push_back({score, true, false, inverse});
    }
  }
  if (has_two_sides(embedding)) {
    const std::size_t stated = all.size();
    for (std::size_t i = 0; i < stated; ++i) {
      all.push_back(all[i]);
      all.back().exchanged = true;
    }
  }
  return all;
}

ForeignRows foreign_rows(ForeignEmbedding& embedding, const std::string& place,
                         MemoryBudget& budget,
                         const std::optional<std::vector<std::uint64_t>>& wanted) {
  ForeignRows rows;
  rows.entities = finite_rows(embedding.entities, place, budget, wanted);
  rows.complex = models::is_complex(embedding.entities.type);
  rows.phase_scale = embedding.phase_scale;
  for (models::RelationTable& table : embedding.relations) {
    rows.relations.push_back(
        {table.side, finite_rows(table.rows, place, budget), models::is_complex(table.rows.type)});
  }
  return rows;
}

std::shared_ptr<const models::EmbeddingTable> table_of(const ForeignRows& rows,
                                                       const Reading& reading,
                                                       const RowsOfGraph& graph) {
  auto table = std::make_shared<models::EmbeddingTable>();
  const std::size_t width = rows.entities.width();
  table->entities = FloatTable(graph.entities.size(), width);
  const bool alternate = rows.complex || reading.score.layout == ComplexLayout::kInterleaved;
  for (std::size_t e = 0; e < graph.entities.size(); ++e) {
    if (graph.entities[e] == kNoRow) continue;
    const std::span<float> row = table->entities.values(e);
    std::ranges::copy(rows.entities.values(graph.entities[e]), row.begin());
    if (alternate) to_halves(row);
    if (reading.score.normalise) to_length_one(row);
  }

  if (rows.relations.empty()) {
    table->relations = FloatTable(0, width);
    return table;
  }
  const std::size_t count = graph.relations.size();
  const auto place = [&](const FloatTable& from, std::size_t row, std::size_t to) {
    KGA_REQUIRE(row < from.rows(), "relation row {} of {}", row, from.rows());
    std::ranges::copy(from.values(row), table->relations.values(to).begin());
  };
  const FloatTable first = as_scored(rows, rows.relations.front(), reading);
  const bool two_sides =
      rows.relations.size() == 2 && rows.relations[0].side != rows.relations[1].side;
  const bool doubled = reading.inverse != InverseLayout::kNone;
  table->reciprocal = two_sides || doubled;
  table->relations = FloatTable(table->reciprocal ? 2 * count : count, first.width());
  if (two_sides) {
    const FloatTable second = as_scored(rows, rows.relations[1], reading);
    const bool first_is_tails =
        (rows.relations[0].side == RelationSide::kTails) != reading.exchanged;
    for (std::size_t r = 0; r < count; ++r) {
      place(first_is_tails ? first : second, graph.relations[r], r);
      place(first_is_tails ? second : first, graph.relations[r], count + r);
    }
    return table;
  }
  const std::size_t half = first.rows() / 2;
  for (std::size_t r = 0; r < count; ++r) {
    const std::size_t row = graph.relations[r];
    if (!doubled) {
      place(first, row, r);
    } else if (reading.inverse == InverseLayout::kInterleaved) {
      place(first, 2 * row, r);
      place(first, 2 * row + 1, count + r);
    } else {
      place(first, row, r);
      place(first, half + row, count + r);
    }
  }
  return table;
}

}  // namespace kgaudit::run
