#include <algorithm>
#include <cstring>
#include <map>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "models/embedding/foreign/embedding_format.hpp"
#include "models/embedding/foreign/name_search.hpp"
#include "models/embedding/foreign/reading.hpp"
#include "suite/base/files/strict_json.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::models::embedding_formats_roster {
namespace {

constexpr std::uint64_t kSafetensorsLongestHeader = 100'000'000;
constexpr std::uint64_t kLengthBytes = 8;

std::uint64_t header_bytes(std::string_view bytes) {
  std::uint64_t length = 0;
  if (bytes.size() >= kLengthBytes) std::memcpy(&length, bytes.data(), sizeof length);
  return length;
}

bool sniff_safetensors(ForeignPath& path) {
  if (path.is_folder()) return false;
  const std::string_view head = path.head();
  const std::uint64_t length = header_bytes(head);
  return head.size() > kLengthBytes + 1 && head[kLengthBytes] == '{' && length > 1 &&
         (length <= kSafetensorsLongestHeader || path.file_name().ends_with(".safetensors"));
}

struct Range {
  std::uint64_t begin;
  std::uint64_t end;
  std::string name;
};

/// The tensors that the header lists, checked against the data.
class SafetensorsFile {
 public:
  SafetensorsFile(std::string_view bytes, std::string place) : place_(std::move(place)) {
    const std::uint64_t length = header_bytes(bytes);
    if (bytes.size() < kLengthBytes || length > kSafetensorsLongestHeader ||
        length > bytes.size() - kLengthBytes) {
      throw refuse(fmt::format("a header of {} bytes in a file of {}", length, bytes.size()));
    }
    const std::string_view text = bytes.substr(kLengthBytes, length);
    const auto header = parse_strict_json(text.substr(0, text.find_last_not_of(' ') + 1), place_);
    if (!header.is_object()) throw refuse("a header that is no object");
    data_ = bytes.substr(kLengthBytes + length);
    for (const auto& [name, facts] : header.items()) {
      if (name == "__metadata__") {
        for (const auto& [key, value] : facts.items()) {
          if (value.is_string()) metadata.emplace(key, value.get<std::string>());
        }
      } else {
        tensors.push_back(tensor_from(name, facts));
      }
    }
    check_cover();
  }

  std::vector<TensorView> tensors;
  std::map<std::string, std::string> metadata;

 private:
  [[nodiscard]] InputError refuse(std::string got) const {
    return InputError::unreadable(place_, std::move(got), "a whole safetensors file",
                                  "fetch or save the file again");
  }

  TensorView tensor_from(const std::string& name, const nlohmann::ordered_json& facts) {
    static const std::map<std::string_view, NumberType> kTypes = {
        {"F16", NumberType::kFloat16},   {"BF16", NumberType::kBfloat16},
        {"F32", NumberType::kFloat32},   {"F64", NumberType::kFloat64},
        {"C64", NumberType::kComplex64}, {"I8", NumberType::kInt8},
        {"I16", NumberType::kInt16},     {"I32", NumberType::kInt32},
        {"I64", NumberType::kInt64},     {"U8", NumberType::kUint8},
        {"U16", NumberType::kUint16},    {"U32", NumberType::kUint32},
        {"U64", NumberType::kUint64},    {"BOOL", NumberType::kBool}};
    const std::string who = fmt::format("'{}'", printable(name));
    const bool whole = facts.is_object() && facts.contains("dtype") && facts.contains("shape") &&
                       facts.contains("data_offsets") && facts["dtype"].is_string() &&
                       facts["shape"].is_array() && facts["data_offsets"].is_array() &&
                       facts["data_offsets"].size() == 2;
    if (!whole) throw refuse(fmt::format("{} without dtype, shape or data_offsets", who));
    const auto type = kTypes.find(facts["dtype"].get_ref<const std::string&>());
    if (type == kTypes.end()) {
      throw refuse(fmt::format("{} of type {}", who, printable(facts["dtype"].dump())));
    }
    TensorView tensor;
    tensor.name = name;
    tensor.type = type->second;
    for (const auto& length : facts["shape"]) {
      if (!length.is_number_unsigned()) throw refuse(fmt::format("{} of no shape", who));
      tensor.shape.push_back(length.get<std::uint64_t>());
    }
    const auto& offsets = facts["data_offsets"];
    if (!offsets[0].is_number_unsigned() || !offsets[1].is_number_unsigned()) {
      throw refuse(fmt::format("{} with offsets {}", who, printable(offsets.dump())));
    }
    const auto begin = offsets[0].get<std::uint64_t>();
    const auto end = offsets[1].get<std::uint64_t>();
    if (begin > end || end > data_.size()) {
      throw refuse(fmt::format("{} at bytes {} to {} of {}", who, begin, end, data_.size()));
    }
    const std::uint64_t bytes = element_count(tensor.shape, place_) * bytes_of_number(tensor.type);
    if (end - begin != bytes) {
      throw refuse(fmt::format("{} of {} in {} bytes", who, tensor.shape_text(), end - begin));
    }
    tensor.strides = packed_strides(tensor.shape);
    tensor.bytes = data_.substr(begin, bytes);
    if (bytes > 0) ranges_.push_back({begin, end, name});
    return tensor;
  }

  /// Data that no tensor claims, or two do, hide something.
  void check_cover() {
    std::sort(ranges_.begin(), ranges_.end(),
              [](const Range& a, const Range& b) { return a.begin < b.begin; });
    std::uint64_t end = 0;
    for (const Range& range : ranges_) {
      if (range.begin != end) {
        throw refuse(fmt::format("'{}' {}", printable(range.name),
                                 range.begin < end ? "over the tensor before it"
                                                   : "after bytes that belong to no tensor"));
      }
      end = range.end;
    }
    if (end != data_.size()) {
      throw refuse(fmt::format("{} bytes after the last tensor", data_.size() - end));
    }
  }

  std::string place_;
  std::string_view data_;
  std::vector<Range> ranges_;
};

ForeignEmbedding read_safetensors(ForeignPath& path) {
  SafetensorsFile file(path.file()->bytes(), path.place());
  ForeignEmbedding embedding;
  std::vector<std::string> names;
  for (TensorView& tensor : file.tensors) {
    names.push_back(printable(tensor.name));
    if (!tensor.is_matrix() || !(is_real(tensor.type) || is_complex(tensor.type))) continue;
    const bool relation = tensor.name.find("rel") != std::string::npos;
    if (relation && embedding.relations.empty()) {
      embedding.conclude("relation table", tensor.name, "the name says relations",
                         Certainty::kGuessed);
      embedding.relations.push_back({RelationSide::kBoth, std::move(tensor)});
    } else if (!relation && embedding.entities.shape.empty()) {
      embedding.conclude("entity table", tensor.name, "the first matrix that is not relations'",
                         Certainty::kGuessed);
      embedding.entities = std::move(tensor);
    } else {
      throw InputError::unreadable(path.place(),
                                   fmt::format("the tensors {}", fmt::join(names, ", ")),
                                   "one matrix of entities, and one of relations with 'rel' in its "
                                   "name");
    }
  }
  if (embedding.entities.shape.empty()) {
    throw InputError::unreadable(path.place(),
                                 fmt::format("the tensors {}", fmt::join(names, ", ")),
                                 "a matrix with a row for each entity");
  }
  if (const auto model = file.metadata.find("model"); model != file.metadata.end()) {
    embedding.model = model->second;
    embedding.conclude("model", model->second, "the file's metadata", Certainty::kStated,
                       "--model");
  }
  attach_names(path, embedding);
  return embedding;
}

}  // namespace

extern const EmbeddingFormat safetensors;
constinit const EmbeddingFormat safetensors = {
    .id = "safetensors",
    .title = "safetensors",
    .description =
        "Tensors with names behind a header of JSON: one matrix for entities, and one with 'rel' "
        "in its name for relations",
    .source = "the safetensors library",
    .pitfalls = "It holds no names of rows. Headers that leave bytes unclaimed are refused.",
    .sniff = &sniff_safetensors,
    .read = &read_safetensors,
};

}  // namespace kgaudit::models::embedding_formats_roster
