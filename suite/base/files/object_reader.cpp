#include "suite/base/files/object_reader.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "suite/base/files/strict_json.hpp"

namespace kgaudit {

ObjectReader::ObjectReader(std::shared_ptr<const Json> whole, const Json& object, std::string place)
    : whole_(std::move(whole)), object_(&object), place_(std::move(place)) {
  if (!object.is_object()) {
    throw refuse(fmt::format("{} in place of an object", object.type_name()), "{\"key\": ...}");
  }
}

ObjectReader::ObjectReader(std::string_view text, std::string_view place)
    : whole_(std::make_shared<const Json>(parse_strict_json(text, place))),
      object_(whole_.get()),
      place_(place) {
  if (!object_->is_object()) {
    throw refuse(fmt::format("{} in place of an object", object_->type_name()), "{\"key\": ...}");
  }
}

bool ObjectReader::has(const char* key) const { return object_->contains(key); }

std::string ObjectReader::text(const char* key) {
  const Json& value = at(key);
  if (!value.is_string()) throw wrong_type(key, value, "a text");
  return value.get<std::string>();
}

std::uint64_t ObjectReader::whole(const char* key) {
  const Json& value = at(key);
  if (!value.is_number_unsigned()) throw wrong_type(key, value, "a whole number, not negative");
  return value.get<std::uint64_t>();
}

bool ObjectReader::flag(const char* key) {
  const Json& value = at(key);
  if (!value.is_boolean()) throw wrong_type(key, value, "true or false");
  return value.get<bool>();
}

double ObjectReader::number(const char* key) { return number_of(key, at(key)); }

std::optional<double> ObjectReader::number_or_null(const char* key) {
  const Json& value = at(key);
  if (value.is_null()) return std::nullopt;
  return number_of(key, value);
}

TextMap ObjectReader::texts(const char* key) {
  TextMap all;
  for (const auto& [name, value] : object_at(key).items()) {
    if (!value.is_string()) throw wrong_type(key, value, "an object of texts");
    all[name] = value.get<std::string>();
  }
  return all;
}

TextPairs ObjectReader::text_pairs(const char* key) {
  TextPairs all;
  for (const Json& pair : list_at(key, "a list of [name, text]", [](const Json& one) {
         return one.is_array() && one.size() == 2 && one[0].is_string() && one[1].is_string();
       })) {
    all.emplace_back(pair[0].get<std::string>(), pair[1].get<std::string>());
  }
  return all;
}

std::vector<std::string> ObjectReader::text_list(const char* key) {
  std::vector<std::string> all;
  for (const Json& value :
       list_at(key, "a list of texts", [](const Json& one) { return one.is_string(); })) {
    all.push_back(value.get<std::string>());
  }
  return all;
}

std::vector<std::uint64_t> ObjectReader::wholes(const char* key) {
  std::vector<std::uint64_t> all;
  for (const Json& value : list_at(key, "a list of whole numbers, none negative",
                                   [](const Json& one) { return one.is_number_unsigned(); })) {
    all.push_back(value.get<std::uint64_t>());
  }
  return all;
}

std::vector<std::pair<std::string, double>> ObjectReader::numbers(const char* key) {
  std::vector<std::pair<std::string, double>> all;
  for (const auto& [name, value] : object_at(key).items()) {
    all.emplace_back(name, number_of(key, value));
  }
  return all;
}

std::string ObjectReader::json(const char* key) { return object_at(key).dump(); }

ObjectReader ObjectReader::object(const char* key) { return {whole_, object_at(key), place_}; }

std::vector<ObjectReader> ObjectReader::objects(const char* key) {
  std::vector<ObjectReader> all;
  for (const Json& one :
       list_at(key, "a list of objects", [](const Json& value) { return value.is_object(); })) {
    all.push_back(ObjectReader(whole_, one, place_));
  }
  return all;
}

std::uint64_t ObjectReader::schema(std::span<const std::uint64_t> known) {
  const std::uint64_t schema = whole("schema");
  if (std::find(known.begin(), known.end(), schema) == known.end()) {
    throw InputError(ExitCode::kNotComparable,
                     {place_, fmt::format("schema version {}", schema),
                      fmt::format("schema version {}", fmt::join(known, " or ")),
                      "read it with the kgaudit version that wrote it, or run the plan again"});
  }
  return schema;
}

void ObjectReader::finish() const {
  for (const auto& [key, value] : object_->items()) {
    if (asked_.contains(key)) continue;
    throw refuse(fmt::format("unknown key '{}'", printable(key)),
                 fmt::format("one of: {}", fmt::join(asked_, ", ")),
                 InputError::guess(key, asked_));
  }
}

InputError ObjectReader::refuse(std::string got, std::string expected, std::string advice) const {
  return InputError::unreadable(place_, std::move(got), std::move(expected), std::move(advice));
}

const ObjectReader::Json& ObjectReader::at(const char* key) {
  asked_.insert(key);
  const auto found = object_->find(key);
  if (found == object_->end()) {
    throw refuse(fmt::format("the key '{}' is missing", key), "all keys that belong there");
  }
  return *found;
}

const ObjectReader::Json& ObjectReader::object_at(const char* key) {
  const Json& value = at(key);
  if (!value.is_object()) throw wrong_type(key, value, "an object");
  return value;
}

const ObjectReader::Json& ObjectReader::list_at(const char* key, const char* expected,
                                                bool (*good)(const Json&)) {
  const Json& list = at(key);
  if (!list.is_array() || !std::all_of(list.begin(), list.end(), good)) {
    throw wrong_type(key, list, expected);
  }
  return list;
}

double ObjectReader::number_of(const char* key, const Json& value) const {
  if (!value.is_number()) throw wrong_type(key, value, "a finite number");
  return value.get<double>();
}

InputError ObjectReader::wrong_type(const char* key, const Json& value,
                                    std::string expected) const {
  return refuse(fmt::format("'{}' is {}", key, printable(value.dump(), 40)), std::move(expected));
}

}  // namespace kgaudit
