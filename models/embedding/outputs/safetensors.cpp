#include <cstdint>
#include <cstring>

#include <fmt/format.h>

#include "models/embedding/writing/output_format.hpp"

namespace kgaudit::models::output_formats_roster {
namespace {

std::string safetensors_header(const TableShape& shape) {
  // The data begin at a multiple of 8, as the library wants it.
  constexpr std::size_t kAlignment = 8;
  std::string header =
      fmt::format(R"({{"embeddings":{{"dtype":"F32","shape":[{},{}],"data_offsets":[0,{}]}}}})",
                  shape.rows, shape.width, shape.rows * shape.width * sizeof(float));
  while (header.size() % kAlignment != 0) header += ' ';
  const std::uint64_t length = header.size();
  std::string begin(sizeof length, '\0');
  std::memcpy(begin.data(), &length, sizeof length);
  return begin + header;
}

class SafetensorsWriter final : public RowWriter {
 public:
  SafetensorsWriter(const std::filesystem::path& file, const TableShape& shape) : RowWriter(file) {
    write(safetensors_header(shape));
  }
  void add(std::string_view /*name*/, std::span<const float> row) override {
    write(row_bytes(row));
  }
};

std::unique_ptr<RowWriter> begin_safetensors(const std::filesystem::path& file,
                                             const TableShape& shape) {
  return std::make_unique<SafetensorsWriter>(file, shape);
}

}  // namespace

extern const OutputFormat safetensors;
constinit const OutputFormat safetensors = {
    .id = "safetensors",
    .title = "safetensors",
    .description =
        "A tensor 'embeddings' of float32 in a .safetensors file for each table, names in a JSON "
        "list beside",
    .source = "the safetensors library, which PyTorch, JAX and others use",
    .pitfalls = "Rows and names are two files: keep them together.",
    .ending = ".safetensors",
    .reader = "safetensors",
    .names = NamePlace::kBeside,
    .objection = &objection_of_utf8,
    .begin = &begin_safetensors,
};

}  // namespace kgaudit::models::output_formats_roster
