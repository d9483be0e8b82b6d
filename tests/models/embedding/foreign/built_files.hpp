#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace kgaudit::tests {

/// Files of other tools, written byte by byte by these tests.

/// Little-endian bytes of a number.
template <typename T>
[[nodiscard]] std::string little(T value) {
  return std::string(reinterpret_cast<const char*>(&value), sizeof value);
}
[[nodiscard]] std::string floats(const std::vector<float>& values);

struct BuiltMember {
  std::string name;
  std::string data;  ///< as it lies in the file
  bool deflated = false;
  std::uint64_t size = 0;   ///< unpacked; 0: that of the data
  std::uint32_t crc32 = 0;  ///< of the unpacked data
  std::size_t padding = 0;  ///< bytes of extra field in the local header
};
[[nodiscard]] std::string zip_file(const std::vector<BuiltMember>& members);
[[nodiscard]] std::uint32_t crc_of(std::string_view bytes);
/// A member that is stored, with its checksum.
[[nodiscard]] BuiltMember stored(std::string name, std::string data);

[[nodiscard]] std::string npy_file(std::string_view descr, bool fortran, std::string_view shape,
                                   std::string_view data);

/// A short pickle of protocol 2: opcodes joined.
[[nodiscard]] std::string text_op(std::string_view text);
[[nodiscard]] std::string global_op(std::string_view module, std::string_view name);
[[nodiscard]] std::string int_op(std::int32_t value);
/// A numpy array of f4 with two dimensions; `data` are its bytes, at most 255.
[[nodiscard]] std::string array_op(int rows, int width, const std::string& data);
/// One tensor by its storage: torch._utils._rebuild_tensor_v2.
[[nodiscard]] std::string tensor_op(std::string_view key, const std::vector<int>& shape,
                                    const std::vector<int>& strides, int offset = 0,
                                    std::string_view storage = "FloatStorage");
struct BuiltTensor {
  std::string name;
  std::vector<int> shape;
  std::vector<float> values;
};
/// A file of torch.save with a dict of these tensors: a zip, or the legacy form.
[[nodiscard]] std::string torch_zip(const std::vector<BuiltTensor>& tensors);
[[nodiscard]] std::string torch_legacy(const std::vector<BuiltTensor>& tensors);
[[nodiscard]] std::string torch_zip_of(const std::string& pickle,
                                       const std::vector<BuiltMember>& more = {});

}  // namespace kgaudit::tests
