#include <cstdint>

#include <fmt/format.h>

#include "models/embedding/writing/output_format.hpp"
#include "suite/base/files/atomic_file.hpp"

namespace kgaudit::models::output_formats_roster {
namespace {

/// numpy.lib.format, version 1: magic, version, length of the header, the header, padded so that
/// numbers begin at a multiple of 64.
std::string npy_header(const RowBlock& rows) {
  constexpr std::size_t kBeforeHeader = 10;
  constexpr std::size_t kLine = 64;
  std::string header = fmt::format(
      "{{'descr': '<f4', 'fortran_order': False, 'shape': ({}, {}), }}", rows.rows, rows.width);
  while ((kBeforeHeader + header.size() + 1) % kLine != 0) header += ' ';
  header += '\n';
  std::string bytes("\x93NUMPY\x01\x00", 8);
  bytes += static_cast<char>(header.size() & 0xFFU);
  bytes += static_cast<char>(header.size() >> 8U);
  return bytes + header;
}

void write_npy(const std::filesystem::path& file, std::span<const std::string> /*names*/,
               const RowBlock& rows) {
  AtomicFile out(file);
  out.write(npy_header(rows));
  for (std::size_t i = 0; i < rows.rows; ++i) out.write(row_bytes(rows, i));
  out.commit();
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
    .write = &write_npy,
};

}  // namespace kgaudit::models::output_formats_roster
