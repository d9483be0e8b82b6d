#include <cstdint>
#include <cstring>

#include <fmt/format.h>

#include "models/embedding/writing/output_format.hpp"
#include "suite/base/files/atomic_file.hpp"

namespace kgaudit::models::output_formats_roster {
namespace {

void write_safetensors(const std::filesystem::path& file, std::span<const std::string> /*names*/,
                       const RowBlock& rows) {
  // The data begin at a multiple of 8, as the library wants it.
  constexpr std::size_t kAlignment = 8;
  std::string header =
      fmt::format(R"({{"embeddings":{{"dtype":"F32","shape":[{},{}],"data_offsets":[0,{}]}}}})",
                  rows.rows, rows.width, rows.rows * rows.width * sizeof(float));
  while (header.size() % kAlignment != 0) header += ' ';
  const std::uint64_t length = header.size();
  std::string begin(sizeof length, '\0');
  std::memcpy(begin.data(), &length, sizeof length);
  AtomicFile out(file);
  out.write(begin + header);
  for (std::size_t i = 0; i < rows.rows; ++i) out.write(row_bytes(rows, i));
  out.commit();
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
    .write = &write_safetensors,
};

}  // namespace kgaudit::models::output_formats_roster
