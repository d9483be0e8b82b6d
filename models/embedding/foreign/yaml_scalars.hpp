#pragma once

#include <map>
#include <string>
#include <string_view>

namespace kgaudit::models {

/// The scalars of a YAML file by their place in it: {"model.decoder.type": "DISTMULT"}; items of a
/// list count from 0. Of several documents the first is read. Aliases are not followed and tags are
/// not obeyed. Throws InputError (unreadable) at `place` for what is no YAML, nests deeper than 64
/// levels or holds more than 100,000 scalars.
[[nodiscard]] std::map<std::string, std::string> read_yaml_scalars(std::string_view text,
                                                                   std::string_view place);

}  // namespace kgaudit::models
