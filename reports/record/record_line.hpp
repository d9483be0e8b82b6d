#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "reports/record/json_text.hpp"
#include "suite/base/files/object_reader.hpp"

namespace kgaudit::reports {

/// Writes one line of a record, keys in the order of the calls. Every line begins with "schema" and
/// "kind".
class LineWriter {
 public:
  LineWriter(int schema, std::string_view kind);

  LineWriter& text(std::string_view key, std::string_view value);
  LineWriter& whole(std::string_view key, std::uint64_t value);
  LineWriter& number(std::string_view key, double value);
  LineWriter& number_or_null(std::string_view key, const std::optional<double>& value);
  LineWriter& texts(std::string_view key, const TextMap& values);
  LineWriter& text_pairs(std::string_view key, const TextPairs& pairs);
  LineWriter& text_list(std::string_view key, std::span<const std::string> values);
  LineWriter& wholes(std::string_view key, std::span<const std::uint64_t> values);
  /// An object of numbers, in the order of `values`: of a map or of pairs.
  template <typename Named>
  LineWriter& numbers(std::string_view key, const Named& values) {
    json_.key(key).open_object();
    for (const auto& [name, value] : values) json_.key(name).number(value);
    json_.close();
    return *this;
  }
  /// For what the calls above have no word for.
  [[nodiscard]] JsonText& json() { return json_; }

  /// The finished line without the newline.
  [[nodiscard]] std::string finish() { return json_.close().take(); }

 private:
  JsonText json_;
};

/// JSON text in the one form that records keep: one line, no spaces, keys in the given order.
/// Throws InputError (unreadable) at `place`.
[[nodiscard]] std::string canonical_json(std::string_view json, std::string_view place);

}  // namespace kgaudit::reports
