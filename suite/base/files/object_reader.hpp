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

#include "suite/base/error.hpp"

namespace kgaudit {

/// Texts by name, in the order of the names.
using TextMap = std::map<std::string, std::string>;
/// Texts by name, in reading order.
using TextPairs = std::vector<std::pair<std::string, std::string>>;

/// Hands out the keys of one JSON object by type and, at the end, refuses those nobody asked for.
/// Everything that is missing, unknown or of another type is an InputError (unreadable) at its
/// place.
class ObjectReader {
 public:
  /// Reads `text` strictly (see `parse_strict_json`). `place` is "file:line", or a file.
  ObjectReader(std::string_view text, std::string_view place);

  [[nodiscard]] bool has(const char* key) const;

  [[nodiscard]] std::string text(const char* key);
  [[nodiscard]] std::uint64_t whole(const char* key);
  [[nodiscard]] bool flag(const char* key);
  [[nodiscard]] double number(const char* key);
  [[nodiscard]] std::optional<double> number_or_null(const char* key);
  [[nodiscard]] TextMap texts(const char* key);
  [[nodiscard]] TextPairs text_pairs(const char* key);
  [[nodiscard]] std::vector<std::string> text_list(const char* key);
  [[nodiscard]] std::vector<std::uint64_t> wholes(const char* key);
  /// The numbers of an object in its order.
  [[nodiscard]] std::vector<std::pair<std::string, double>> numbers(const char* key);
  /// An object as text on one line, without blanks, keys in its order.
  [[nodiscard]] std::string json(const char* key);
  [[nodiscard]] ObjectReader object(const char* key);
  [[nodiscard]] std::vector<ObjectReader> objects(const char* key);

  /// The number under "schema". Throws InputError (not comparable) if it is none of `known`.
  std::uint64_t schema(std::span<const std::uint64_t> known);
  /// Refuses keys that nobody asked for. To be called when everything was asked for; without it
  /// other keys are passed over.
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

}  // namespace kgaudit
