#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace kgaudit {

using ParameterValue = std::variant<bool, std::int64_t, double, std::string>;

/// One row of a component's parameter table. The row feeds parsing, help, validation, the plan and
/// the docs; there is no second description of a parameter anywhere.
struct ParameterSpec {
  std::string name;                  ///< snake_case, unique in its table
  ParameterValue default_value;      ///< also fixes the type
  double low = 0.0;                  ///< numbers: smallest allowed
  double high = 0.0;                 ///< numbers: largest allowed
  std::vector<std::string> choices;  ///< texts: allowed words; empty = any text
  std::string unit;                  ///< "" when it has none
  std::string meaning;               ///< one sentence; says what a special value (0) means

  static ParameterSpec flag(std::string name, bool default_value, std::string meaning);
  static ParameterSpec integer(std::string name, std::int64_t default_value, std::int64_t low,
                               std::int64_t high, std::string unit, std::string meaning);
  static ParameterSpec real(std::string name, double default_value, double low, double high,
                            std::string unit, std::string meaning);
  static ParameterSpec choice(std::string name, std::string default_value,
                              std::vector<std::string> choices, std::string meaning);
  static ParameterSpec text(std::string name, std::string default_value, std::string meaning);

  /// "integer in [1, 4096]", "one of: dot, l1, l2", "true or false" ...
  [[nodiscard]] std::string range_text() const;
};

[[nodiscard]] std::string value_text(const ParameterValue& value);

/// The resolved values of one table: every row has a value of its type inside its range.
class Parameters {
 public:
  Parameters() = default;
  /// Every row at its default.
  explicit Parameters(std::span<const ParameterSpec> table);

  /// Sets one value from text or from a typed value. Throws InputError (usage) with `place`, the
  /// range and the nearest known name for an unknown name, a wrong type or a value out of range.
  void set(std::string_view name, std::string_view text, std::string_view place);
  void set(std::string_view name, const ParameterValue& value, std::string_view place);

  [[nodiscard]] bool has(std::string_view name) const;
  /// The name that decides for an attribute: `<stem>_<attribute>` where the table has it, else
  /// `general`.
  [[nodiscard]] std::string own_or_general(std::string_view stem, std::string_view attribute,
                                           std::string_view general) const;
  [[nodiscard]] bool flag(std::string_view name) const;
  [[nodiscard]] std::int64_t integer(std::string_view name) const;
  [[nodiscard]] double real(std::string_view name) const;
  [[nodiscard]] const std::string& text(std::string_view name) const;
  [[nodiscard]] std::size_t count(std::string_view name) const;

  [[nodiscard]] const std::vector<ParameterSpec>& table() const { return table_; }
  [[nodiscard]] const ParameterValue& value(std::string_view name) const;
  /// (name, value) in table order.
  [[nodiscard]] std::vector<std::pair<std::string, ParameterValue>> entries() const;

 private:
  [[nodiscard]] const ParameterSpec& spec(std::string_view name) const;

  std::vector<ParameterSpec> table_;
  std::map<std::string, ParameterValue, std::less<>> values_;
};

}  // namespace kgaudit
