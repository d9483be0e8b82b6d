#include "tests/models/embedding/foreign/built_files.hpp"

#include <array>

namespace kgaudit::tests {
namespace {

std::string dict_of_tensors(const std::vector<BuiltTensor>& tensors) {
  std::string pickle = "\x80\x02}(";
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    std::vector<int> strides(tensors[i].shape.size(), 1);
    for (std::size_t k = strides.size(); k-- > 1;) {
      strides[k - 1] = strides[k] * tensors[i].shape[k];
    }
    pickle += text_op(tensors[i].name);
    pickle += tensor_op(std::to_string(i), tensors[i].shape, strides);
  }
  return pickle + "u.";
}

}  // namespace

std::string floats(const std::vector<float>& values) {
  return std::string(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float));
}

std::uint32_t crc_of(std::string_view bytes) {
  std::uint32_t crc = 0xffff'ffff;
  for (const char c : bytes) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1U) ^ ((crc & 1U) != 0 ? 0xedb8'8320U : 0U);
  }
  return ~crc;
}

BuiltMember stored(std::string name, std::string data) {
  BuiltMember member;
  member.crc32 = crc_of(data);
  member.name = std::move(name);
  member.data = std::move(data);
  return member;
}

std::string zip_file(const std::vector<BuiltMember>& members) {
  std::string file;
  std::string directory;
  for (const BuiltMember& member : members) {
    const auto offset = static_cast<std::uint32_t>(file.size());
    const auto packed = static_cast<std::uint32_t>(member.data.size());
    const auto size = static_cast<std::uint32_t>(member.size == 0 ? packed : member.size);
    const auto method = static_cast<std::uint16_t>(member.deflated ? 8 : 0);
    const auto name_bytes = static_cast<std::uint16_t>(member.name.size());
    // As torch writes: sizes of 0 in the local header, which is padded.
    file += "PK\x03\x04" + little<std::uint16_t>(20) + little<std::uint16_t>(0x808) +
            little(method) + little<std::uint32_t>(0) + little<std::uint32_t>(0) +
            little<std::uint32_t>(0) + little<std::uint32_t>(0) + little(name_bytes) +
            little(static_cast<std::uint16_t>(member.padding)) + member.name +
            std::string(member.padding, 'F') + member.data;
    directory += "PK\x01\x02" + little<std::uint16_t>(20) + little<std::uint16_t>(20) +
                 little<std::uint16_t>(0x808) + little(method) + little<std::uint32_t>(0) +
                 little(member.crc32) + little(packed) + little(size) + little(name_bytes) +
                 std::string(4, '\0') + std::string(8, '\0') + little(offset) + member.name;
  }
  const auto count = static_cast<std::uint16_t>(members.size());
  const auto begin = static_cast<std::uint32_t>(file.size());
  return file + directory + "PK\x05\x06" + std::string(4, '\0') + little(count) + little(count) +
         little(static_cast<std::uint32_t>(directory.size())) + little(begin) +
         std::string(2, '\0');
}

std::string npy_file(std::string_view descr, bool fortran, std::string_view shape,
                     std::string_view data) {
  std::string header = "{'descr': " + std::string(descr) +
                       ", 'fortran_order': " + (fortran ? "True" : "False") +
                       ", 'shape': " + std::string(shape) + ", }";
  header.resize((header.size() + 11 + 63) / 64 * 64 - 11, ' ');
  header += '\n';
  return std::string("\x93NUMPY\x01\x00", 8) + little(static_cast<std::uint16_t>(header.size())) +
         header + std::string(data);
}

std::string text_op(std::string_view text) {
  return "X" + little(static_cast<std::uint32_t>(text.size())) + std::string(text);
}

std::string global_op(std::string_view module, std::string_view name) {
  return "c" + std::string(module) + "\n" + std::string(name) + "\n";
}

std::string int_op(std::int32_t value) { return "J" + little(value); }

std::string tensor_op(std::string_view key, const std::vector<int>& shape,
                      const std::vector<int>& strides, int offset, std::string_view storage) {
  std::string op = global_op("torch._utils", "_rebuild_tensor_v2") + "((" + text_op("storage") +
                   global_op("torch", storage) + text_op(key) + text_op("cpu") + int_op(6) + "tQ" +
                   int_op(offset) + "(";
  for (const int length : shape) op += int_op(length);
  op += "t(";
  for (const int stride : strides) op += int_op(stride);
  return op + "t\x89" + global_op("collections", "OrderedDict") + ")RtR";
}

std::string array_op(int rows, int width, const std::string& data) {
  return global_op("numpy.core.multiarray", "_reconstruct") + "(" + global_op("numpy", "ndarray") +
         std::string("K\0\x85", 3) + "C\x01" + "b" + "tR(K\x01" + int_op(rows) + int_op(width) +
         "\x86" + global_op("numpy", "dtype") + "(" + text_op("f4") + "\x89\x88tR(K\x03" +
         text_op("<") + "NNN" + int_op(-1) + int_op(-1) + std::string("K\0tb\x89", 5) + "C" +
         std::string(1, static_cast<char>(data.size())) + data + "tb";
}

std::string torch_zip_of(const std::string& pickle, const std::vector<BuiltMember>& more) {
  std::vector<BuiltMember> members = {stored("archive/data.pkl", pickle)};
  members.insert(members.end(), more.begin(), more.end());
  members.push_back(stored("archive/version", "3\n"));
  return zip_file(members);
}

std::string torch_zip(const std::vector<BuiltTensor>& tensors) {
  std::vector<BuiltMember> members;
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    members.push_back(stored("archive/data/" + std::to_string(i), floats(tensors[i].values)));
    members.back().padding = 23;
  }
  return torch_zip_of(dict_of_tensors(tensors), members);
}

std::string torch_legacy(const std::vector<BuiltTensor>& tensors) {
  std::string file =
      std::string("\x80\x02\x8a\x0a", 4) + "\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.";
  file += std::string("\x80\x02M\xe9\x03.", 6);
  file += "\x80\x02}" + text_op("little_endian") + "\x88s.";
  file += dict_of_tensors(tensors);
  file += "\x80\x02](";
  for (std::size_t i = 0; i < tensors.size(); ++i) file += text_op(std::to_string(i));
  file += "e.";
  for (const BuiltTensor& tensor : tensors) {
    file += little(tensor.values.size()) + floats(tensor.values);
  }
  return file;
}

}  // namespace kgaudit::tests
