#include <string>
#include <vector>

#include "models/embedding/foreign/embedding_format.hpp"
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

TEST_CASE("Tensors of the call before version 2 are read, and members under the file's own name",
          "[models][torch]") {
  // As PyTorch 0.1 to 0.3 called it: without requires_grad and hooks.
  std::string tensor = tensor_op("0", {2, 2}, {2, 1});
  const std::string newer = global_op("torch._utils", "_rebuild_tensor_v2");
  tensor.replace(tensor.find(newer), newer.size(), global_op("torch._utils", "_rebuild_tensor"));
  const std::string further = "\x89" + global_op("collections", "OrderedDict") + ")R";
  tensor.erase(tensor.rfind(further), further.size());
  const std::string pickle = "\x80\x02}" + text_op("emb") + tensor + "s.";
  // torch.save names the folder in the zip after the file, or "archive".
  for (const std::string stem : {"rows", "archive"}) {
    CAPTURE(stem);
    const std::string bytes = zip_file(
        {stored(stem + "/data.pkl", pickle), stored(stem + "/data/0", floats({1, 2, 3, 4})),
         stored(stem + "/byteorder", "little"), stored(stem + "/version", "3\n")});
    const TemporaryDirectory folder;
    write_file(folder / "rows.pt", bytes);
    const ForeignEmbedding read = read_foreign_embedding(folder / "rows.pt");
    CHECK(read.format == "torch-state");
    CHECK(read.entities.shape == std::vector<std::uint64_t>{2, 2});
    MemoryBudget budget;
    CHECK(rows_of(read.entities, "test", budget).rows.row(1)[0] == 3.0F);
  }
}
