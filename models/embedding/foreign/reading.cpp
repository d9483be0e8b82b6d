#include "models/embedding/foreign/reading.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <memory>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "suite/base/files/strict_json.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::models {
namespace {

constexpr std::uint64_t kLargestConfig = std::uint64_t{16} << 20U;

const nlohmann::ordered_json* config_value(const nlohmann::ordered_json& config,
                                           std::string_view key) {
  const auto at = config.find(std::string(key));
  return at == config.end() ? nullptr : &*at;
}

}  // namespace

TensorView tensor_of(FloatTable table, std::string name) {
  TensorView tensor;
  tensor.name = std::move(name);
  const auto kept = std::make_shared<FloatTable>(std::move(table));
  tensor.shape = {kept->rows(), kept->width()};
  tensor.strides = {static_cast<std::int64_t>(kept->stride()), 1};
  tensor.bytes = {reinterpret_cast<const char*>(kept->data()),
                  kept->rows() * kept->stride() * sizeof(float)};
  tensor.table = kept;
  return tensor;
}

void count_rows_left(ForeignEmbedding& embedding, std::uint64_t kept, std::uint64_t seen) {
  embedding.rows_left = seen - kept;
  if (kept == seen) return;
  embedding.note("rows-left", fmt::format("{} of {} rows are kept: those that are wanted",
                                          with_thousands(kept), with_thousands(seen)));
}

TensorView side_by_side(const TensorView& left, const TensorView& right, std::string_view place,
                        MemoryBudget& budget) {
  const ConvertedRows a = rows_of(left, place, budget);
  const ConvertedRows b = rows_of(right, place, budget);
  if (a.rows.rows() != b.rows.rows() || a.rows.width() != b.rows.width()) {
    throw InputError::unreadable(
        std::string(place),
        fmt::format("'{}' of {} beside '{}' of {}", printable(left.name), left.shape_text(),
                    printable(right.name), right.shape_text()),
        "real and imaginary parts of the same shape");
  }
  const std::size_t width = a.rows.width();
  budget.take(a.rows.rows(), (2 * width + 16) * sizeof(float), place, "rows of floats");
  FloatTable both(a.rows.rows(), 2 * width);
  for (std::size_t i = 0; i < both.rows(); ++i) {
    std::copy_n(a.rows.row(i), width, both.row(i));
    std::copy_n(b.rows.row(i), width, both.row(i) + width);
  }
  return tensor_of(std::move(both), fmt::format("{} + {}", left.name, right.name));
}

void note_pickle(ForeignEmbedding& embedding, std::span<const std::string> notes) {
  if (notes.empty()) return;
  embedding.note(
      "pickle-symbols",
      fmt::format("the pickle {}; nothing of it was imported or called", fmt::join(notes, ", ")));
}

std::optional<nlohmann::ordered_json> config_in(ForeignPath& path, std::string_view name) {
  if (!path.has(name)) return std::nullopt;
  const auto file = path.open(name);
  if (file->size() > kLargestConfig) return std::nullopt;
  try {
    auto config = parse_strict_json(file->bytes(), file->path().string());
    if (config.is_object()) return config;
  } catch (const InputError&) {
    return std::nullopt;
  }
  return std::nullopt;
}

std::optional<std::string> config_text(const nlohmann::ordered_json& config, std::string_view key) {
  const auto* value = config_value(config, key);
  if (value == nullptr || !value->is_string()) return std::nullopt;
  return value->get<std::string>();
}

std::optional<double> config_number(const nlohmann::ordered_json& config, std::string_view key) {
  const auto* value = config_value(config, key);
  if (value == nullptr || !value->is_number()) return std::nullopt;
  return value->get<double>();
}

std::optional<bool> config_flag(const nlohmann::ordered_json& config, std::string_view key) {
  const auto* value = config_value(config, key);
  if (value == nullptr || !value->is_boolean()) return std::nullopt;
  return value->get<bool>();
}

InputError not_row_by_row(const ForeignPath& path, std::string got, std::string advice) {
  return InputError::unreadable(
      path.place(), std::move(got), "a model whose score needs a row for each entity and relation",
      advice.empty() ? "to measure the entity rows alone, export them to npy and name their names "
                       "with --entities"
                     : std::move(advice));
}

InputError half_of(const ForeignPath& path, std::string got, std::string expected,
                   std::string advice) {
  return InputError::unreadable(path.place(), std::move(got), std::move(expected),
                                std::move(advice));
}

std::string relation_file_of(const std::string& entities) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kWords = {
      {{"entity", "relation"}, {"entities", "relations"}, {"ent_", "rel_"}}};
  for (const auto& [from, to] : kWords) {
    const std::size_t at = entities.rfind(from);
    if (at == std::string::npos) continue;
    std::string relations = entities;
    return relations.replace(at, from.size(), to);
  }
  return "";
}

std::optional<double> only_number(const TensorView& tensor) {
  if (!std::all_of(tensor.shape.begin(), tensor.shape.end(),
                   [](std::uint64_t length) { return length == 1; }) ||
      !is_real(tensor.type)) {
    return std::nullopt;
  }
  TensorView matrix = tensor;
  matrix.shape = {1, 1};
  matrix.strides = {1, 1};
  MemoryBudget budget(4096);
  return rows_of(matrix, "", budget).rows.row(0)[0];
}

std::optional<float> float_from(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  const char* const end = text.data() + text.size();
  float value = 0.0F;
  auto [stopped, failure] = std::from_chars(text.data(), end, value);
  if (failure == std::errc::result_out_of_range) {
    // Too large or too small: a double tells them apart.
    double wide = 0.0;
    const auto again = std::from_chars(text.data(), end, wide);
    stopped = again.ptr;
    failure = again.ec;
    value = static_cast<float>(wide);
  }
  if (failure != std::errc() || stopped != end) return std::nullopt;
  return value;
}

std::string_view last_part(std::string_view dotted) {
  const std::size_t dot = dotted.rfind('.');
  return dot == std::string_view::npos ? dotted : dotted.substr(dot + 1);
}

}  // namespace kgaudit::models
