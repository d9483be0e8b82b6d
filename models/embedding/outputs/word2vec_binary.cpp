#include <fmt/format.h>

#include "models/embedding/writing/output_format.hpp"
#include "suite/base/error.hpp"
#include "suite/base/files/atomic_file.hpp"

namespace kgaudit::models::output_formats_roster {
namespace {

/// The reader looks for the blank after a name in so many bytes.
constexpr std::size_t kMostNameBytes = 1U << 16U;

std::string_view objection_of_word2vec_binary(std::string_view name) {
  if (const auto why = objection_of_lines(name); !why.empty()) return why;
  if (name.size() > kMostNameBytes) return "more than 65,536 bytes";
  return objection_of_blanks(name);
}

void write_word2vec_binary(const std::filesystem::path& file, std::span<const std::string> names,
                           const RowBlock& rows) {
  KGA_REQUIRE(names.size() == rows.rows, "{} names, {} rows", names.size(), rows.rows);
  AtomicFile out(file);
  out.write(fmt::format("{} {}\n", rows.rows, rows.width));
  for (std::size_t i = 0; i < rows.rows; ++i) {
    out.write(names[i]);
    out.write(" ");
    out.write(row_bytes(rows, i));
    out.write("\n");
  }
  out.commit();
}

}  // namespace

extern const OutputFormat word2vec_binary;
constinit const OutputFormat word2vec_binary = {
    .id = "word2vec-binary",
    .title = "word2vec binary",
    .description =
        "A line 'rows width', then for each row its name, a blank, its floats and a line end",
    .source = "gensim's KeyedVectors.load_word2vec_format(binary=True), word2vec",
    .pitfalls = "Names hold no blank; they need not be UTF-8, but gensim wants them to be.",
    .ending = ".w2v.bin",
    .reader = "word2vec-binary",
    .names = NamePlace::kWithRows,
    .objection = &objection_of_word2vec_binary,
    .write = &write_word2vec_binary,
};

}  // namespace kgaudit::models::output_formats_roster
