#include "models/embedding/foreign/hdf5_file.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <fstream>
#include <functional>
#include <memory>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <hdf5.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <nlohmann/json.hpp>

#include "suite/base/error.hpp"
#include "suite/base/files/strict_json.hpp"
#include "suite/base/sanitizers.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::models {
namespace {

constexpr std::uint64_t kLongestListing = std::uint64_t{64} << 20U;
constexpr std::size_t kLongestHdf5Text = std::size_t{1} << 20U;
constexpr int kDeepestGroup = 12;
constexpr std::size_t kMostDatasets = 100'000;
constexpr unsigned kMostAxesHdf5 = H5S_MAX_RANK;
constexpr rlim_t kChildSeconds = 120;
/// What the library takes for itself, whatever it reads.
constexpr std::uint64_t kLibraryMemory = std::uint64_t{256} << 20U;
constexpr std::chrono::seconds kListingTime{60};

// What follows up to the next rule of dashes runs in the other process.
// -----------------------------------------------------------------------------------------------

/// Closes an HDF5 handle at the end of the scope.
class Hdf5Handle {
 public:
  Hdf5Handle(hid_t id, herr_t (*close)(hid_t)) : id_(id), close_(close) {}
  ~Hdf5Handle() {
    if (id_ >= 0) close_(id_);
  }
  Hdf5Handle(const Hdf5Handle&) = delete;
  Hdf5Handle& operator=(const Hdf5Handle&) = delete;
  [[nodiscard]] hid_t id() const { return id_; }
  [[nodiscard]] bool opened() const { return id_ >= 0; }

 private:
  hid_t id_;
  herr_t (*close_)(hid_t);
};

std::optional<std::string> attribute_text(hid_t attribute) {
  const Hdf5Handle type(H5Aget_type(attribute), H5Tclose);
  const Hdf5Handle space(H5Aget_space(attribute), H5Sclose);
  if (!type.opened() || !space.opened() || H5Sget_simple_extent_npoints(space.id()) != 1) {
    return std::nullopt;
  }
  const H5T_class_t kind = H5Tget_class(type.id());
  if (kind == H5T_INTEGER) {
    long long value = 0;
    if (H5Aread(attribute, H5T_NATIVE_LLONG, &value) < 0) return std::nullopt;
    return fmt::format("{}", value);
  }
  if (kind != H5T_STRING) return std::nullopt;
  if (H5Tis_variable_str(type.id()) > 0) {
    char* text = nullptr;
    const Hdf5Handle memory(H5Tcopy(H5T_C_S1), H5Tclose);
    H5Tset_size(memory.id(), H5T_VARIABLE);
    H5Tset_cset(memory.id(), H5Tget_cset(type.id()));
    if (H5Aread(attribute, memory.id(), &text) < 0 || text == nullptr) return std::nullopt;
    std::string copy(text, strnlen(text, kLongestHdf5Text));
    H5free_memory(text);
    return copy;
  }
  const std::size_t size = H5Tget_size(type.id());
  if (size == 0 || size > kLongestHdf5Text) return std::nullopt;
  std::string text(size, '\0');
  if (H5Aread(attribute, type.id(), text.data()) < 0) return std::nullopt;
  text.resize(strnlen(text.data(), text.size()));
  return text;
}

nlohmann::ordered_json attributes_of(hid_t object) {
  auto all = nlohmann::ordered_json::object();
  const auto take = [](hid_t owner, const char* name, const H5A_info_t*, void* into) -> herr_t {
    const Hdf5Handle attribute(H5Aopen(owner, name, H5P_DEFAULT), H5Aclose);
    if (!attribute.opened()) return 0;
    if (const auto text = attribute_text(attribute.id())) {
      (*static_cast<nlohmann::ordered_json*>(into))[name] = *text;
    }
    return 0;
  };
  H5Aiterate2(object, H5_INDEX_NAME, H5_ITER_NATIVE, nullptr, take, &all);
  return all;
}

/// "f4<": class, size and byte order; nothing for texts and opaque bytes.
std::string number_word(hid_t type) {
  const H5T_class_t kind = H5Tget_class(type);
  if (kind != H5T_FLOAT && kind != H5T_INTEGER) return "";
  const char letter = kind == H5T_FLOAT ? 'f' : H5Tget_sign(type) == H5T_SGN_NONE ? 'u' : 'i';
  return fmt::format("{}{}{}", letter, H5Tget_size(type),
                     H5Tget_order(type) == H5T_ORDER_BE ? '>' : '<');
}

nlohmann::ordered_json facts_of_dataset(hid_t dataset, const std::string& path) {
  const Hdf5Handle space(H5Dget_space(dataset), H5Sclose);
  const Hdf5Handle type(H5Dget_type(dataset), H5Tclose);
  const Hdf5Handle creation(H5Dget_create_plist(dataset), H5Pclose);
  auto facts = nlohmann::ordered_json::object();
  facts["path"] = path;
  facts["type"] = number_word(type.id());
  facts["shape"] = nlohmann::ordered_json::array();
  const int axes = H5Sget_simple_extent_ndims(space.id());
  if (axes > 0 && axes <= static_cast<int>(kMostAxesHdf5)) {
    std::vector<hsize_t> lengths(static_cast<std::size_t>(axes));
    H5Sget_simple_extent_dims(space.id(), lengths.data(), nullptr);
    for (const hsize_t length : lengths) facts["shape"].push_back(std::uint64_t{length});
  }
  const H5D_layout_t layout = H5Pget_layout(creation.id());
  facts["elsewhere"] = layout == H5D_VIRTUAL || H5Pget_external_count(creation.id()) > 0;
  const haddr_t offset = H5Dget_offset(dataset);
  if (layout == H5D_CONTIGUOUS && offset != HADDR_UNDEF) facts["offset"] = std::uint64_t{offset};
  facts["attributes"] = attributes_of(dataset);
  return facts;
}

/// Walks the groups; what a link points to outside of this file is left alone.
void list_group(hid_t group, const std::string& path, int depth, nlohmann::ordered_json& datasets) {
  H5G_info_t info;
  if (depth > kDeepestGroup || H5Gget_info(group, &info) < 0) return;
  for (hsize_t i = 0; i < info.nlinks && datasets.size() < kMostDatasets; ++i) {
    H5L_info_t link;
    if (H5Lget_info_by_idx(group, ".", H5_INDEX_NAME, H5_ITER_INC, i, &link, H5P_DEFAULT) < 0 ||
        link.type != H5L_TYPE_HARD) {
      continue;
    }
    const ssize_t length =
        H5Lget_name_by_idx(group, ".", H5_INDEX_NAME, H5_ITER_INC, i, nullptr, 0, H5P_DEFAULT);
    if (length <= 0 || length > 4096) continue;
    std::string name(static_cast<std::size_t>(length) + 1, '\0');
    H5Lget_name_by_idx(group, ".", H5_INDEX_NAME, H5_ITER_INC, i, name.data(), name.size(),
                       H5P_DEFAULT);
    name.resize(static_cast<std::size_t>(length));
    const Hdf5Handle object(H5Oopen(group, name.c_str(), H5P_DEFAULT), H5Oclose);
    if (!object.opened()) continue;
    const std::string inner = fmt::format("{}/{}", path, name);
    const H5I_type_t kind = H5Iget_type(object.id());
    if (kind == H5I_GROUP) list_group(object.id(), inner, depth + 1, datasets);
    if (kind == H5I_DATASET) datasets.push_back(facts_of_dataset(object.id(), inner));
  }
}

bool write_all(int pipe, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(pipe, bytes.data(), bytes.size());
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

hid_t open_hdf5(const char* path) {
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  const hid_t access = H5Pcreate(H5P_FILE_ACCESS);
  H5Pset_file_locking(access, false, true);
  return H5Fopen(path, H5F_ACC_RDONLY, access);
}

bool send_listing(const char* path, int pipe) {
  const hid_t file = open_hdf5(path);
  if (file < 0) return false;
  const Hdf5Handle root(H5Gopen2(file, "/", H5P_DEFAULT), H5Gclose);
  if (!root.opened()) return false;
  auto listing = nlohmann::ordered_json::object();
  listing["attributes"] = attributes_of(root.id());
  listing["datasets"] = nlohmann::ordered_json::array();
  list_group(root.id(), "", 0, listing["datasets"]);
  return write_all(pipe,
                   listing.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
}

/// Row blocks of a matrix or vector, in the type that the file has.
bool send_numbers(const char* path, const std::string& dataset_path, int pipe) {
  constexpr hsize_t kBlockBytes = hsize_t{8} << 20U;
  const hid_t file = open_hdf5(path);
  if (file < 0) return false;
  const Hdf5Handle dataset(H5Dopen2(file, dataset_path.c_str(), H5P_DEFAULT), H5Dclose);
  if (!dataset.opened()) return false;
  const Hdf5Handle type(H5Dget_type(dataset.id()), H5Tclose);
  const Hdf5Handle space(H5Dget_space(dataset.id()), H5Sclose);
  const int axes = H5Sget_simple_extent_ndims(space.id());
  if (axes < 1) return false;
  std::vector<hsize_t> lengths(static_cast<std::size_t>(axes));
  H5Sget_simple_extent_dims(space.id(), lengths.data(), nullptr);
  hsize_t row_bytes = H5Tget_size(type.id());
  for (std::size_t i = 1; i < lengths.size(); ++i) {
    if (__builtin_mul_overflow(row_bytes, lengths[i], &row_bytes)) return false;
  }
  if (row_bytes == 0 || row_bytes > kBlockBytes * 16) return false;
  const hsize_t block = std::max<hsize_t>(1, kBlockBytes / row_bytes);
  std::string bytes;
  for (hsize_t first = 0; first < lengths[0]; first += block) {
    std::vector<hsize_t> start(lengths.size(), 0);
    std::vector<hsize_t> count = lengths;
    start[0] = first;
    count[0] = std::min(block, lengths[0] - first);
    bytes.resize(static_cast<std::size_t>(count[0] * row_bytes));
    const Hdf5Handle memory(H5Screate_simple(axes, count.data(), nullptr), H5Sclose);
    H5Sselect_hyperslab(space.id(), H5S_SELECT_SET, start.data(), nullptr, count.data(), nullptr);
    if (H5Dread(dataset.id(), type.id(), memory.id(), space.id(), H5P_DEFAULT, bytes.data()) < 0 ||
        !write_all(pipe, bytes)) {
      return false;
    }
  }
  return true;
}

/// `data` is the most memory that it may have for data; 0 = without a limit.
void limit_child(std::uint64_t data) {
  const auto limit = [](auto what, rlim_t most) {
    const rlimit both{most, most};
    setrlimit(what, &both);
  };
  limit(RLIMIT_CPU, kChildSeconds);
  limit(RLIMIT_FSIZE, 0);
  limit(RLIMIT_CORE, 0);
  if (!kSanitized && data > 0) limit(RLIMIT_DATA, data);
  const int nowhere = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  ::dup2(nowhere, 0);
  ::dup2(nowhere, 1);
  ::dup2(nowhere, 2);
  for (const int signal : {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGTERM, SIGINT}) {
    std::signal(signal, SIG_DFL);
  }
}

// -----------------------------------------------------------------------------------------------

/// Memory for data that this process has, of which the other one begins with a copy; 0 if the
/// system does not say.
std::uint64_t data_of_process() {
  std::ifstream sizes("/proc/self/statm");
  std::uint64_t pages = 0;
  for (int field = 0; field < 6; ++field) sizes >> pages;
  return sizes ? pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)) : 0;
}

/// Runs `work` in a process of its own, which may take so much memory, and hands what it writes to
/// `take`, until it ends, has written more than `most`, or is silent for too long.
void in_own_process(const MappedFile& file, std::uint64_t memory, std::uint64_t most,
                    const std::function<bool(int pipe)>& work,
                    const std::function<void(std::string_view)>& take) {
  const auto refuse = [&](std::string got) {
    return InputError::unreadable(file.path().string(), std::move(got),
                                  "an HDF5 file that the library can read",
                                  "fetch or save the file again");
  };
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw refuse(std::strerror(errno));
  const std::uint64_t begun_with = data_of_process();
  const std::uint64_t data = begun_with == 0 ? 0 : begun_with + std::max(memory, kLibraryMemory);
  const pid_t child = ::fork();
  if (child < 0) {
    ::close(ends[0]);
    ::close(ends[1]);
    throw refuse(std::strerror(errno));
  }
  if (child == 0) {
    limit_child(data);
    bool done = false;
    try {
      done = work(ends[1]);
    } catch (...) {
      done = false;
    }
    ::_exit(done ? 0 : 1);
  }
  ::close(ends[1]);
  std::string block(std::size_t{1} << 18U, '\0');
  std::uint64_t received = 0;
  std::string trouble;
  for (;;) {
    pollfd waiting{ends[0], POLLIN, 0};
    const int ready =
        ::poll(&waiting, 1, static_cast<int>(std::chrono::milliseconds(kListingTime).count()));
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) {
      trouble = "a file that the HDF5 library does not come to an end with";
      break;
    }
    const ssize_t got = ::read(ends[0], block.data(), block.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    received += static_cast<std::uint64_t>(got);
    if (received > most) {
      trouble = "more than it says that it holds";
      break;
    }
    try {
      take(std::string_view(block).substr(0, static_cast<std::size_t>(got)));
    } catch (...) {
      ::kill(child, SIGKILL);
      ::close(ends[0]);
      ::waitpid(child, nullptr, 0);
      throw;
    }
  }
  ::close(ends[0]);
  if (!trouble.empty()) ::kill(child, SIGKILL);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (!trouble.empty()) throw refuse(trouble);
  if (WIFSIGNALED(status)) {
    throw refuse(
        fmt::format("a file that the HDF5 library crashes on (signal {})", WTERMSIG(status)));
  }
  if (WEXITSTATUS(status) != 0) throw refuse("a file that the HDF5 library refuses");
}

std::optional<NumberType> hdf5_number(std::string_view word) {
  static const std::map<std::string_view, NumberType> kTypes = {
      {"f2", NumberType::kFloat16}, {"f4", NumberType::kFloat32}, {"f8", NumberType::kFloat64},
      {"i1", NumberType::kInt8},    {"i2", NumberType::kInt16},   {"i4", NumberType::kInt32},
      {"i8", NumberType::kInt64},   {"u1", NumberType::kUint8},   {"u2", NumberType::kUint16},
      {"u4", NumberType::kUint32},  {"u8", NumberType::kUint64}};
  const auto at = kTypes.find(word.substr(0, 2));
  if (word.size() != 3 || at == kTypes.end()) return std::nullopt;
  return at->second;
}

std::map<std::string, std::string> text_map(const nlohmann::ordered_json& object) {
  std::map<std::string, std::string> map;
  for (const auto& [key, value] : object.items()) map.emplace(key, value.get<std::string>());
  return map;
}

}  // namespace

const Hdf5Dataset* Hdf5Contents::find(std::string_view path) const {
  const auto at = std::find_if(datasets.begin(), datasets.end(),
                               [&](const Hdf5Dataset& one) { return one.path == path; });
  return at == datasets.end() ? nullptr : &*at;
}

Hdf5Contents read_hdf5_contents(const MappedFile& file, const MemoryBudget& budget) {
  std::string text;
  in_own_process(
      file, budget.left(), kLongestListing,
      [&](int pipe) { return send_listing(file.path().c_str(), pipe); },
      [&](std::string_view bytes) { text += bytes; });
  const auto listing = parse_strict_json(text, file.path().string());
  Hdf5Contents contents;
  contents.attributes = text_map(listing["attributes"]);
  for (const auto& facts : listing["datasets"]) {
    Hdf5Dataset dataset;
    dataset.path = facts["path"].get<std::string>();
    const auto word = facts["type"].get<std::string>();
    const auto type = hdf5_number(word);
    dataset.numeric = type.has_value() && !facts["elsewhere"].get<bool>();
    if (type) dataset.type = *type;
    dataset.big_endian = word.ends_with('>');
    for (const auto& length : facts["shape"]) dataset.shape.push_back(length.get<std::uint64_t>());
    if (facts.contains("offset")) dataset.offset = facts["offset"].get<std::uint64_t>();
    dataset.attributes = text_map(facts["attributes"]);
    contents.datasets.push_back(std::move(dataset));
  }
  return contents;
}

TensorView hdf5_tensor(const MappedFile& file, const Hdf5Dataset& dataset, MemoryBudget& budget) {
  const std::string place = fmt::format("{}:{}", file.path().string(), dataset.path);
  if (!dataset.numeric) {
    throw InputError::unreadable(place, "an array of no numbers, or one in another file",
                                 "numbers that lie in this file");
  }
  TensorView view;
  view.name = dataset.path;
  view.type = dataset.type;
  view.big_endian = dataset.big_endian;
  view.shape = dataset.shape;
  const std::uint64_t count = element_count(view.shape, place);
  view.strides = packed_strides(view.shape);
  if (dataset.offset) {
    view.bytes = file.bytes().substr(std::min<std::uint64_t>(*dataset.offset, file.size()));
    check_reach(view, place);
    view.bytes = view.bytes.substr(0, count * bytes_of_number(view.type));
    return view;
  }
  const std::uint64_t bytes = count * bytes_of_number(view.type);
  // The library may hold as much as is read of it, beside what is kept here.
  const std::uint64_t memory = budget.left();
  budget.take(bytes, place, "numbers");
  auto own = std::make_shared<std::string>();
  own->reserve(bytes);
  in_own_process(
      file, memory, bytes,
      [&](int pipe) { return send_numbers(file.path().c_str(), dataset.path, pipe); },
      [&](std::string_view piece) { own->append(piece); });
  view.bytes = *own;
  view.owner = std::move(own);
  check_reach(view, place);
  return view;
}

}  // namespace kgaudit::models
