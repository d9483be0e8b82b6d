#include "models/embedding/foreign/torch_file.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <functional>
#include <set>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "suite/base/error.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::models {
namespace {

/// 0x1950a86a20f9469cfc6c as a pickled integer of ten bytes.
constexpr std::string_view kLegacyMagic("\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19", 10);
constexpr std::size_t kDeepestModule = 24;
constexpr std::size_t kMostTensors = 1'000'000;
/// The fields of a tar header begin with the name; files before 0.1.10 have these three.
constexpr std::array<std::string_view, 3> kTarNames = {"sys_info", "pickle", "storages"};

struct TorchType {
  std::string_view name;
  NumberType type;
};
constexpr std::array<TorchType, 14> kStorages = {{{"FloatStorage", NumberType::kFloat32},
                                                  {"DoubleStorage", NumberType::kFloat64},
                                                  {"HalfStorage", NumberType::kFloat16},
                                                  {"BFloat16Storage", NumberType::kBfloat16},
                                                  {"LongStorage", NumberType::kInt64},
                                                  {"IntStorage", NumberType::kInt32},
                                                  {"ShortStorage", NumberType::kInt16},
                                                  {"CharStorage", NumberType::kInt8},
                                                  {"ByteStorage", NumberType::kUint8},
                                                  {"BoolStorage", NumberType::kBool},
                                                  {"ComplexFloatStorage", NumberType::kComplex64},
                                                  {"ComplexDoubleStorage", NumberType::kComplex128},
                                                  {"UntypedStorage", NumberType::kUint8},
                                                  {"QInt8Storage", NumberType::kInt8}}};
constexpr std::array<TorchType, 16> kDtypes = {{{"float32", NumberType::kFloat32},
                                                {"float", NumberType::kFloat32},
                                                {"float64", NumberType::kFloat64},
                                                {"double", NumberType::kFloat64},
                                                {"float16", NumberType::kFloat16},
                                                {"half", NumberType::kFloat16},
                                                {"bfloat16", NumberType::kBfloat16},
                                                {"complex64", NumberType::kComplex64},
                                                {"complex128", NumberType::kComplex128},
                                                {"int8", NumberType::kInt8},
                                                {"int16", NumberType::kInt16},
                                                {"int32", NumberType::kInt32},
                                                {"int64", NumberType::kInt64},
                                                {"uint8", NumberType::kUint8},
                                                {"bool", NumberType::kBool},
                                                {"long", NumberType::kInt64}}};

std::optional<NumberType> torch_type(std::span<const TorchType> known, std::string_view symbol) {
  const std::size_t dot = symbol.rfind('.');
  if (dot != std::string_view::npos) symbol.remove_prefix(dot + 1);
  for (const TorchType& one : known) {
    if (one.name == symbol) return one.type;
  }
  return std::nullopt;
}

/// The key of a storage as PyTorch wrote it: a text, or a number in very old files.
std::string storage_key(const PickleValue& value) {
  if (const auto text = value.text()) return std::string(*text);
  if (const auto number = value.integer()) return fmt::format("{}", *number);
  return "";
}

/// The numbers of a tuple or torch.Size; nothing if one of them is none, or negative.
std::optional<std::vector<std::int64_t>> whole_numbers(PickleValue value) {
  if (value.is(PickleKind::kCall)) value = value.arguments().at(0);
  if (!value.is(PickleKind::kTuple) && !value.is(PickleKind::kList)) return std::nullopt;
  std::vector<std::int64_t> numbers;
  for (std::size_t i = 0; i < value.size(); ++i) {
    const auto number = value.at(i).integer();
    if (!number || *number < 0) return std::nullopt;
    numbers.push_back(*number);
  }
  return numbers;
}

bool begins_like_legacy(std::string_view bytes) {
  // PROTO 2, LONG1 or LONG4, the magic.
  return bytes.size() > 16 && bytes[0] == '\x80' &&
         bytes.substr(0, 32).find(kLegacyMagic) != std::string_view::npos;
}

/// A zip with data.pkl: the name stands in a header near the beginning, or in the directory.
bool holds_data_pickle(std::string_view bytes) {
  constexpr std::size_t kBeginning = 4096;
  constexpr std::size_t kEnd = std::size_t{1} << 20U;
  static constexpr std::string_view kName = "/data.pkl";
  if (!ZipDirectory::begins_like_zip(bytes)) return false;
  return bytes.substr(0, kBeginning).find(kName) != std::string_view::npos ||
         bytes.substr(bytes.size() - std::min(kEnd, bytes.size())).find(kName) !=
             std::string_view::npos;
}

bool begins_like_torch_tar(std::string_view bytes) {
  if (bytes.size() < 512 || bytes.substr(257, 5) != "ustar") return false;
  const std::string_view name = bytes.substr(0, bytes.find('\0'));
  return std::find(kTarNames.begin(), kTarNames.end(), name) != kTarNames.end();
}

}  // namespace

bool TorchFile::begins_like_torch(std::string_view bytes) {
  return holds_data_pickle(bytes) || begins_like_legacy(bytes) || begins_like_torch_tar(bytes);
}

TorchFile::TorchFile(std::string_view bytes, std::string place, MemoryBudget& budget)
    : place_(std::move(place)) {
  if (begins_like_torch_tar(bytes)) {
    throw InputError::unreadable(place_, "a tar file of PyTorch before 0.1.10",
                                 "a file of torch.save from PyTorch 0.1.10 or newer",
                                 "load and save it once with PyTorch 0.4");
  }
  if (ZipDirectory::begins_like_zip(bytes)) {
    read_zip(bytes, budget);
  } else {
    read_legacy(bytes, budget);
  }
  for (const std::string& note : pickle_->notes()) notes_.push_back(note);
}

void TorchFile::read_zip(std::string_view bytes, MemoryBudget& budget) {
  zip_.emplace(bytes, place_);
  static constexpr std::string_view kPickleName = "/data.pkl";
  const ZipMember* pickle = nullptr;
  for (const ZipMember& member : zip_->members()) {
    if (!member.name.ends_with(kPickleName)) continue;
    if (pickle != nullptr) {
      throw InputError::unreadable(
          place_, fmt::format("'{}' and '{}'", printable(pickle->name), printable(member.name)),
          "one data.pkl");
    }
    pickle = &member;
  }
  if (pickle == nullptr) {
    throw InputError::unreadable(place_, "a zip file without data.pkl", "a file of torch.save");
  }
  const auto bytes_of = [&](const ZipMember& member) -> std::string_view {
    if (!member.deflated) return member.packed;
    unpacked_.push_back(std::make_unique<std::string>(zip_->unpack(member, budget)));
    return *unpacked_.back();
  };
  const std::string stem = pickle->name.substr(0, pickle->name.size() - kPickleName.size());
  const std::string data = stem + "/data/";
  for (const ZipMember& member : zip_->members()) {
    const bool wanted =
        member.name.starts_with(data) || &member == pickle || member.name == stem + "/byteorder";
    if (!wanted) continue;
    const std::string_view content = bytes_of(member);
    if (!ZipDirectory::checksum_fits(member, content)) {
      notes_.push_back(
          fmt::format("the checksum of '{}' does not fit its data{}", printable(member.name),
                      member.crc32 == 0 ? " (it is 0, as torch can be told to write)" : ""));
    }
    if (&member == pickle) {
      pickle_ =
          std::make_unique<Pickle>(content, fmt::format("{}:{}", place_, member.name), budget);
    } else if (member.name.starts_with(data)) {
      storages_.emplace(member.name.substr(data.size()), content);
    } else {
      big_endian_ = content.starts_with("big");
    }
  }
}

void TorchFile::read_legacy(std::string_view bytes, MemoryBudget& budget) {
  std::string_view rest = bytes;
  const auto next = [&](std::string_view what) {
    auto pickle = std::make_unique<Pickle>(rest, fmt::format("{}:{}", place_, what), budget);
    rest.remove_prefix(pickle->length());
    return pickle;
  };
  const auto magic = next("magic");
  const auto version = next("version");
  if (magic->root().bytes() != kLegacyMagic || version->root().integer() != 1001) {
    throw InputError::unreadable(place_, "another version of torch.save's old form",
                                 "version 1001, as PyTorch wrote it until 1.5");
  }
  const auto system = next("sys_info");
  big_endian_ = system->root().get("little_endian").boolean() == false;
  pickle_ = next("object");
  const auto keys = next("storage keys");
  place_legacy_storages(rest, keys->root());
}

void TorchFile::place_legacy_storages(std::string_view rest, const PickleValue& keys) {
  std::map<std::string, NumberType, std::less<>> types;
  for (const PickleValue& kept : pickle_->persistent_values()) {
    const PickleValue id = kept.arguments();
    if (id.at(0).text() != "storage") continue;
    if (const auto type = torch_type(kStorages, id.at(1).symbol())) {
      types.emplace(storage_key(id.at(2)), *type);
    }
  }
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const std::string key = storage_key(keys.at(i));
    const auto type = types.find(key);
    std::uint64_t numbers = 0;
    std::uint64_t length = 0;
    if (type == types.end() || rest.size() < sizeof numbers) {
      throw InputError::unreadable(
          place_, fmt::format("no numbers of storage '{}'", printable(key)),
          "every storage that the file lists", "the file is cut off: fetch or save it again");
    }
    std::memcpy(&numbers, rest.data(), sizeof numbers);
    if (big_endian_) numbers = __builtin_bswap64(numbers);
    rest.remove_prefix(sizeof numbers);
    if (__builtin_mul_overflow(numbers, bytes_of_number(type->second), &length) ||
        length > rest.size()) {
      throw InputError::unreadable(
          place_,
          fmt::format("{} numbers of type {} for storage '{}' where {} bytes are left",
                      with_thousands(numbers), number_type_name(type->second), printable(key),
                      with_thousands(rest.size())),
          "every storage that the file lists", "the file is cut off: fetch or save it again");
    }
    storages_.emplace(key, rest.substr(0, length));
    rest.remove_prefix(length);
  }
}

std::optional<TensorView> TorchFile::tensor(const PickleValue& value) const {
  const std::string_view made_by = value.symbol();
  if (!value.is(PickleKind::kCall) || !made_by.starts_with("torch._utils._rebuild_")) {
    return std::nullopt;
  }
  const PickleValue arguments = value.arguments();
  if (made_by.starts_with("torch._utils._rebuild_parameter")) {
    const PickleValue inner = arguments.at(0);
    if (inner.symbol().starts_with("torch._utils._rebuild_parameter")) return std::nullopt;
    return tensor(inner);
  }
  const bool typed_later = made_by == "torch._utils._rebuild_tensor_v3";
  if (!typed_later && made_by != "torch._utils._rebuild_tensor" &&
      made_by != "torch._utils._rebuild_tensor_v2") {
    return std::nullopt;
  }
  const auto refuse = [&](std::string got) {
    return InputError::unreadable(pickle_->place(), std::move(got),
                                  "tensors as PyTorch writes them", "fetch or save the file again");
  };
  const PickleValue id = arguments.at(0).arguments();
  const auto offset = arguments.at(1).integer();
  const auto shape = whole_numbers(arguments.at(2));
  const auto strides = whole_numbers(arguments.at(3));
  if (!arguments.at(0).is(PickleKind::kPersistent) || id.at(0).text() != "storage" || !offset ||
      *offset < 0 || !shape || !strides || shape->size() != strides->size()) {
    throw refuse(fmt::format("a tensor made of {}", arguments.spelled()));
  }
  const auto type = typed_later ? torch_type(kDtypes, arguments.at(6).symbol())
                                : torch_type(kStorages, id.at(1).symbol());
  if (!type) {
    throw refuse(fmt::format("numbers of type {}",
                             typed_later ? arguments.at(6).spelled() : id.at(1).spelled()));
  }
  const std::string key = storage_key(id.at(2));
  const auto storage = storages_.find(key);
  if (storage == storages_.end()) {
    throw refuse(fmt::format("a tensor in storage '{}', which is not there", printable(key)));
  }
  const std::size_t item = bytes_of_number(*type);
  if (static_cast<std::uint64_t>(*offset) > storage->second.size() / item) {
    throw refuse(fmt::format("a tensor that begins at number {} of a storage of {} bytes", *offset,
                             storage->second.size()));
  }
  TensorView view;
  view.type = *type;
  view.big_endian = big_endian_;
  view.shape.assign(shape->begin(), shape->end());
  view.strides = *strides;
  view.bytes = storage->second.substr(static_cast<std::size_t>(*offset) * item);
  check_reach(view, pickle_->place());
  return view;
}

std::map<std::string, TensorView> state_dict_tensors(const TorchFile& file,
                                                     const PickleValue& value) {
  // Modules keep their parts in these; PyTorch's own names leave them out.
  static constexpr std::size_t kLongestName = 1024;
  static constexpr std::array<std::string_view, 3> kParts = {"_parameters", "_buffers", "_modules"};
  struct Open {
    std::string prefix;
    PickleValue value;
    std::size_t depth;
  };
  std::map<std::string, TensorView> tensors;
  std::set<std::uint32_t> seen;
  std::vector<Open> open = {{"", value, 0}};
  while (!open.empty()) {
    const Open now = std::move(open.back());
    open.pop_back();
    PickleValue dict = now.value;
    if (dict.is(PickleKind::kCall)) {
      const PickleValue state = dict.state();
      if (dict.pairs() == 0 && state.is(PickleKind::kDict)) dict = state;
    }
    if (dict.pairs() == 0 || now.depth > kDeepestModule || !seen.insert(dict.id()).second) continue;
    for (std::size_t i = 0; i < dict.pairs() && tensors.size() < kMostTensors; ++i) {
      const auto [key, entry] = dict.pair(i);
      const auto text = key.text();
      if (!text) continue;
      const bool part = std::find(kParts.begin(), kParts.end(), *text) != kParts.end();
      const std::string name =
          part ? now.prefix
               : fmt::format("{}{}{}", now.prefix, now.prefix.empty() ? "" : ".", *text);
      // No module is called so, and a long name before many tensors would fill the memory.
      if (name.size() > kLongestName) continue;
      if (auto tensor = file.tensor(entry)) {
        tensor->name = name;
        tensors.insert_or_assign(name, std::move(*tensor));
      } else if (entry.is(PickleKind::kDict) || entry.is(PickleKind::kCall)) {
        open.push_back({name, entry, now.depth + 1});
      }
    }
  }
  return tensors;
}

}  // namespace kgaudit::models
