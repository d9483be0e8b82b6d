#include "models/training/training_identity.hpp"

#include <fmt/format.h>

#include "suite/base/hash.hpp"

namespace kgaudit::models {
namespace {

Digest digest_of_card(const datasets::Dataset& data) {
  Sha256 hasher;
  const auto add = [&](const datasets::PersonRelation& r) {
    hasher.add(fmt::format("{} {} {}\n", r.id, r.relation.value, r.inverse));
    for (const datasets::StatingRelation& by : r.also) {
      hasher.add(fmt::format("also {} {}\n", by.relation.value, by.inverse));
    }
    for (const datasets::StatingRelation& by : r.proxies) {
      hasher.add(fmt::format("proxy {} {}\n", by.relation.value, by.inverse));
    }
  };
  for (const datasets::PersonAttribute& a : data.attributes.sensitive()) add(a.source());
  if (data.attributes.profession()) add(data.attributes.profession()->source());
  for (const datasets::Whitelist::Entry& allowed : data.whitelist.entries) {
    hasher.add("whitelist\n");
    for (const RelationId r : allowed.relations) hasher.add(fmt::format("relation {}\n", r.value));
    for (const RelationId r : allowed.inverse_relations) {
      hasher.add(fmt::format("inverse relation {}\n", r.value));
    }
    for (const EntityId e : allowed.professions) {
      hasher.add(fmt::format("profession {}\n", e.value));
    }
  }
  return hasher.finish();
}

}  // namespace

std::string training_identity(std::string_view system, std::uint64_t seed,
                              const datasets::Dataset& data, const Parameters& training,
                              const Parameters& system_parameters) {
  Sha256 hasher;
  for (const Parameters* parameters : {&training, &system_parameters}) {
    for (const auto& [name, value] : parameters->entries()) {
      hasher.add(fmt::format("{}={}\n", name, value_text(value)));
    }
  }
  return fmt::format("system {} seed {} graph {} people {} parameters {}", system, seed,
                     data.graph.digest().hex(), digest_of_card(data).hex(), hasher.finish().hex());
}

}  // namespace kgaudit::models
