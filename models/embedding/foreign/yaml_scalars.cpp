#include "models/embedding/foreign/yaml_scalars.hpp"

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <yaml.h>

#include "suite/base/error.hpp"

namespace kgaudit::models {
namespace {

constexpr std::size_t kYamlDepth = 64;
constexpr std::size_t kYamlScalars = 10'000;
constexpr std::size_t kYamlLongestPlace = 1024;

/// libyaml's parser, which gives one event after the other and builds no tree.
class YamlEvents {
 public:
  YamlEvents(std::string_view text, std::string_view place) : place_(place) {
    if (yaml_parser_initialize(&parser_) == 0) throw std::bad_alloc();
    // The parser only reads; its interface is older than that promise.
    yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(text.data()),
                                 text.size());
  }
  YamlEvents(const YamlEvents&) = delete;
  YamlEvents& operator=(const YamlEvents&) = delete;
  ~YamlEvents() {
    yaml_event_delete(&event_);
    yaml_parser_delete(&parser_);
  }

  /// The next event; it lasts until the next call.
  const yaml_event_t& next() {
    yaml_event_delete(&event_);
    if (yaml_parser_parse(&parser_, &event_) == 0) {
      throw refused(parser_.problem == nullptr ? "something else" : parser_.problem, "YAML");
    }
    return event_;
  }

  [[nodiscard]] InputError refused(std::string got, std::string expected) const {
    return InputError::unreadable(fmt::format("{}:{}", place_, parser_.mark.line + 1),
                                  std::move(got), std::move(expected),
                                  "the file as the tool wrote it");
  }

 private:
  yaml_parser_t parser_ = {};
  yaml_event_t event_ = {};
  std::string place_;
};

/// A mapping or a list that is being read.
struct OpenNode {
  bool list = false;
  std::string path;                ///< where it stands, "" at the top
  std::optional<std::string> key;  ///< of a mapping, once the key is read and its value is awaited
  std::uint64_t items = 0;         ///< of a list
};

/// Where the next value of the innermost node stands.
std::string place_of_value(const std::vector<OpenNode>& open) {
  if (open.empty()) return "";
  const OpenNode& node = open.back();
  const std::string last = node.list ? fmt::format("{}", node.items) : node.key.value_or("");
  return node.path.empty() ? last : fmt::format("{}.{}", node.path, last);
}

/// The innermost node has got its value.
void value_done(std::vector<OpenNode>& open) {
  if (open.empty()) return;
  open.back().key.reset();
  ++open.back().items;
}

}  // namespace

std::map<std::string, std::string> read_yaml_scalars(std::string_view text,
                                                     std::string_view place) {
  YamlEvents events(text, place);
  std::map<std::string, std::string> scalars;
  std::vector<OpenNode> open;
  // Each value is kept with its whole place: a long key before many would fill the memory.
  const auto checked_place = [&] {
    std::string at = place_of_value(open);
    if (at.size() > kYamlLongestPlace) {
      throw events.refused(fmt::format("keys of {} bytes one in another", at.size()),
                           fmt::format("at most {} bytes", kYamlLongestPlace));
    }
    return at;
  };
  for (;;) {
    const yaml_event_t& event = events.next();
    const bool awaits_key = !open.empty() && !open.back().list && !open.back().key;
    switch (event.type) {
      case YAML_DOCUMENT_END_EVENT:
      case YAML_STREAM_END_EVENT:
        return scalars;
      case YAML_MAPPING_START_EVENT:
      case YAML_SEQUENCE_START_EVENT:
        if (awaits_key) throw events.refused("a key that is a list or a mapping", "a text as key");
        if (open.size() == kYamlDepth) {
          throw events.refused(fmt::format("more than {} levels", kYamlDepth), "fewer levels");
        }
        open.push_back({event.type == YAML_SEQUENCE_START_EVENT, checked_place(), {}, 0});
        break;
      case YAML_MAPPING_END_EVENT:
      case YAML_SEQUENCE_END_EVENT:
        open.pop_back();
        value_done(open);
        break;
      case YAML_SCALAR_EVENT: {
        std::string value(reinterpret_cast<const char*>(event.data.scalar.value),
                          event.data.scalar.length);
        if (awaits_key) {
          open.back().key = std::move(value);
          break;
        }
        if (scalars.size() == kYamlScalars) {
          throw events.refused(fmt::format("more than {} values", kYamlScalars), "fewer values");
        }
        scalars.insert_or_assign(checked_place(), std::move(value));
        value_done(open);
        break;
      }
      case YAML_ALIAS_EVENT:
        if (awaits_key) throw events.refused("an alias as key", "a text as key");
        value_done(open);
        break;
      case YAML_NO_EVENT:
      case YAML_STREAM_START_EVENT:
      case YAML_DOCUMENT_START_EVENT:
        break;
    }
  }
}

}  // namespace kgaudit::models
