#include "models/embedding/foreign/yaml_scalars.hpp"

#include <catch2/catch.hpp>

#include "suite/base/error.hpp"

using kgaudit::InputError;
using kgaudit::models::read_yaml_scalars;
using Scalars = std::map<std::string, std::string>;

TEST_CASE("The scalars of a YAML file are found by their place", "[models][yaml]") {
  CHECK(read_yaml_scalars("model:\n"
                          "  decoder: {type: DISTMULT, options: {input_dim: 50}}\n"
                          "  layers:\n"
                          "    - - type: EMBEDDING\n"
                          "    - - type: 'two words'\n"
                          "seed: 7 # a comment\n",
                          "full_config.yaml") == Scalars{{"model.decoder.type", "DISTMULT"},
                                                         {"model.decoder.options.input_dim", "50"},
                                                         {"model.layers.0.0.type", "EMBEDDING"},
                                                         {"model.layers.1.0.type", "two words"},
                                                         {"seed", "7"}});
  CHECK(read_yaml_scalars("", "empty.yaml").empty());
  CHECK(read_yaml_scalars("a: 1\n---\na: 2\n", "two.yaml") == Scalars{{"a", "1"}});
}

TEST_CASE("Aliases and tags of a YAML file are not followed", "[models][yaml]") {
  CHECK(read_yaml_scalars("a: &x [1, 2]\nb: *x\nc: !!python/object/apply:os.system [ls]\n",
                          "tags.yaml") == Scalars{{"a.0", "1"}, {"a.1", "2"}, {"c.0", "ls"}});
}

TEST_CASE("A YAML file that is broken or nests too deeply is refused", "[models][yaml]") {
  CHECK_THROWS_AS(read_yaml_scalars("a: [1, 2\n", "open.yaml"), InputError);
  CHECK_THROWS_AS(read_yaml_scalars("a: 'b\n", "quote.yaml"), InputError);
  CHECK_THROWS_AS(read_yaml_scalars("? [a, b]\n: 1\n", "key.yaml"), InputError);
  CHECK_THROWS_AS(read_yaml_scalars(std::string(100'000, '['), "deep.yaml"), InputError);
}

TEST_CASE("Keys that are long one in another are refused before they fill the memory",
          "[models][yaml]") {
  const std::string key(600, 'k');
  CHECK(read_yaml_scalars(key + ": 1\n", "long.yaml") == Scalars{{key, "1"}});
  CHECK_THROWS_WITH(read_yaml_scalars(key + ":\n  " + key + ": [1, 2]\n", "long.yaml"),
                    Catch::Contains("keys of 1201 bytes one in another"));
}
