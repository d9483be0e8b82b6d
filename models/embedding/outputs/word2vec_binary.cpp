#include <fmt/format.h>

#include "models/embedding/writing/output_format.hpp"

namespace kgaudit::models::output_formats_roster {
namespace {

/// The reader looks for the blank after a name in so many bytes.
constexpr std::size_t kMostNameBytes = 1U << 16U;

std::string_view objection_of_word2vec_binary(std::string_view name) {
  if (const auto why = objection_of_lines(name); !why.empty()) return why;
  if (name.size() > kMostNameBytes) return "more than 65,536 bytes";
  return objection_of_blanks(name);
}

class Word2vecBinaryWriter final : public RowWriter {
 public:
  Word2vecBinaryWriter(const std::filesystem::path& file, const TableShape& shape)
      : RowWriter(file) {
    write(fmt::format("{} {}\n", shape.rows, shape.width));
  }
  void add(std::string_view name, std::span<const float> row) override {
    write(name);
    write(" ");
    write(row_bytes(row));
    write("\n");
  }
};

std::unique_ptr<RowWriter> begin_word2vec_binary(const std::filesystem::path& file,
                                                 const TableShape& shape) {
  return std::make_unique<Word2vecBinaryWriter>(file, shape);
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
    .begin = &begin_word2vec_binary,
};

}  // namespace kgaudit::models::output_formats_roster
