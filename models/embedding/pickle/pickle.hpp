#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "suite/base/memory_budget.hpp"

namespace kgaudit::models {

/// What a value of a pickle is. Nothing is ever imported, called or executed: what Python would
/// call stands here as a record of the call.
enum class PickleKind : std::uint8_t {
  kNone,
  kBool,
  kInteger,     ///< fits 64 bits
  kBigInteger,  ///< bytes() are its little-endian two's complement
  kReal,
  kText,  ///< UTF-8, as it lies in the file
  kBytes,
  kTuple,
  kList,
  kSet,
  kDict,
  kSymbol,      ///< a class or function, by name only
  kCall,        ///< what Python would make by calling something
  kPersistent,  ///< an object kept outside the pickle: PyTorch's storages
};

class Pickle;

/// A value of a pickle: a handle, cheap to copy, valid as long as its Pickle. Asking a value of
/// another kind gives nothing, so that a reader can look for what it knows and say what is missing.
class PickleValue {
 public:
  PickleValue() = default;

  /// Whether there is a value; a look-up that fails gives none.
  explicit operator bool() const { return pickle_ != nullptr; }
  [[nodiscard]] PickleKind kind() const;
  [[nodiscard]] bool is(PickleKind kind) const {
    return pickle_ != nullptr && this->kind() == kind;
  }

  [[nodiscard]] std::optional<bool> boolean() const;
  [[nodiscard]] std::optional<std::int64_t> integer() const;
  /// Reals and integers.
  [[nodiscard]] std::optional<double> number() const;
  [[nodiscard]] std::optional<std::string_view> text() const;
  [[nodiscard]] std::optional<std::string_view> bytes() const;

  /// Elements of a tuple, list or set; of what was appended to the result of a call; 0 otherwise.
  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] PickleValue at(std::size_t i) const;
  /// Key and value pairs of a dict, or of what was set on the result of a call.
  [[nodiscard]] std::size_t pairs() const;
  [[nodiscard]] std::pair<PickleValue, PickleValue> pair(std::size_t i) const;

  /// "torch.FloatStorage" of a symbol, and of what was called for the result of a call; else "".
  [[nodiscard]] std::string_view symbol() const;
  [[nodiscard]] PickleValue arguments() const;  ///< of a call; the id of a persistent value
  [[nodiscard]] PickleValue state() const;      ///< what BUILD gave the object

  /// The value of a text key: in a dict; for an object in what was set on it, else in its state
  /// (which may be a pair of two dicts: attributes and slots). The last one counts, as in Python.
  [[nodiscard]] PickleValue get(std::string_view key) const;

  /// Python's spelling, shortened: for messages.
  [[nodiscard]] std::string spelled() const;
  [[nodiscard]] std::uint32_t id() const { return id_; }

 private:
  friend class Pickle;
  friend class Unpickler;
  PickleValue(const Pickle* pickle, std::uint32_t id) : pickle_(pickle), id_(id) {}

  const Pickle* pickle_ = nullptr;
  std::uint32_t id_ = 0;
};

/// One pickle, read without executing anything in it. Protocols 0 to 5, all opcodes but EXT and
/// out-of-band buffers. The reader is iterative, follows no reference twice, and takes all that it
/// stores from a budget. Texts and bytes are views of the file, so its bytes must outlive this.
/// Source: Python's pickletools.
class Pickle {
 public:
  /// Reads the pickle that `bytes` begin with. Throws InputError at `place`: unreadable for what is
  /// damaged or too large, unsafe (with the call spelled out) where loading it in Python would call
  /// something that reaches out of the data: run a program or code, open a file, a socket, import a
  /// module. Symbols that are only mentioned, and calls that merely build values, are notes.
  Pickle(std::string_view bytes, std::string place, MemoryBudget& budget);
  Pickle(const Pickle&) = delete;
  Pickle& operator=(const Pickle&) = delete;

  [[nodiscard]] PickleValue root() const { return {this, root_}; }
  /// Bytes up to and with STOP.
  [[nodiscard]] std::size_t length() const { return length_; }
  /// Symbols that no reader of data needs, each once: "mentions builtins.getattr", in file order.
  [[nodiscard]] const std::vector<std::string>& notes() const { return notes_; }
  [[nodiscard]] const std::string& place() const { return place_; }
  /// All objects kept outside the pickle, in file order; one that is mentioned twice stands twice.
  [[nodiscard]] std::vector<PickleValue> persistent_values() const;

 private:
  friend class PickleValue;
  friend class Unpickler;

  static constexpr std::uint32_t kNoId = 0xffff'ffff;
  struct Node {
    PickleKind kind = PickleKind::kNone;
    std::uint32_t callee = kNoId;
    std::uint32_t arguments = kNoId;
    std::uint32_t state = kNoId;
    std::uint32_t elements = kNoId;  ///< index of lists_
    std::uint32_t entries = kNoId;   ///< index of lists_: key, value, key, value ...
    union {
      std::int64_t integer = 0;
      double real;
    };
    std::string_view text;
  };

  std::string place_;
  std::vector<Node> nodes_;
  std::deque<std::vector<std::uint32_t>> lists_;
  std::deque<std::string> texts_;  ///< those that do not lie in the file as they are
  std::vector<std::string> notes_;
  std::uint32_t root_ = 0;
  std::size_t length_ = 0;
};

/// Appends a code point below 0x110000 as UTF-8; surrogates, which Python lets pass, too.
void append_utf8(std::string& text, std::uint32_t point);

/// What loading a pickle in Python may do when it calls this: nothing outside the data, or more.
enum class Reach { kNone, kOutside };
/// "posix.system", "builtins.eval" and their like reach outside; decided by module and name, where
/// a dotted name counts by each of its parts.
[[nodiscard]] Reach reach_of(std::string_view symbol);

}  // namespace kgaudit::models
