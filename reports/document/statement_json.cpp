#include "reports/document/statement_json.hpp"

#include <optional>

#include "reports/record/json_text.hpp"

namespace kgaudit::reports {
namespace {

void put(JsonText& json, const std::string& text) {
  if (text.empty()) {
    json.null();
  } else {
    json.text(text);
  }
}

void put(JsonText& json, const std::optional<double>& number) {
  if (number) {
    json.number(*number);
  } else {
    json.null();
  }
}

}  // namespace

std::string statements_json(std::span<const Statement> statements) {
  JsonText json;
  json.open_list();
  for (const Statement& statement : statements) {
    json.open_object().key("kind").text(statement.kind);
    put(json.key("row"), statement.row);
    put(json.key("attribute"), statement.attribute);
    put(json.key("value"), statement.value);
    put(json.key("neutral"), statement.neutral);
    put(json.key("reference"), statement.reference);
    json.key("words").text(statement.words).close();
  }
  return json.close().take();
}

}  // namespace kgaudit::reports
