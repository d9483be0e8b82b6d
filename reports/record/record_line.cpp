#include "reports/record/record_line.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "suite/base/files/strict_json.hpp"

namespace kgaudit::reports {

LineWriter::LineWriter(int schema, std::string_view kind) {
  json_.open_object();
  whole("schema", static_cast<std::uint64_t>(schema)).text("kind", kind);
}

LineWriter& LineWriter::text(std::string_view key, std::string_view value) {
  json_.key(key).text(value);
  return *this;
}

LineWriter& LineWriter::whole(std::string_view key, std::uint64_t value) {
  json_.key(key).whole(value);
  return *this;
}

LineWriter& LineWriter::number(std::string_view key, double value) {
  json_.key(key).number(value);
  return *this;
}

LineWriter& LineWriter::number_or_null(std::string_view key, const std::optional<double>& value) {
  json_.key(key);
  if (value) {
    json_.number(*value);
  } else {
    json_.null();
  }
  return *this;
}

LineWriter& LineWriter::texts(std::string_view key, const TextMap& values) {
  json_.key(key).open_object();
  for (const auto& [name, value] : values) json_.key(name).text(value);
  json_.close();
  return *this;
}

LineWriter& LineWriter::text_pairs(std::string_view key, const TextPairs& pairs) {
  json_.key(key).open_list();
  for (const auto& [name, value] : pairs) json_.open_list().text(name).text(value).close();
  json_.close();
  return *this;
}

LineWriter& LineWriter::text_list(std::string_view key, std::span<const std::string> values) {
  json_.key(key).open_list();
  for (const std::string& value : values) json_.text(value);
  json_.close();
  return *this;
}

LineWriter& LineWriter::wholes(std::string_view key, std::span<const std::uint64_t> values) {
  json_.key(key).open_list();
  for (const std::uint64_t value : values) json_.whole(value);
  json_.close();
  return *this;
}

std::string canonical_json(std::string_view json, std::string_view place) {
  return parse_strict_json(json, place).dump();
}

}  // namespace kgaudit::reports
