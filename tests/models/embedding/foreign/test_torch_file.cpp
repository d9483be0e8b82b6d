#include <string>
#include <vector>

#include "models/embedding/foreign/torch_file.hpp"
#include "tests/models/embedding/foreign/built_files.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::models;
using namespace kgaudit::tests;

TEST_CASE("Tensors of a state dict are named by their keys, joined by dots, and none by a long one",
          "[models][torch]") {
  // {long: {long: tensor, "w": tensor}}
  const std::string key(600, 'k');
  const std::string pickle = "\x80\x02}" + text_op(key) + "}" + text_op(key) +
                             tensor_op("0", {1, 2}, {2, 1}) + "s" + text_op("w") +
                             tensor_op("1", {1, 2}, {2, 1}) + "ss.";
  const std::string bytes = torch_zip_of(pickle, {stored("archive/data/0", floats({1.0F, 2.0F})),
                                                  stored("archive/data/1", floats({3.0F, 4.0F}))});
  MemoryBudget budget(std::uint64_t{1} << 20U);
  const TorchFile file(bytes, "model.pt", budget);
  const auto tensors = state_dict_tensors(file, file.root());
  REQUIRE(tensors.size() == 1);
  CHECK(tensors.begin()->first == key + ".w");
}
