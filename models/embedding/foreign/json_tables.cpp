#include "models/embedding/foreign/json_tables.hpp"

#include <optional>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "suite/base/error.hpp"

namespace kgaudit::models {
namespace {

constexpr std::string_view kForms =
    "a list of names, an object of names and numbers or of numbers and names, or an object of "
    "vectors";
/// What a std::string costs beside its letters.
constexpr std::uint64_t kNameCost = 48;

/// A matrix of floats that grows number by number.
struct GrowingMatrix {
  std::vector<float> values;
  std::uint64_t rows = 0;
  std::optional<std::uint64_t> width;
  bool flat = true;  ///< numbers that stand in no inner list

  [[nodiscard]] TensorView view(std::string name) && {
    TensorView tensor;
    tensor.name = std::move(name);
    const std::uint64_t columns = width.value_or(values.size());
    tensor.shape = flat ? std::vector<std::uint64_t>{values.size()}
                        : std::vector<std::uint64_t>{rows, columns};
    tensor.strides = packed_strides(tensor.shape);
    const auto kept = std::make_shared<const std::vector<float>>(std::move(values));
    tensor.bytes = {reinterpret_cast<const char*>(kept->data()), kept->size() * sizeof(float)};
    tensor.owner = kept;
    return tensor;
  }
};

/// Takes the parser's events; anything that is not of a known form ends the reading.
class TableEvents final : public nlohmann::json_sax<nlohmann::json> {
 public:
  TableEvents(std::string_view place, MemoryBudget& budget) : place_(place), budget_(budget) {}

  bool null() override {
    if (!(depth_ == 1 && list_)) throw refuse("null");
    ++result_.nulls;
    return add_name("");
  }
  bool boolean(bool) override { throw refuse("true or false"); }
  bool number_integer(std::int64_t value) override {
    return number(static_cast<double>(value), value);
  }
  bool number_unsigned(std::uint64_t value) override {
    const auto id = value > static_cast<std::uint64_t>(INT64_MAX)
                        ? std::int64_t{-1}
                        : static_cast<std::int64_t>(value);
    return number(static_cast<double>(value), id);
  }
  bool number_float(double value, const std::string&) override {
    return number(value, std::nullopt);
  }
  bool string(std::string& value) override {
    if (depth_ == 1 && list_) return add_name(value);
    // Every key so far has a text, and nothing else has been seen.
    if (depth_ != 1 || !result_.tensors.empty() ||
        result_.texts.size() + 1 != result_.names.size()) {
      throw refuse(fmt::format("the text '{}'", printable(value, 30)));
    }
    budget_.take(kNameCost + value.size(), place_, "names");
    result_.kind = JsonTables::Kind::kTexts;
    result_.texts.push_back(value);
    return true;
  }
  bool binary(nlohmann::json::binary_t&) override { throw refuse("binary data"); }
  bool start_object(std::size_t) override {
    if (depth_ != 0) throw refuse("an object within a list or object");
    list_ = false;
    ++depth_;
    return true;
  }
  bool key(std::string& value) override { return add_name(value); }
  bool end_object() override {
    --depth_;
    return true;
  }
  bool start_array(std::size_t) override {
    ++depth_;
    if (depth_ == 1) {
      list_ = true;
    } else if (list_ || depth_ > 3) {
      throw refuse("a list within a list");
    } else if (depth_ == 2) {
      matrix_ = {};
    } else {
      if (matrix_.flat && !matrix_.values.empty()) throw refuse("numbers beside lists");
      matrix_.flat = false;
      row_begin_ = matrix_.values.size();
    }
    return true;
  }
  bool end_array() override {
    --depth_;
    if (list_) return true;
    if (depth_ == 2) {
      const std::uint64_t width = matrix_.values.size() - row_begin_;
      if (matrix_.width.value_or(width) != width) {
        throw refuse(fmt::format("a row of {} numbers after rows of {}", width, *matrix_.width));
      }
      matrix_.width = width;
      ++matrix_.rows;
      return true;
    }
    end_value();
    return true;
  }
  bool parse_error(std::size_t position, const std::string& token,
                   const nlohmann::json::exception&) override {
    throw InputError::unreadable(
        std::string(place_),
        fmt::format("not JSON near byte {}: {}", position, printable(token, 30)),
        std::string(kForms));
  }

  JsonTables take() && {
    if (!vectors_.empty()) {
      result_.kind = JsonTables::Kind::kVectors;
      GrowingMatrix all;
      all.flat = false;
      all.width = vectors_width_;
      all.rows = result_.names.size();
      all.values = std::move(vectors_);
      result_.vectors = std::move(all).view("");
    }
    if (!list_ && result_.names.empty() && result_.tensors.empty()) throw refuse("an empty object");
    return std::move(result_);
  }

 private:
  [[nodiscard]] InputError refuse(std::string got) const {
    return InputError::unreadable(std::string(place_), std::move(got), std::string(kForms));
  }
  bool add_name(const std::string& name) {
    budget_.take(kNameCost + name.size(), place_, "names");
    result_.names.push_back(name);
    return true;
  }
  bool number(double value, std::optional<std::int64_t> id) {
    if (depth_ >= 2 && !list_) {
      if (depth_ == 2 && !matrix_.flat) throw refuse("numbers beside lists");
      if (matrix_.values.size() == matrix_.values.capacity()) {
        budget_.take(std::max<std::uint64_t>(matrix_.values.size(), 16), 2 * sizeof(float), place_,
                     "numbers");
      }
      matrix_.values.push_back(static_cast<float>(value));
      return true;
    }
    if (depth_ == 1 && !list_ && id && *id >= 0) {
      if (!result_.texts.empty()) throw refuse("numbers beside texts");
      if (result_.ids.size() + 1 != result_.names.size()) throw refuse("numbers beside lists");
      result_.kind = JsonTables::Kind::kIds;
      result_.ids.push_back(*id);
      return true;
    }
    throw refuse(fmt::format("the number {}", value));
  }
  /// A list that belongs to a key has ended.
  void end_value() {
    if (!result_.texts.empty()) throw refuse("lists beside texts");
    const bool tensors = !matrix_.flat || result_.kind == JsonTables::Kind::kTensors;
    if (tensors && vectors_.empty()) {
      result_.kind = JsonTables::Kind::kTensors;
      const std::string name = result_.names.back();
      result_.names.clear();
      if (!result_.tensors.emplace(name, std::move(matrix_).view(name)).second) {
        throw refuse(fmt::format("'{}' twice", printable(name)));
      }
      return;
    }
    // The first short list may belong to a tensor of one axis: OpenKE writes "zero_const": [0].
    const std::uint64_t width = matrix_.values.size();
    if (result_.names.size() == 1 && width == 1 && vectors_.empty()) {
      result_.kind = JsonTables::Kind::kTensors;
      return end_value();
    }
    if (vectors_.empty()) vectors_width_ = width;
    if (width != vectors_width_ || width == 0 || tensors || !result_.ids.empty()) {
      throw refuse(fmt::format("a vector of {} numbers after one of {}", width, vectors_width_));
    }
    budget_.take(width, 2 * sizeof(float), place_, "numbers");
    vectors_.insert(vectors_.end(), matrix_.values.begin(), matrix_.values.end());
  }

  std::string_view place_;
  MemoryBudget& budget_;
  JsonTables result_;
  int depth_ = 0;
  bool list_ = false;
  GrowingMatrix matrix_;
  std::size_t row_begin_ = 0;
  std::vector<float> vectors_;
  std::uint64_t vectors_width_ = 0;
};

}  // namespace

JsonTables read_json_tables(std::string_view text, std::string_view place, MemoryBudget& budget) {
  TableEvents events(place, budget);
  nlohmann::json::sax_parse(text.begin(), text.end(), &events);
  return std::move(events).take();
}

}  // namespace kgaudit::models
