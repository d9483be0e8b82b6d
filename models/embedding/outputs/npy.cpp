#include <cstdint>

#include <fmt/format.h>

#include "models/embedding/writing/output_format.hpp"

namespace kgaudit::models::output_formats_roster {
namespace {

/// numpy.lib.format, version 1: magic, version, length of the header, the header, padded so that
/// numbers begin at a multiple of 64.
std::string npy_header(const TableShape& shape) {
  constexpr std::size_t kBeforeHeader = 10;
  constexpr std::size_t kLine = 64;
  std::string header = fmt::format(
      "{{'descr': '<f4', 'fortran_order': False, 'shape': ({}, {}), }}", shape.rows, shape.width);
  while ((kBeforeHeader + header.size() + 1) % kLine != 0) header += ' ';
  header += '\n';
  std::string bytes("\x93NUMPY\x01\x00", 8);
  bytes += static_cast<char>(header.size() & 0xFFU);
  bytes += static_cast<char>(header.size() >> 8U);
  return bytes + header;
}

class NpyWriter final : public RowWriter {
 public:
  NpyWriter(const std::filesystem::path& file, const TableShape& shape) : RowWriter(file) {
    write(npy_header(shape));
  }
  void add(std::string_view /*name*/, std::span<const float> row) override {
    write(row_bytes(row));
  }
};

std::unique_ptr<RowWriter> begin_npy(const std::filesystem::path& file, const TableShape& shape) {
  return std::make_unique<NpyWriter>(file, shape);
}

}  // namespace

extern const OutputFormat npy;
constinit const OutputFormat npy = {
    .id = "npy",
    .title = "npy",
    .description = "A matrix of float32 in a .npy file for each table, names in a JSON list beside",
    .source = "numpy.load",
    .pitfalls = "Rows and names are two files: keep them together.",
    .ending = ".npy",
    .reader = "npy",
    .names = NamePlace::kBeside,
    .objection = &objection_of_utf8,
    .begin = &begin_npy,
};

}  // namespace kgaudit::models::output_formats_roster
