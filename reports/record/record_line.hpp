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
#include "suite/base/error.hpp"

namespace kgaudit::reports {

/// Texts by name, in the order of the names.
using TextMap = std::map<std::string, std::string>;
/// Texts by name, in reading order.
using TextPairs = std::vector<std::pair<std::string, std::string>>;

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

/// Hands out the keys of one JSON object by type and, at the end, refuses those nobody asked for.
/// Everything that is missing, unknown or of another type is an InputError (unreadable) at the
/// place of the line.
class ObjectReader {
 public:
  /// Reads `text` strictly (see `parse_strict_json`). `place` is "file:line".
  ObjectReader(std::string_view text, std::string_view place);

  [[nodiscard]] bool has(const char* key) const;

  [[nodiscard]] std::string text(const char* key);
  [[nodiscard]] std::uint64_t whole(const char* key);
  [[nodiscard]] double number(const char* key);
  [[nodiscard]] std::optional<double> number_or_null(const char* key);
  [[nodiscard]] TextMap texts(const char* key);
  [[nodiscard]] TextPairs text_pairs(const char* key);
  [[nodiscard]] std::vector<std::string> text_list(const char* key);
  [[nodiscard]] std::vector<std::uint64_t> wholes(const char* key);
  /// The numbers of an object in its order.
  [[nodiscard]] std::vector<std::pair<std::string, double>> numbers(const char* key);
  /// An object in the one form that records keep (see `canonical_json`).
  [[nodiscard]] std::string json(const char* key);
  [[nodiscard]] ObjectReader object(const char* key);
  [[nodiscard]] std::vector<ObjectReader> objects(const char* key);

  /// The number under "schema". Throws InputError (not comparable) if it is none of `known`.
  std::uint64_t schema(std::span<const std::uint64_t> known);
  /// To be called when everything was asked for.
  void finish() const;

  [[nodiscard]] InputError refuse(std::string got, std::string expected,
                                  std::string advice = "") const;
  [[nodiscard]] const std::string& place() const { return place_; }

 private:
  using Json = nlohmann::ordered_json;

  ObjectReader(std::shared_ptr<const Json> whole, const Json& object, std::string place);
  const Json& at(const char* key);
  const Json& object_at(const char* key);
  const Json& list_at(const char* key, const char* expected, bool (*good)(const Json&));
  [[nodiscard]] double number_of(const char* key, const Json& value) const;
  [[nodiscard]] InputError wrong_type(const char* key, const Json& value,
                                      std::string expected) const;

  std::shared_ptr<const Json> whole_;  ///< what `object_` lies in
  const Json* object_;
  std::string place_;
  std::set<std::string> asked_;
};

/// JSON text in the one form that records keep: one line, no spaces, keys in the given order.
/// Throws InputError (unreadable) at `place`.
[[nodiscard]] std::string canonical_json(std::string_view json, std::string_view place);

}  // namespace kgaudit::reports
