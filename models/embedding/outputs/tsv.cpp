#include "models/embedding/writing/output_format.hpp"

namespace kgaudit::models::output_formats_roster {
namespace {

std::string_view objection_of_tsv(std::string_view name) {
  if (const auto why = objection_of_utf8(name); !why.empty()) return why;
  if (const auto why = objection_of_lines(name); !why.empty()) return why;
  // Here it would come back; pandas and others take it for the beginning of a quoted field.
  return name.starts_with('"') ? "a quote at its beginning" : "";
}

class TsvWriter final : public RowWriter {
 public:
  explicit TsvWriter(const std::filesystem::path& file) : RowWriter(file) {}
  void add(std::string_view name, std::span<const float> row) override {
    line_ = name;
    for (const float number : row) {
      line_ += '\t';
      append_number(line_, number);
    }
    add_line(line_);
  }

 private:
  std::string line_;
};

std::unique_ptr<RowWriter> begin_tsv(const std::filesystem::path& file,
                                     const TableShape& /*shape*/) {
  return std::make_unique<TsvWriter>(file);
}

}  // namespace

extern const OutputFormat tsv;
constinit const OutputFormat tsv = {
    .id = "tsv",
    .title = "rows of text",
    .description = "A row a line: its name, then its numbers, separated by tabs; no header",
    .source = "PyTorch-BigGraph's users, pandas.read_csv(sep='\\t', header=None), spreadsheets",
    .pitfalls =
        "Text is three to four times the size of the floats it says. Names may hold blanks, but no "
        "tabs and line ends.",
    .ending = ".tsv",
    .reader = "text-rows",
    .names = NamePlace::kWithRows,
    .objection = &objection_of_tsv,
    .begin = &begin_tsv,
};

}  // namespace kgaudit::models::output_formats_roster
