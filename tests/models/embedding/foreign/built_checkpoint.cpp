#include "tests/models/embedding/foreign/built_checkpoint.hpp"

#include <catch2/catch.hpp>

#include "tests/test_support.hpp"

namespace kgaudit::tests {

CheckpointFile::CheckpointFile(const std::filesystem::path& path)
    : file_(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT)) {
  REQUIRE(file_ >= 0);
}

CheckpointFile::~CheckpointFile() { H5Fclose(file_); }

void CheckpointFile::put(const std::string& name, const std::vector<hsize_t>& shape,
                         const std::vector<float>& values, bool in_pieces) {
  const hid_t space = H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr);
  const hid_t groups = H5Pcreate(H5P_LINK_CREATE);
  H5Pset_create_intermediate_group(groups, 1);
  const hid_t layout = H5Pcreate(H5P_DATASET_CREATE);
  if (in_pieces) {
    std::vector<hsize_t> piece = shape;
    piece.front() = 1;
    H5Pset_chunk(layout, static_cast<int>(piece.size()), piece.data());
    if (H5Zfilter_avail(H5Z_FILTER_DEFLATE) > 0) H5Pset_deflate(layout, 6);
  }
  const hid_t data =
      H5Dcreate2(file_, name.c_str(), H5T_IEEE_F32LE, space, groups, layout, H5P_DEFAULT);
  REQUIRE(data >= 0);
  CHECK(H5Dwrite(data, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) >= 0);
  H5Dclose(data);
  H5Pclose(layout);
  H5Pclose(groups);
  H5Sclose(space);
}

void write_checkpoint(const std::filesystem::path& folder, const std::string& comparator,
                      bool in_pieces) {
  write_file(folder / "config.json",
             R"({"entities": {"all": {"num_partitions": 1}}, "dimension": 2, "comparator": ")" +
                 comparator +
                 R"(", "dynamic_relations": true, "entity_path": "data", "relations": )"
                 R"([{"name": "all", "lhs": "all", "rhs": "all", "operator": "translation"}]})");
  write_file(folder / "checkpoint_version.txt", "7");
  write_file(folder / "entity_names_all_0.json", R"(["a", "b"])");
  write_file(folder / "dynamic_rel_names.json", R"(["r", "s"])");
  CheckpointFile(folder / "embeddings_all_0.v7.h5")
      .put("embeddings", {2, 2}, {1, 2, 3, 4}, in_pieces);
  CheckpointFile model(folder / "model.v7.h5");
  model.put("model/relations/0/operator/lhs/translations", {2, 2}, {5, 6, 7, 8}, in_pieces);
  model.put("model/relations/0/operator/rhs/translations", {2, 2}, {-5, -6, -7, -8}, in_pieces);
}

}  // namespace kgaudit::tests
