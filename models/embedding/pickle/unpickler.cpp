#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstring>
#include <map>
#include <span>

#include <fmt/format.h>

#include "models/embedding/pickle/pickle.hpp"
#include "suite/base/error.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::models {
namespace {

/// Opcodes by the letters that pickletools gives them.
enum class Op : std::uint8_t {
  kMark = '(',
  kStop = '.',
  kPop = '0',
  kPopMark = '1',
  kDup = '2',
  kFloat = 'F',
  kInt = 'I',
  kBinInt = 'J',
  kBinInt1 = 'K',
  kLong = 'L',
  kBinInt2 = 'M',
  kNone = 'N',
  kPersId = 'P',
  kBinPersId = 'Q',
  kReduce = 'R',
  kString = 'S',
  kBinString = 'T',
  kShortBinString = 'U',
  kUnicode = 'V',
  kBinUnicode = 'X',
  kAppend = 'a',
  kBuild = 'b',
  kGlobal = 'c',
  kDict = 'd',
  kAppends = 'e',
  kGet = 'g',
  kBinGet = 'h',
  kInst = 'i',
  kLongBinGet = 'j',
  kList = 'l',
  kObj = 'o',
  kPut = 'p',
  kBinPut = 'q',
  kLongBinPut = 'r',
  kSetItem = 's',
  kTuple = 't',
  kSetItems = 'u',
  kBinFloat = 'G',
  kEmptyList = ']',
  kEmptyTuple = ')',
  kEmptyDict = '}',
  kBinBytes = 'B',
  kShortBinBytes = 'C',
  kProto = 0x80,
  kNewObj = 0x81,
  kExt1 = 0x82,
  kExt2 = 0x83,
  kExt4 = 0x84,
  kTuple1 = 0x85,
  kTuple2 = 0x86,
  kTuple3 = 0x87,
  kNewTrue = 0x88,
  kNewFalse = 0x89,
  kLong1 = 0x8a,
  kLong4 = 0x8b,
  kShortBinUnicode = 0x8c,
  kBinUnicode8 = 0x8d,
  kBinBytes8 = 0x8e,
  kEmptySet = 0x8f,
  kAddItems = 0x90,
  kFrozenSet = 0x91,
  kNewObjEx = 0x92,
  kStackGlobal = 0x93,
  kMemoize = 0x94,
  kFrame = 0x95,
  kByteArray8 = 0x96,
  kNextBuffer = 0x97,
  kReadonlyBuffer = 0x98,
};

constexpr int kNewestProtocol = 5;
constexpr std::size_t kDeepestMarks = 10'000;
/// Bytes that a number may have; the largest that PyTorch writes have ten.
constexpr std::size_t kLongestInteger = 4'096;
constexpr std::size_t kLongestSymbol = 1'000;
constexpr std::size_t kMostNotes = 200;
/// What a list entry, a stack entry and the like may cost while vectors grow.
constexpr std::uint64_t kEntryCost = 12;
constexpr std::uint64_t kListCost = 64;

/// Symbols that readers of data need; everything else is worth a note.
bool is_expected(std::string_view symbol) {
  static constexpr std::array<std::string_view, 21> kExpected = {
      "collections.OrderedDict",
      "collections.defaultdict",
      "torch.Size",
      "torch.device",
      "numpy.ndarray",
      "numpy.dtype",
      "numpy.core.multiarray._reconstruct",
      "numpy._core.multiarray._reconstruct",
      "numpy.core.multiarray.scalar",
      "numpy._core.multiarray.scalar",
      "numpy.core.numeric._frombuffer",
      "numpy._core.numeric._frombuffer",
      "_codecs.encode",
      "__builtin__.bytearray",
      "builtins.bytearray",
      "__builtin__.set",
      "builtins.set",
      "__builtin__.object",
      "builtins.object",
      "copy_reg._reconstructor",
      "copyreg._reconstructor"};
  if (std::find(kExpected.begin(), kExpected.end(), symbol) != kExpected.end()) return true;
  if (symbol.starts_with("torch._utils._rebuild_")) return true;
  return symbol.starts_with("torch.") && symbol.ends_with("Storage");
}

/// The number that `digits` hexadecimal digits at `at` say.
std::optional<std::uint32_t> hex_at(std::string_view text, std::size_t at, std::size_t digits) {
  if (text.size() < at + digits) return std::nullopt;
  std::uint32_t value = 0;
  const char* const end = text.data() + at + digits;
  const auto [stopped, failure] = std::from_chars(text.data() + at, end, value, 16);
  if (failure != std::errc() || stopped != end) return std::nullopt;
  return value;
}

/// The text behind V: latin-1 with \uXXXX and \UXXXXXXXX.
std::string from_raw_unicode(std::string_view raw) {
  std::string text;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (raw[i] == '\\' && i + 1 < raw.size() && (raw[i + 1] == 'u' || raw[i + 1] == 'U')) {
      const std::size_t digits = raw[i + 1] == 'u' ? 4 : 8;
      if (const auto point = hex_at(raw, i + 2, digits); point && *point < 0x110000) {
        append_utf8(text, *point);
        i += 1 + digits;
        continue;
      }
    }
    append_utf8(text, static_cast<unsigned char>(raw[i]));
  }
  return text;
}

/// The bytes of Python's own spelling of a string, without its quotes.
std::string from_escapes(std::string_view raw) {
  std::string text;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (raw[i] != '\\' || i + 1 == raw.size()) {
      text += raw[i];
      continue;
    }
    const char c = raw[++i];
    static constexpr std::string_view kLetters = "abfnrtv";
    static constexpr std::string_view kControls = "\a\b\f\n\r\t\v";
    if (const std::size_t at = kLetters.find(c); at != std::string_view::npos) {
      text += kControls[at];
    } else if (c == 'x' && hex_at(raw, i + 1, 2)) {
      text += static_cast<char>(*hex_at(raw, i + 1, 2));
      i += 2;
    } else if (c >= '0' && c <= '7') {
      unsigned value = 0;
      std::size_t digits = 0;
      for (; digits < 3 && i < raw.size() && raw[i] >= '0' && raw[i] <= '7'; ++digits, ++i) {
        value = value * 8 + static_cast<unsigned>(raw[i] - '0');
      }
      --i;
      text += static_cast<char>(value & 0xFFU);
    } else {
      if (c != '\\' && c != '\'' && c != '"') text += '\\';
      text += c;
    }
  }
  return text;
}

}  // namespace

/// The machine that a pickle is a program for, with values that do nothing.
class Unpickler {
 public:
  Unpickler(Pickle& pickle, std::string_view bytes, MemoryBudget& budget)
      : pickle_(pickle), bytes_(bytes), budget_(budget) {
    none_ = add({});
    Pickle::Node node;
    node.kind = PickleKind::kBool;
    node.integer = 0;
    false_ = add(node);
    node.integer = 1;
    true_ = add(node);
    node = {};
    node.kind = PickleKind::kTuple;
    empty_tuple_ = add(node);
  }

  void run() {
    for (;;) {
      opcode_at_ = at_;
      const Op op = static_cast<Op>(static_cast<std::uint8_t>(take(1)[0]));
      if (op == Op::kStop) break;
      step(op);
    }
    pickle_.root_ = pop();
    pickle_.length_ = at_;
  }

 private:
  using Node = Pickle::Node;
  using Id = std::uint32_t;

  [[nodiscard]] InputError refuse(std::string got, std::string expected = "a whole pickle") const {
    return InputError::unreadable(fmt::format("{} at byte {}", pickle_.place_, opcode_at_),
                                  std::move(got), std::move(expected),
                                  "fetch or save the file again");
  }

  // Bytes of the program.
  std::string_view take(std::uint64_t count) {
    if (count > bytes_.size() - at_) {
      throw refuse(count == 1 ? "the end of the data before STOP"
                              : fmt::format("{} bytes wanted where {} are left",
                                            with_thousands(count), bytes_.size() - at_));
    }
    const std::string_view taken = bytes_.substr(at_, count);
    at_ += count;
    return taken;
  }
  template <typename T>
  T little() {
    T value;
    std::memcpy(&value, take(sizeof value).data(), sizeof value);
    return value;
  }
  std::string_view line() {
    const std::size_t end = bytes_.find('\n', at_);
    if (end == std::string_view::npos) throw refuse("a line without an end");
    const std::string_view text = bytes_.substr(at_, end - at_);
    at_ = end + 1;
    return text;
  }

  // Values.
  Id add(const Node& node) {
    budget_.take(2 * sizeof(Node), 1, pickle_.place_, "values of a pickle");
    if (pickle_.nodes_.size() >= Pickle::kNoId) throw refuse("more than four billion values");
    pickle_.nodes_.push_back(node);
    return static_cast<Id>(pickle_.nodes_.size() - 1);
  }
  Id add_text(PickleKind kind, std::string_view text) {
    Node node;
    node.kind = kind;
    node.text = text;
    return add(node);
  }
  Id add_own_text(PickleKind kind, std::string text) {
    budget_.take(text.size(), pickle_.place_, "a text of a pickle");
    return add_text(kind, pickle_.texts_.emplace_back(std::move(text)));
  }
  Id add_integer(std::int64_t value) {
    Node node;
    node.kind = PickleKind::kInteger;
    node.integer = value;
    return add(node);
  }
  Id add_real(double value) {
    Node node;
    node.kind = PickleKind::kReal;
    node.real = value;
    return add(node);
  }
  Id add_call(Id callee, Id arguments) {
    check_call(callee, arguments);
    Node node;
    node.kind = PickleKind::kCall;
    node.callee = callee;
    node.arguments = arguments;
    return add(node);
  }
  Id add_sequence(PickleKind kind, std::vector<Id> elements) {
    Node node;
    node.kind = kind;
    if (!elements.empty()) node.elements = add_list(std::move(elements));
    return add(node);
  }
  Id add_list(std::vector<Id> entries) {
    budget_.take(kListCost + kEntryCost * entries.size(), pickle_.place_, "a list of a pickle");
    pickle_.lists_.push_back(std::move(entries));
    return static_cast<Id>(pickle_.lists_.size() - 1);
  }
  std::vector<Id>& list_of(std::uint32_t& index) {
    if (index == Pickle::kNoId) index = add_list({});
    return pickle_.lists_[index];
  }
  void extend(std::uint32_t& index, std::span<const Id> more) {
    budget_.take(kEntryCost * more.size(), pickle_.place_, "a list of a pickle");
    std::vector<Id>& list = list_of(index);
    list.insert(list.end(), more.begin(), more.end());
  }
  Node& node(Id id) { return pickle_.nodes_[id]; }

  // The stack.
  void push(Id id) {
    if (stack_.size() == stack_.capacity()) {
      budget_.take(std::max<std::size_t>(stack_.size(), 1024) * kEntryCost, pickle_.place_,
                   "the stack of a pickle");
      stack_.reserve(2 * std::max<std::size_t>(stack_.size(), 1024));
    }
    stack_.push_back(id);
  }
  Id pop() {
    if (stack_.size() <= (marks_.empty() ? 0 : marks_.back())) throw refuse("an empty stack");
    const Id top = stack_.back();
    stack_.pop_back();
    return top;
  }
  Id top() {
    const Id id = pop();
    stack_.push_back(id);
    return id;
  }
  std::vector<Id> pop_to_mark() {
    if (marks_.empty()) throw refuse("no MARK on the stack");
    const auto begin = stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back());
    std::vector<Id> taken(begin, stack_.end());
    stack_.erase(begin, stack_.end());
    marks_.pop_back();
    return taken;
  }

  // The memo.
  void memoize(std::uint64_t index) {
    if (index > 4 * (memo_.size() + 1024)) {
      throw refuse(fmt::format("memo entry {}, far beyond those before", index));
    }
    if (index >= memo_.size()) {
      budget_.take((index + 1 - memo_.size()) * kEntryCost, pickle_.place_, "the memo of a pickle");
      memo_.resize(index + 1, Pickle::kNoId);
    }
    memo_[index] = top();
  }
  void recall(std::uint64_t index) {
    if (index >= memo_.size() || memo_[index] == Pickle::kNoId) {
      throw refuse(fmt::format("memo entry {}, which was never set", index));
    }
    push(memo_[index]);
  }
  std::uint64_t index_in_line() {
    const auto index = parse_uint(line());
    if (!index) throw refuse("a memo entry that is no number");
    return *index;
  }

  // Symbols and calls.
  Id symbol(std::string_view module, std::string_view name) {
    if (module.size() + name.size() > kLongestSymbol) throw refuse("a name without end");
    std::string full = fmt::format("{}.{}", module, name);
    const auto known = symbols_.find(full);
    if (known != symbols_.end()) return known->second;
    if (!is_expected(full) && pickle_.notes_.size() < kMostNotes) {
      pickle_.notes_.push_back(fmt::format("mentions {}", printable(full)));
    }
    const Id id = add_own_text(PickleKind::kSymbol, full);
    symbols_.emplace(std::move(full), id);
    return id;
  }
  void check_call(Id callee, Id arguments) {
    const PickleKind kind = node(callee).kind;
    const bool by_name = kind == PickleKind::kSymbol;
    const bool reaches = !by_name || reach_of(node(callee).text) == Reach::kOutside;
    if (!reaches && !hands_on_reach(arguments)) return;
    const std::string call =
        fmt::format("{}{}", PickleValue(&pickle_, callee).spelled(),
                    node(arguments).kind == PickleKind::kTuple
                        ? PickleValue(&pickle_, arguments).spelled()
                        : fmt::format("(*{})", PickleValue(&pickle_, arguments).spelled()));
    throw unsafe(fmt::format("calls {}", call));
  }
  [[nodiscard]] InputError unsafe(std::string_view what) const {
    return InputError::unsafe(fmt::format("{} at byte {}", pickle_.place_, opcode_at_),
                              fmt::format("a pickle that {} when Python loads it", what),
                              "a pickle that only builds values",
                              "do not load this file in Python either; ask its author for the "
                              "arrays alone (npy, safetensors)");
  }
  /// A class whose attributes are set, and what getattr() gives, belong to the program and not to
  /// the data.
  void check_own(Id target) const {
    const PickleValue value(&pickle_, target);
    const bool looked_up = value.is(PickleKind::kCall) && value.symbol().ends_with("getattr");
    if (value.is(PickleKind::kSymbol) || looked_up) {
      throw unsafe(fmt::format("changes {}", value.spelled()));
    }
  }
  /// Whether a call is handed something that reaches outside: map(os.system, ...).
  bool hands_on_reach(Id arguments) {
    const Node& tuple = node(arguments);
    if (tuple.elements == Pickle::kNoId) return false;
    const std::vector<Id>& elements = pickle_.lists_[tuple.elements];
    return std::any_of(elements.begin(), elements.end(), [&](Id id) {
      return node(id).kind == PickleKind::kSymbol && reach_of(node(id).text) == Reach::kOutside;
    });
  }
  Id called(Id callee, Id arguments) {
    const Node& what = node(callee);
    if (what.kind == PickleKind::kSymbol && what.text == "collections.OrderedDict") {
      return ordered_dict(arguments);
    }
    return add_call(callee, arguments);
  }
  /// OrderedDict() or OrderedDict([[key, value], ...]).
  Id ordered_dict(Id arguments) {
    Node dict;
    dict.kind = PickleKind::kDict;
    const PickleValue given(&pickle_, arguments);
    if (given.size() > 0) {
      const PickleValue list = given.at(0);
      std::vector<Id> entries;
      for (std::size_t i = 0; i < list.size(); ++i) {
        const PickleValue entry = list.at(i);
        if (entry.size() != 2) throw refuse("an OrderedDict of something else than pairs");
        entries.push_back(entry.at(0).id());
        entries.push_back(entry.at(1).id());
      }
      if (!entries.empty()) dict.entries = add_list(std::move(entries));
    }
    return add(dict);
  }
  void reduce() {
    const Id arguments = pop();
    push(called(pop(), arguments));
  }
  void new_object_ex() {
    // Keyword arguments stand in the arguments as a last element.
    const Id keywords = pop();
    const Id arguments = pop();
    const Id type = pop();
    std::vector<Id> all;
    const PickleValue given(&pickle_, arguments);
    for (std::size_t i = 0; i < given.size(); ++i) all.push_back(given.at(i).id());
    all.push_back(keywords);
    push(add_call(type, add_sequence(PickleKind::kTuple, std::move(all))));
  }
  void stack_global() {
    const Id name = pop();
    const Id module = pop();
    if (node(name).kind != PickleKind::kText || node(module).kind != PickleKind::kText) {
      throw refuse("a symbol whose name is no text");
    }
    push(symbol(node(module).text, node(name).text));
  }

  // Contents.
  void append(std::span<const Id> more) {
    Node& target = node(top());
    if (target.kind != PickleKind::kList && target.kind != PickleKind::kSet &&
        target.kind != PickleKind::kCall) {
      throw refuse("elements appended to what is no list");
    }
    check_own(top());
    std::uint32_t elements = target.elements;
    extend(elements, more);
    node(top()).elements = elements;
  }
  void set_items(std::span<const Id> entries) {
    if (entries.size() % 2 != 0) throw refuse("a key without a value");
    const PickleKind kind = node(top()).kind;
    if (kind != PickleKind::kDict && kind != PickleKind::kCall) {
      throw refuse("items set on what is no dict");
    }
    check_own(top());
    std::uint32_t list = node(top()).entries;
    extend(list, entries);
    node(top()).entries = list;
  }
  void build() {
    const Id state = pop();
    Node& target = node(top());
    if (target.kind != PickleKind::kCall && target.kind != PickleKind::kDict &&
        target.kind != PickleKind::kSymbol) {
      throw refuse("a state given to what is no object");
    }
    check_own(top());
    target.state = state;
  }

  // Texts of protocol 0.
  void text_integer() {
    const std::string_view text = line();
    if (text == "00" || text == "01") return push(text == "01" ? true_ : false_);
    const auto value = parse_int(text);
    if (!value) throw refuse(fmt::format("'{}' for an integer", printable(text, 30)));
    push(add_integer(*value));
  }
  void text_long() {
    std::string_view text = line();
    if (text.ends_with('L')) text.remove_suffix(1);
    if (text.size() > kLongestInteger) throw refuse("an integer without end");
    const auto value = parse_int(text);
    push(value ? add_integer(*value) : add_text(PickleKind::kBigInteger, text));
  }
  void text_float() {
    const std::string_view text = line();
    const auto value = parse_double(text);
    if (!value) throw refuse(fmt::format("'{}' for a number", printable(text, 30)));
    push(add_real(*value));
  }
  void text_string() {
    const std::string_view text = line();
    if (text.size() < 2 || (text.front() != '\'' && text.front() != '"') ||
        text.back() != text.front()) {
      throw refuse("a string without quotes");
    }
    const std::string_view inner = text.substr(1, text.size() - 2);
    push(inner.find('\\') == std::string_view::npos
             ? add_text(PickleKind::kText, inner)
             : add_own_text(PickleKind::kText, from_escapes(inner)));
  }
  void text_unicode() {
    const std::string_view text = line();
    const bool plain = std::all_of(text.begin(), text.end(), [](char c) {
      return c != '\\' && static_cast<unsigned char>(c) < 0x80;
    });
    push(plain ? add_text(PickleKind::kText, text)
               : add_own_text(PickleKind::kText, from_raw_unicode(text)));
  }
  void long_bytes(std::uint64_t count) {
    if (count > kLongestInteger) throw refuse(fmt::format("an integer of {} bytes", count));
    const std::string_view bytes = take(count);
    if (count > 8) return push(add_text(PickleKind::kBigInteger, bytes));
    std::uint64_t value = 0;
    std::memcpy(&value, bytes.data(), bytes.size());
    if (count > 0 && count < 8 && (bytes.back() & '\x80') != 0) {
      value |= ~std::uint64_t{0} << (8U * static_cast<unsigned>(count));
    }
    push(add_integer(std::bit_cast<std::int64_t>(value)));
  }
  void binary_float() {
    std::uint64_t bits = 0;
    for (const char c : take(8)) bits = bits << 8U | static_cast<unsigned char>(c);
    push(add_real(std::bit_cast<double>(bits)));
  }
  void push_view(PickleKind kind, std::uint64_t bytes) { push(add_text(kind, take(bytes))); }
  std::uint64_t signed_length() {
    const auto length = little<std::int32_t>();
    if (length < 0) throw refuse(fmt::format("a length of {}", length));
    return static_cast<std::uint64_t>(length);
  }
  void push_tuple(std::size_t count) {
    std::vector<Id> elements(count);
    for (std::size_t i = count; i-- > 0;) elements[i] = pop();
    push(add_sequence(PickleKind::kTuple, std::move(elements)));
  }
  void protocol() {
    const int version = static_cast<unsigned char>(take(1)[0]);
    if (version > kNewestProtocol) {
      throw refuse(fmt::format("pickle protocol {}", version), "a pickle of protocol 0 to 5");
    }
  }
  void persistent(Id what) {
    Node kept;
    kept.kind = PickleKind::kPersistent;
    kept.arguments = what;
    push(add(kept));
  }
  /// MARK class arguments OBJ.
  void object() {
    std::vector<Id> all = pop_to_mark();
    if (all.empty()) throw refuse("an object without a class");
    const Id type = all.front();
    all.erase(all.begin());
    push(add_call(type, add_sequence(PickleKind::kTuple, std::move(all))));
  }
  /// MARK arguments INST, with the class in two lines.
  void instance() {
    const std::string_view module = line();
    const std::string_view name = line();
    const Id arguments = add_sequence(PickleKind::kTuple, pop_to_mark());
    push(add_call(symbol(module, name), arguments));
  }
  void new_dict() {
    std::vector<Id> entries = pop_to_mark();
    if (entries.size() % 2 != 0) throw refuse("a key without a value");
    Node dict;
    dict.kind = PickleKind::kDict;
    if (!entries.empty()) dict.entries = add_list(std::move(entries));
    push(add(dict));
  }
  void new_container(PickleKind kind) {
    Node container;
    container.kind = kind;
    push(add(container));
  }

  void step(Op op) {
    switch (op) {
      case Op::kProto:
        return protocol();
      case Op::kFrame:
        // Frames help those who read from a stream.
        if (little<std::uint64_t>() > bytes_.size() - at_) throw refuse("a frame beyond the end");
        return;
      case Op::kMark:
        if (marks_.size() >= kDeepestMarks) throw refuse("values nested without end");
        return marks_.push_back(stack_.size());
      case Op::kPop:
        // Python pops a mark as well as a value.
        if (!marks_.empty() && marks_.back() == stack_.size()) return marks_.pop_back();
        static_cast<void>(pop());
        return;
      case Op::kPopMark:
        static_cast<void>(pop_to_mark());
        return;
      case Op::kDup:
        return push(top());
      case Op::kNone:
        return push(none_);
      case Op::kNewTrue:
        return push(true_);
      case Op::kNewFalse:
        return push(false_);
      case Op::kInt:
        return text_integer();
      case Op::kLong:
        return text_long();
      case Op::kFloat:
        return text_float();
      case Op::kString:
        return text_string();
      case Op::kUnicode:
        return text_unicode();
      case Op::kBinInt:
        return push(add_integer(little<std::int32_t>()));
      case Op::kBinInt1:
        return push(add_integer(little<std::uint8_t>()));
      case Op::kBinInt2:
        return push(add_integer(little<std::uint16_t>()));
      case Op::kLong1:
        return long_bytes(little<std::uint8_t>());
      case Op::kLong4:
        return long_bytes(signed_length());
      case Op::kBinFloat:
        return binary_float();
      // Strings of Python 2 are bytes that nearly always hold text; text() and bytes() both read
      // them.
      case Op::kShortBinString:
        return push_view(PickleKind::kText, little<std::uint8_t>());
      case Op::kBinString:
        return push_view(PickleKind::kText, signed_length());
      case Op::kShortBinUnicode:
        return push_view(PickleKind::kText, little<std::uint8_t>());
      case Op::kBinUnicode:
        return push_view(PickleKind::kText, little<std::uint32_t>());
      case Op::kBinUnicode8:
        return push_view(PickleKind::kText, little<std::uint64_t>());
      case Op::kShortBinBytes:
        return push_view(PickleKind::kBytes, little<std::uint8_t>());
      case Op::kBinBytes:
        return push_view(PickleKind::kBytes, little<std::uint32_t>());
      case Op::kBinBytes8:
      case Op::kByteArray8:
        return push_view(PickleKind::kBytes, little<std::uint64_t>());
      case Op::kEmptyTuple:
        return push(empty_tuple_);
      case Op::kTuple1:
        return push_tuple(1);
      case Op::kTuple2:
        return push_tuple(2);
      case Op::kTuple3:
        return push_tuple(3);
      case Op::kTuple: {
        std::vector<Id> elements = pop_to_mark();
        return push(elements.empty() ? empty_tuple_
                                     : add_sequence(PickleKind::kTuple, std::move(elements)));
      }
      case Op::kEmptyList:
        return new_container(PickleKind::kList);
      case Op::kEmptyDict:
        return new_container(PickleKind::kDict);
      case Op::kEmptySet:
        return new_container(PickleKind::kSet);
      case Op::kList: {
        std::vector<Id> elements = pop_to_mark();
        return push(add_sequence(PickleKind::kList, std::move(elements)));
      }
      case Op::kFrozenSet: {
        std::vector<Id> elements = pop_to_mark();
        return push(add_sequence(PickleKind::kSet, std::move(elements)));
      }
      case Op::kDict:
        return new_dict();
      case Op::kAppend: {
        const std::array<Id, 1> one = {pop()};
        return append(one);
      }
      case Op::kAppends:
      case Op::kAddItems:
        return append(pop_to_mark());
      case Op::kSetItem: {
        const Id value = pop();
        const std::array<Id, 2> entry = {pop(), value};
        return set_items(entry);
      }
      case Op::kSetItems:
        return set_items(pop_to_mark());
      case Op::kGlobal: {
        const std::string_view module = line();
        return push(symbol(module, line()));
      }
      case Op::kStackGlobal:
        return stack_global();
      case Op::kReduce:
      case Op::kNewObj:
        return reduce();
      case Op::kNewObjEx:
        return new_object_ex();
      case Op::kInst:
        return instance();
      case Op::kObj:
        return object();
      case Op::kBuild:
        return build();
      case Op::kPut:
        return memoize(index_in_line());
      case Op::kBinPut:
        return memoize(little<std::uint8_t>());
      case Op::kLongBinPut:
        return memoize(little<std::uint32_t>());
      case Op::kMemoize:
        return memoize(memo_.size());
      case Op::kGet:
        return recall(index_in_line());
      case Op::kBinGet:
        return recall(little<std::uint8_t>());
      case Op::kLongBinGet:
        return recall(little<std::uint32_t>());
      case Op::kPersId:
        return persistent(add_text(PickleKind::kText, line()));
      case Op::kBinPersId:
        return persistent(pop());
      case Op::kExt1:
      case Op::kExt2:
      case Op::kExt4:
        throw refuse("an extension code, whose meaning only the writer's Python knows");
      case Op::kNextBuffer:
      case Op::kReadonlyBuffer:
        throw refuse("a buffer that was kept outside the pickle");
      case Op::kStop:
        break;
    }
    throw refuse(fmt::format("opcode 0x{:02x}, which no protocol has", static_cast<unsigned>(op)));
  }

  Pickle& pickle_;
  std::string_view bytes_;
  MemoryBudget& budget_;
  std::size_t at_ = 0;
  std::size_t opcode_at_ = 0;
  std::vector<Id> stack_;
  std::vector<std::size_t> marks_;
  std::vector<Id> memo_;
  std::map<std::string, Id> symbols_;
  Id none_ = 0;
  Id false_ = 0;
  Id true_ = 0;
  Id empty_tuple_ = 0;
};

Pickle::Pickle(std::string_view bytes, std::string place, MemoryBudget& budget)
    : place_(std::move(place)) {
  Unpickler(*this, bytes, budget).run();
}

std::vector<PickleValue> Pickle::persistent_values() const {
  std::vector<PickleValue> values;
  for (std::uint32_t id = 0; id < nodes_.size(); ++id) {
    if (nodes_[id].kind == PickleKind::kPersistent) values.push_back({this, id});
  }
  return values;
}

}  // namespace kgaudit::models
