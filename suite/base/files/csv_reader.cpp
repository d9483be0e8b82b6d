#include "suite/base/files/csv_reader.hpp"

#include <algorithm>
#include <utility>

#include "suite/base/text.hpp"

namespace kgaudit {

CsvReader::CsvReader(ByteSource& source, std::string place, char separator)
    : lines_(source, place), place_(std::move(place)), separator_(separator) {}

std::string CsvReader::where() const { return fmt::format("{}:{}", place_, first_line_); }

InputError CsvReader::error(std::string got, std::string expected, std::string advice) const {
  return InputError::unreadable(where(), std::move(got), std::move(expected), std::move(advice));
}

/// Reads on from an opening quote to behind its closing one, over line ends.
void CsvReader::quoted(std::string_view& rest) {
  std::string& field = fields_.back();
  rest.remove_prefix(1);
  for (;;) {
    const std::size_t quote = rest.find('"');
    field += rest.substr(0, quote);
    if (field.size() > kLineBytes) {
      throw error(fmt::format("a quoted field of more than {} bytes", with_thousands(kLineBytes)),
                  "a closing quote before that", "write a quote inside a field twice");
    }
    if (quote == std::string_view::npos) {
      if (!lines_.next()) {
        throw error("a quoted field that never ends", "a closing quote",
                    "write a quote inside a field twice, and the field in quotes");
      }
      field += '\n';
      rest = lines_.line();
      continue;
    }
    rest.remove_prefix(quote + 1);
    if (!rest.starts_with('"')) return;
    field += '"';
    rest.remove_prefix(1);
  }
}

/// Reads one field; false when it was the last of the record.
bool CsvReader::field(std::string_view& rest) {
  fields_.emplace_back();
  if (rest.starts_with('"')) {
    quoted(rest);
    if (!rest.empty() && rest.front() != separator_) {
      throw error(fmt::format("'{}' after a closing quote", printable(rest, 20)),
                  fmt::format("'{}' or the end of the line", separator_),
                  "write a quote inside a field twice");
    }
  } else {
    const std::size_t end = std::min(rest.find(separator_), rest.size());
    fields_.back() = rest.substr(0, end);
    if (fields_.back().find('"') != std::string::npos) {
      throw error(fmt::format("a quote inside '{}'", printable(fields_.back(), 40)),
                  "quotes around the whole field", "write a quote inside a field twice");
    }
    rest.remove_prefix(end);
  }
  if (rest.empty()) return false;
  rest.remove_prefix(1);
  return true;
}

bool CsvReader::next() {
  fields_.clear();
  do {
    if (!lines_.next()) return false;
  } while (lines_.line().empty());
  first_line_ = lines_.number();
  std::string_view rest = lines_.line();
  while (field(rest)) {
  }
  return true;
}

}  // namespace kgaudit
