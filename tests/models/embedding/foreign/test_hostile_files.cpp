#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include <sys/stat.h>

#include "models/embedding/foreign/embedding_format.hpp"
#include "suite/base/error.hpp"
#include "tests/models/embedding/foreign/built_checkpoint.hpp"
#include "tests/models/embedding/foreign/built_files.hpp"
#include "tests/packed_bytes.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::models;
using namespace kgaudit::tests;

namespace {

namespace fs = std::filesystem;

/// Enough for every small file here, and far too little for what they claim.
constexpr std::uint64_t kMemory = std::uint64_t{16} << 20U;

struct Hostile {
  std::string what;
  std::string name;
  std::string bytes;
  ExitCode code = ExitCode::kUnreadable;
};

/// What reading the file ends with; kPass if it is read.
ExitCode outcome(const fs::path& path) {
  ReadOptions options;
  options.max_memory = kMemory;
  try {
    const ForeignEmbedding embedding = read_foreign_embedding(path, options);
    MemoryBudget budget(kMemory);
    static_cast<void>(rows_of(embedding.entities, path.string(), budget));
    static_cast<void>(score_hypotheses(embedding));
  } catch (const InputError& error) {
    return error.code();
  }
  return ExitCode::kPass;
}

void check_all(const std::vector<Hostile>& cases) {
  const TemporaryDirectory folder;
  for (const Hostile& one : cases) {
    CAPTURE(one.what);
    write_file(folder / one.name, one.bytes);
    CHECK(outcome(folder / one.name) == one.code);
    fs::remove(folder / one.name);
  }
}

std::string pickled(const std::string& ops) { return "\x80\x02" + ops + "."; }

/// Calls that reach outside, in the spellings that attackers use.
std::vector<Hostile> calls() {
  std::vector<Hostile> cases;
  const auto add = [&](const std::string& what, const std::string& bytes,
                       const std::string& name = "model.pkl") {
    cases.push_back({what, name, bytes, ExitCode::kUnsafe});
  };
  const std::vector<std::pair<std::string, std::string>> functions = {
      {"os", "system"},
      {"posix", "system"},
      {"nt", "system"},
      {"os", "popen"},
      {"subprocess", "Popen"},
      {"subprocess", "check_output"},
      {"subprocess", "run"},
      {"builtins", "eval"},
      {"builtins", "exec"},
      {"builtins", "compile"},
      {"builtins", "open"},
      {"builtins", "__import__"},
      {"__builtin__", "eval"},
      {"__builtin__", "execfile"},
      {"__builtin__", "file.open"},
      {"importlib", "import_module"},
      {"socket", "socket"},
      {"shutil", "rmtree"},
      {"shutil", "copy"},
      {"sys", "exit"},
      {"runpy", "run_path"},
      {"runpy", "_run_code"},
      {"ctypes", "CDLL"},
      {"pty", "spawn"},
      {"webbrowser", "open"},
      {"urllib.request", "urlopen"},
      {"requests", "get"},
      {"pickle", "loads"},
      {"_pickle", "loads"},
      {"marshal", "loads"},
      {"torch", "load"},
      {"torch.hub", "load"},
      {"numpy", "load"},
      {"numpy", "fromfile"},
      {"pandas", "read_pickle"},
      {"code", "interact"},
      {"pip", "main"},
      {"tempfile", "mktemp"},
      {"multiprocessing", "Process"},
      {"threading", "Thread"},
      {"asyncio", "run"},
      {"io", "open"},
      {"pathlib", "Path.unlink"},
      {"pathlib", "Path.write_text"},
      {"torch", "os.system"},
      {"builtins", "globals"},
      {"builtins", "setattr"},
      {"types", "FunctionType"},
      {"types", "CodeType"},
      {"zipimport", "zipimporter"},
      {"linecache", "getline"},
      {"timeit", "timeit"},
      {"pdb", "run"},
      {"atexit", "register"}};
  for (const auto& [module, name] : functions) {
    const std::string call = global_op(module, name) + "(" + text_op("x") + "tR";
    add(module + "." + name, pickled(call));
    add("within a list: " + module + "." + name, pickled("](" + int_op(1) + call + "e"));
  }
  const std::string system = global_op("os", "system");
  const std::string argument = "(" + text_op("id") + "t";
  add("protocol 0", "cos\nsystem\n(S'id'\ntR.");
  add("INST", "(S'id'\nios\nsystem\n.");
  add("OBJ", pickled("(" + system + text_op("id") + "o"));
  add("NEWOBJ", pickled(system + argument + "\x81"));
  add("NEWOBJ_EX", pickled(system + argument + "}\x92"));
  add("STACK_GLOBAL", pickled(text_op("os") + text_op("system") + "\x93" + argument + "R"));
  add("through the memo", pickled(system + "q\x05" + "0" + int_op(1) + "0h\x05" + argument + "R"));
  add("handed to map",
      pickled(global_op("builtins", "map") + "(" + system + "](" + text_op("id") + "etR"));
  add("handed to partial",
      pickled(global_op("functools", "partial") + "(" + system + text_op("id") + "tR"));
  add("the result of a call is called",
      pickled(global_op("builtins", "getattr") + "(" + global_op("a", "b") + text_op("c") + "tR" +
              argument + "R"));
  add("getattr of a module", pickled(global_op("builtins", "getattr") + "(" +
                                     global_op("shutil", "os") + text_op("system") + "tR"));
  add("a class gets attributes",
      pickled(global_op("torch.nn", "Module") + "}" + text_op("f") + system + "sb"));
  add("what getattr gives is changed",
      pickled(global_op("builtins", "getattr") + "(" + global_op("a", "b") + text_op("c") + "tR}" +
              text_op("f") + int_op(1) + "sb"));
  add("popped before STOP", pickled(system + argument + "R0N"));
  add("in a torch zip", torch_zip_of(pickled(system + argument + "R")), "model.pt");
  add("behind honest tensors in a torch zip",
      torch_zip_of(
          pickled("}(" + text_op("ent_embeddings.weight") + tensor_op("0", {2, 3}, {3, 1}) +
                  text_op("x") + system + argument + "Ru"),
          {stored("archive/data/0", floats({1, 2, 3, 4, 5, 6}))}),
      "model.ckpt");
  std::string legacy = torch_legacy({{"ent_embeddings.weight", {1, 1}, {1.0F}}});
  const std::size_t at = legacy.find("}(");
  legacy.insert(at, system + argument + "R0");
  add("in a legacy torch file", legacy, "model.ckpt");
  return cases;
}

std::vector<Hostile> broken_pickles() {
  std::vector<Hostile> cases;
  const auto add = [&](const std::string& what, const std::string& ops) {
    cases.push_back({what, "model.pkl", "\x80\x02" + ops, ExitCode::kUnreadable});
  };
  add("no STOP", "N");
  add("an empty stack", ".");
  add("a length of 4 GiB", "X" + little<std::uint32_t>(0xffff'ffff) + "a.");
  add("a length of 2^63", std::string("\x8d") + little<std::uint64_t>(1ULL << 63U) + "a.");
  add("a bytearray of 2^64 - 1", std::string("\x96") + little<std::uint64_t>(~0ULL) + "a.");
  add("a negative length", "T" + little<std::int32_t>(-1) + "a.");
  add("a frame beyond the end", std::string("\x95") + little<std::uint64_t>(~0ULL) + "N.");
  add("a memo entry far beyond", "Nr" + little<std::uint32_t>(0xffff'fff0) + ".");
  add("a memo entry never set", "h\x07.");
  add("a mark that is not there", "Nt.");
  add("a value below the mark", "N(a.");
  add("elements for a number",
      "K\x01(K\x02"
      "e.");
  add("items for a list", "](K\x01K\x02u.");
  add("a key without a value", "}(K\x01u.");
  add("an extension code", "\x82\x01.");
  add("a buffer outside", "\x97.");
  add("an unknown opcode", "\xff.");
  add("a symbol whose name is a number", "K\x01K\x02\x93.");
  add("a symbol of a thousand and one letters", "c" + std::string(1001, 'a') + "\nb\n.");
  add("an integer of five thousand bytes",
      "\x8b" + little<std::int32_t>(5000) + std::string(5000, '\x01') + ".");
  add("protocol 77",
      "\x80\x4d"
      "N.");
  add("marks without end", std::string(20'000, '(') + "N.");
  add("values that do not fit", std::string(1'000'000, ']') + ".");
  add("a list that holds itself",
      "]q\x01h\x01"
      "a.");
  add("a dict that holds itself", "}q\x01" + text_op("ent") + "h\x01s.");
  std::string laughs =
      "]q\x00K\x01"
      "a";
  for (int i = 0; i < 60; ++i) laughs = laughs + "\x85" + "2\x86";
  add("values shared a billion times", laughs + ".");
  add("nested lists", std::string(100'000, ']') + std::string(99'999, 'a') + ".");
  add("nested tuples", "N" + std::string(100'000, '\x85') + ".");
  add("an array of 2^62 rows", global_op("numpy.core.multiarray", "_reconstruct") +
                                   "(tR(K\x01\x8a\x08" + little<std::uint64_t>(1ULL << 62U) +
                                   "\x85" + global_op("numpy", "dtype") + "(" + text_op("f4") +
                                   "tR\x89" + text_op("abcd") + "tb.");
  add("an array of more than it holds",
      global_op("numpy.core.multiarray", "_reconstruct") + "(tR(K\x01K\x05K\x05\x86" +
          global_op("numpy", "dtype") + "(" + text_op("f4") + "tR\x89" + text_op("abcd") + "tb.");
  return cases;
}

std::vector<Hostile> broken_zips() {
  std::vector<Hostile> cases;
  const auto add = [&](const std::string& what, std::string bytes) {
    cases.push_back({what, "model.npz", std::move(bytes), ExitCode::kUnreadable});
  };
  const std::string array = npy_file("'<f4'", false, "(2, 2)", floats({1, 2, 3, 4}));
  const BuiltMember good = stored("entities.npy", array);
  const std::string file = zip_file({good});
  const std::size_t directory = file.find("PK\x01\x02");
  const auto with = [&](std::size_t at, const std::string& bytes) {
    std::string changed = file;
    changed.replace(at, bytes.size(), bytes);
    return changed;
  };
  add("no directory", file.substr(0, directory));
  add("half a directory", file.substr(0, directory + 20) + file.substr(file.size() - 22));
  add("a size beyond the file", with(directory + 24, little<std::uint32_t>(0x7fff'ffff)));
  add("a packed size beyond the file", with(directory + 20, little<std::uint32_t>(0x7fff'ffff)));
  add("zip64 sizes that are not there", with(directory + 24, little<std::uint32_t>(~0U)));
  add("an offset beyond the file", with(directory + 42, little<std::uint32_t>(0x7fff'ffff)));
  add("an offset into the middle", with(directory + 42, little<std::uint32_t>(3)));
  add("encryption", with(directory + 8, little<std::uint16_t>(1)));
  add("an unknown method", with(directory + 10, little<std::uint16_t>(93)));
  add("another name in the local header", with(30,
                                               "e"
                                               "X"));
  add("sixty thousand members", with(file.size() - 12, little<std::uint16_t>(60'000)));
  add("a name twice", zip_file({good, good}));
  std::string overlap = zip_file({good, stored("relations.npy", array)});
  const std::size_t second = overlap.find("PK\x01\x02", overlap.find("PK\x01\x02") + 4);
  overlap.replace(second + 42, 4, little<std::uint32_t>(0));
  add("members that overlap", overlap);
  BuiltMember bomb;
  bomb.name = "entities.npy";
  bomb.data = raw_deflate(std::string(64U << 20U, '\0'));
  bomb.deflated = true;
  bomb.size = 64U << 20U;
  add("a bomb beyond the memory", zip_file({bomb}));
  bomb.size = 1000;
  add("a bomb that claims to be small", zip_file({bomb}));
  bomb.size = 65U << 20U;
  bomb.data = raw_deflate("short");
  bomb.size = 500;
  add("deflated data that end early", zip_file({bomb}));
  bomb.data = "\xff\xff\xff\xff damaged";
  add("damaged deflated data", zip_file({bomb}));
  add("no matrix",
      zip_file({stored("a.npy", npy_file("'<f4'", false, "(4,)", floats({1, 2, 3, 4})))}));
  for (std::size_t length = 0; length < file.size(); length += 17) {
    add("cut off after " + std::to_string(length), file.substr(0, length));
  }
  return cases;
}

std::vector<Hostile> broken_arrays() {
  std::vector<Hostile> cases;
  const auto add = [&](const std::string& what, std::string bytes, const std::string& name) {
    cases.push_back({what, name, std::move(bytes), ExitCode::kUnreadable});
  };
  const std::string four = floats({1, 2, 3, 4});
  const auto npy = [&](const std::string& what, std::string_view descr, std::string_view shape) {
    add(what, npy_file(descr, false, shape, four), "rows.npy");
  };
  npy("objects", "'|O'", "(2, 2)");
  npy("an object without shape", "'|O'", "()");
  npy("records", "[('a', '<f4'), ('b', '<f4')]", "(2,)");
  npy("a shape of 2^63", "'<f4'", "(9223372036854775808, 2)");
  npy("a shape whose product wraps", "'<f4'", "(4294967296, 4294967297)");
  npy("a shape with a zero that hides the rest", "'<f4'", "(0, 9223372036854775807)");
  npy("more than it holds", "'<f4'", "(3, 2)");
  npy("less than it holds", "'<f4'", "(1, 2)");
  npy("a negative length", "'<f4'", "(-1, 2)");
  npy("one axis", "'<f4'", "(4,)");
  npy(
      "a hundred axes", "'<f4'", "(" + [] {
        std::string ones;
        for (int i = 0; i < 100; ++i) ones += "1, ";
        return ones;
      }() + ")");
  npy("no type", "'zz'", "(2, 2)");
  npy("texts", "'<U4'", "(2, 2)");
  npy("whole numbers", "'<i4'", "(2, 2)");
  npy("a header that is a program", "__import__('os').system('id')", "(2, 2)");
  add("a header of 4 GiB",
      std::string("\x93NUMPY\x02\x00", 8) + little<std::uint32_t>(~0U) + "{}" + four, "rows.npy");
  add("version 9", std::string("\x93NUMPY\x09\x00\x10\x00", 10) + std::string(40, ' '), "rows.npy");
  const std::string npy_good = npy_file("'<f4'", false, "(2, 2)", four);
  for (std::size_t length = 6; length < npy_good.size(); length += 9) {
    add("npy cut off after " + std::to_string(length), npy_good.substr(0, length), "rows.npy");
  }
  const auto safetensors = [&](const std::string& what, const std::string& header,
                               const std::string& data) {
    add(what, little<std::uint64_t>(header.size()) + header + data, "rows.safetensors");
  };
  const std::string good = R"({"e":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]}})";
  safetensors("bytes after the last tensor", good, four + "more");
  safetensors("cut off", good, four.substr(0, 12));
  safetensors("a key twice",
              R"({"e":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]},)"
              R"("e":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]}})",
              four);
  safetensors("tensors that overlap",
              R"({"e":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]},)"
              R"("r":{"dtype":"F32","shape":[2,1],"data_offsets":[8,16]}})",
              four);
  safetensors("a shape of 2^63",
              R"({"e":{"dtype":"F32","shape":[9223372036854775808,2],"data_offsets":[0,16]}})",
              four);
  safetensors("offsets backwards", R"({"e":{"dtype":"F32","shape":[2,2],"data_offsets":[16,0]}})",
              four);
  safetensors("offsets below zero", R"({"e":{"dtype":"F32","shape":[2,2],"data_offsets":[-16,0]}})",
              four);
  safetensors("no type", R"({"e":{"shape":[2,2],"data_offsets":[0,16]}})", four);
  add("a header of 2^63 bytes", little<std::uint64_t>(1ULL << 63U) + good + four,
      "rows.safetensors");
  add("word2vec of more rows than bytes", "9223372036854775807 4\na \1\0\0\0", "rows.bin");
  add("word2vec of wider rows than bytes", std::string("2 4611686018427387904\na ") + four,
      "rows.bin");
  add("word2vec cut off", std::string("2 2\na ") + four.substr(0, 8) + "b " + std::string(3, '\0'),
      "rows.bin");
  add("word2vec text of fewer rows", "3 2\na 1 2\nb 1 2\n", "rows.txt");
  add("rows of unlike width", "a 1 2\nb 1 2 3\nc 1 x\n", "rows.txt");
  add("an empty file", "", "rows.tsv");
  add("a gzip bomb", gzip_member([] {
        std::string text = "a";
        for (int i = 0; i < 3'000'000; ++i) text += "\t0.5";
        std::string all;
        for (int i = 0; i < 8; ++i) all += text + "\n";
        return all;
      }()),
      "rows.tsv");
  add("a torch tensor beyond its storage",
      torch_zip_of(
          pickled("}" + text_op("ent_embeddings.weight") + tensor_op("0", {2, 4}, {4, 1}) + "s"),
          {stored("archive/data/0", floats({1, 2, 3, 4, 5, 6}))}),
      "model.ckpt");
  add("a torch stride that leaves the storage",
      torch_zip_of(pickled("}" + text_op("ent_embeddings.weight") +
                           tensor_op("0", {2, 3}, {2'000'000'000, 1}) + "s"),
                   {stored("archive/data/0", floats({1, 2, 3, 4, 5, 6}))}),
      "model.ckpt");
  add("a torch offset that leaves the storage",
      torch_zip_of(
          pickled("}" + text_op("ent_embeddings.weight") + tensor_op("0", {1, 1}, {1, 1}, 7) + "s"),
          {stored("archive/data/0", floats({1, 2, 3, 4, 5, 6}))}),
      "model.ckpt");
  add("a torch storage that is not there",
      torch_zip_of(
          pickled("}" + text_op("ent_embeddings.weight") + tensor_op("9", {2, 3}, {3, 1}) + "s")),
      "model.ckpt");
  add("two pickles in a torch zip",
      torch_zip_of(pickled("N"), {stored("other/data.pkl", pickled("N"))}), "model.pt");
  std::string legacy = torch_legacy(
      {{"ent_embeddings.weight", {2, 2}, {1, 2, 3, 4}}, {"rel_embeddings.weight", {1, 2}, {5, 6}}});
  for (std::size_t length = 40; length < legacy.size(); length += 23) {
    add("legacy torch cut off after " + std::to_string(length), legacy.substr(0, length),
        "model.ckpt");
  }
  std::string lying = legacy;
  lying.replace(legacy.size() - 40, 8, little<std::uint64_t>(1ULL << 62U));
  add("a legacy storage of 2^62 numbers", lying, "model.ckpt");
  add("HDF5 in name only", std::string("\x89HDF\r\n\x1a\n", 8) + std::string(500, '\xff'),
      "embeddings_all_0.v1.h5");
  return cases;
}

}  // namespace

TEST_CASE("A pickle that would run something is refused as unsafe", "[models][hostile]") {
  const auto cases = calls();
  CHECK(cases.size() >= 100);
  check_all(cases);
}

TEST_CASE("The complaint about an unsafe pickle spells the call out", "[models][hostile]") {
  const TemporaryDirectory folder;
  write_file(folder / "model.pkl", "cposix\nsystem\n(S'echo pwned'\ntR.");
  try {
    static_cast<void>(read_foreign_embedding(folder / "model.pkl"));
    FAIL("nothing was refused");
  } catch (const InputError& error) {
    CHECK(error.code() == ExitCode::kUnsafe);
    CHECK(error.complaint().got ==
          "a pickle that calls posix.system('echo pwned') when Python loads it");
  }
}

TEST_CASE("A broken pickle is refused without a crash", "[models][hostile]") {
  check_all(broken_pickles());
}

TEST_CASE("A broken or greedy zip file is refused without a crash", "[models][hostile]") {
  check_all(broken_zips());
}

TEST_CASE("Arrays that claim what they do not hold are refused", "[models][hostile]") {
  check_all(broken_arrays());
}

TEST_CASE("Links out of the folder, pipes and folders without embeddings are refused",
          "[models][hostile]") {
  const TemporaryDirectory outside;
  write_file(outside / "secret.npy", npy_file("'<f4'", false, "(1, 1)", floats({1})));
  const TemporaryDirectory folder;
  write_file(folder / "config.json",
             R"({"double_entity_embedding": false, "model": "TransE", "hidden_dim": 1})");
  fs::create_symlink(outside / "secret.npy", folder / "entity_embedding.npy");
  fs::create_symlink(outside / "secret.npy", folder / "relation_embedding.npy");
  CHECK(outcome(folder.path()) == ExitCode::kUnsafe);
  const TemporaryDirectory empty;
  CHECK(outcome(empty.path()) == ExitCode::kUnreadable);
  REQUIRE(::mkfifo((empty / "pipe").c_str(), 0600) == 0);
  CHECK(outcome(empty / "pipe") == ExitCode::kUnreadable);
  CHECK(outcome("/dev/zero") == ExitCode::kUnreadable);
  CHECK(outcome(empty / "missing") == ExitCode::kUnreadable);
}

TEST_CASE("Files with bytes changed at random never do more than be refused", "[models][hostile]") {
  const TemporaryDirectory folder;
  const std::vector<std::pair<std::string, std::string>> seeds = {
      {"a.ckpt", torch_zip({{"ent_embeddings.weight", {3, 2}, {1, 2, 3, 4, 5, 6}},
                            {"rel_embeddings.weight", {1, 2}, {1, 2}}})},
      {"b.ckpt", torch_legacy({{"ent_embeddings.weight", {3, 2}, {1, 2, 3, 4, 5, 6}},
                               {"rel_embeddings.weight", {1, 2}, {1, 2}}})},
      {"c.npz", zip_file({stored("entities.npy",
                                 npy_file("'<f4'", false, "(2, 2)", floats({1, 2, 3, 4})))})},
      {"d.npy", npy_file("'<f4'", true, "(2, 2)", floats({1, 2, 3, 4}))},
      {"e.bin", "2 2\na " + floats({1, 2}) + "b " + floats({3, 4})},
      {"f.json", R"({"a": [1, 2], "b": [3, 4]})"}};
  std::uint32_t state = 12345;
  const auto next = [&](std::size_t bound) {
    state = state * 1664525U + 1013904223U;
    return static_cast<std::size_t>(state >> 8U) % bound;
  };
  for (const auto& [name, bytes] : seeds) {
    for (int round = 0; round < 60; ++round) {
      std::string changed = bytes;
      for (std::size_t flips = 1 + next(3); flips > 0; --flips) {
        changed[next(changed.size())] = static_cast<char>(next(256));
      }
      write_file(folder / name, changed);
      const ExitCode code = outcome(folder / name);
      CAPTURE(name, round);
      CHECK((code == ExitCode::kPass || code == ExitCode::kUnreadable ||
             code == ExitCode::kUnsafe || code == ExitCode::kUsage));
    }
  }
}

TEST_CASE(
    "An HDF5 file cut off anywhere is refused, and one with changed bytes does no more than that",
    "[models][hostile]") {
  // Each reading runs the library in a process of its own.
  for (const bool in_pieces : {false, true}) {
    const TemporaryDirectory folder;
    write_checkpoint(folder.path(), "dot", in_pieces);
    REQUIRE(outcome(folder.path()) == ExitCode::kPass);
    for (const char* name : {"embeddings_all_0.v7.h5", "model.v7.h5"}) {
      CAPTURE(in_pieces, name);
      const std::string whole = read_file(folder / name);
      REQUIRE(whole.size() > 1000);
      for (std::size_t length = 0; length < whole.size(); length += in_pieces ? 500 : 50) {
        CAPTURE(length);
        write_file(folder / name, whole.substr(0, length));
        CHECK(outcome(folder.path()) == ExitCode::kUnreadable);
      }
      std::uint32_t state = 2026;
      const auto next = [&](std::size_t bound) {
        state = state * 1664525U + 1013904223U;
        return static_cast<std::size_t>(state >> 8U) % bound;
      };
      for (int round = 0; round < 25; ++round) {
        CAPTURE(round);
        std::string changed = whole;
        for (std::size_t flips = 1 + next(3); flips > 0; --flips) {
          changed[next(changed.size())] = static_cast<char>(next(256));
        }
        write_file(folder / name, changed);
        const ExitCode code = outcome(folder.path());
        CHECK(
            (code == ExitCode::kPass || code == ExitCode::kUnreadable || code == ExitCode::kUsage));
      }
      write_file(folder / name, whole);
    }
  }
}
