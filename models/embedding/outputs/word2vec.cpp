#include <fmt/format.h>

#include "models/embedding/writing/output_format.hpp"

namespace kgaudit::models::output_formats_roster {
namespace {

std::string_view objection_of_word2vec(std::string_view name) {
  if (const auto why = objection_of_utf8(name); !why.empty()) return why;
  if (const auto why = objection_of_lines(name); !why.empty()) return why;
  return objection_of_blanks(name);
}

class Word2vecWriter final : public RowWriter {
 public:
  Word2vecWriter(const std::filesystem::path& file, const TableShape& shape) : RowWriter(file) {
    write(fmt::format("{} {}\n", shape.rows, shape.width));
  }
  void add(std::string_view name, std::span<const float> row) override {
    line_ = name;
    for (const float number : row) {
      line_ += ' ';
      append_number(line_, number);
    }
    add_line(line_);
  }

 private:
  std::string line_;
};

std::unique_ptr<RowWriter> begin_word2vec(const std::filesystem::path& file,
                                          const TableShape& shape) {
  return std::make_unique<Word2vecWriter>(file, shape);
}

}  // namespace

extern const OutputFormat word2vec;
constinit const OutputFormat word2vec = {
    .id = "word2vec",
    .title = "word2vec text",
    .description = "A line 'rows width', then a row a line: its name and its numbers, with blanks",
    .source = "gensim's KeyedVectors.load_word2vec_format, word2vec",
    .pitfalls = "Names hold no blank. Text is three to four times the size of the floats it says.",
    .ending = ".w2v.txt",
    .reader = "word2vec-text",
    .names = NamePlace::kWithRows,
    .objection = &objection_of_word2vec,
    .begin = &begin_word2vec,
};

}  // namespace kgaudit::models::output_formats_roster
