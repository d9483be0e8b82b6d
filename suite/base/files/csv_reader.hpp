#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "suite/base/files/line_reader.hpp"

namespace kgaudit {

/// Reads records of fields as RFC 4180 has them: fields are separated by `separator`; a field in
/// double quotes may hold separators, line ends and, written twice, double quotes; nothing else is
/// trimmed or changed. LF and CRLF end a line; inside quotes both become LF. A line without any
/// byte is no record. The lines themselves are checked as LineReader does it.
///
/// Fast C++ CSV Parser is not used here: it wants the number of columns when it is compiled, and a
/// quoted field of it cannot hold a line end.
class CsvReader {
 public:
  CsvReader(ByteSource& source, std::string place, char separator = ',');

  /// Moves to the next record; false at the end. Throws InputError (unreadable) with place:line
  /// for a quoted field without an end, for bytes after a closing quote, for a quote inside an
  /// unquoted field, and for a record of more than kLineBytes.
  bool next();
  /// Of the current record, at least one; valid until next().
  [[nodiscard]] const std::vector<std::string>& fields() const { return fields_; }
  /// "place:line" where the current record begins.
  [[nodiscard]] std::string where() const;
  [[nodiscard]] InputError error(std::string got, std::string expected,
                                 std::string advice = "") const;

 private:
  bool field(std::string_view& rest);
  void quoted(std::string_view& rest);

  LineReader lines_;
  std::string place_;
  char separator_;
  std::vector<std::string> fields_;
  std::uint64_t first_line_ = 1;
};

}  // namespace kgaudit
