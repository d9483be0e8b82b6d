#include <algorithm>
#include <array>

#include "models/embedding/pickle/pickle.hpp"

namespace kgaudit::models {
namespace {

/// Modules that reach outside wherever they stand in a dotted name ("torch.os.system" is
/// os.system), and by themselves: getattr(shutil.os, "system").
constexpr std::array<std::string_view, 16> kReachingAnywhere = {
    "os",      "posix",  "nt",      "posixpath", "ntpath",    "subprocess",
    "sys",     "shutil", "socket",  "_socket",   "importlib", "_posixsubprocess",
    "_winapi", "ctypes", "_ctypes", "runpy"};

/// Modules that reach outside where a name begins with them. Other packages have parts of these
/// names that do not ("torch.multiprocessing").
constexpr std::array<std::string_view, 47> kReachingModules = {"socketserver",
                                                               "ssl",
                                                               "imp",
                                                               "_imp",
                                                               "pkgutil",
                                                               "cffi",
                                                               "marshal",
                                                               "code",
                                                               "codeop",
                                                               "pty",
                                                               "commands",
                                                               "popen2",
                                                               "webbrowser",
                                                               "urllib",
                                                               "urllib2",
                                                               "requests",
                                                               "httplib",
                                                               "http",
                                                               "ftplib",
                                                               "smtplib",
                                                               "telnetlib",
                                                               "asyncio",
                                                               "multiprocessing",
                                                               "threading",
                                                               "_thread",
                                                               "thread",
                                                               "signal",
                                                               "atexit",
                                                               "pdb",
                                                               "bdb",
                                                               "timeit",
                                                               "cProfile",
                                                               "profile",
                                                               "trace",
                                                               "tempfile",
                                                               "fileinput",
                                                               "glob",
                                                               "linecache",
                                                               "pip",
                                                               "ensurepip",
                                                               "venv",
                                                               "zipimport",
                                                               "sqlite3",
                                                               "dbm",
                                                               "shelve",
                                                               "gc",
                                                               "inspect"};

/// Functions that reach outside whatever module lends them.
constexpr std::array<std::string_view, 51> kReachingNames = {"eval",
                                                             "exec",
                                                             "execfile",
                                                             "compile",
                                                             "__import__",
                                                             "open",
                                                             "open_code",
                                                             "input",
                                                             "raw_input",
                                                             "breakpoint",
                                                             "system",
                                                             "popen",
                                                             "Popen",
                                                             "check_output",
                                                             "check_call",
                                                             "getoutput",
                                                             "getstatusoutput",
                                                             "fork",
                                                             "spawn",
                                                             "unlink",
                                                             "rmtree",
                                                             "write_text",
                                                             "write_bytes",
                                                             "read_text",
                                                             "read_bytes",
                                                             "import_module",
                                                             "load_module",
                                                             "exec_module",
                                                             "run_path",
                                                             "run_module",
                                                             "loads",
                                                             "load",
                                                             "Unpickler",
                                                             "read_pickle",
                                                             "read_csv",
                                                             "fromfile",
                                                             "loadtxt",
                                                             "genfromtxt",
                                                             "memmap",
                                                             "urlopen",
                                                             "FunctionType",
                                                             "CodeType",
                                                             "runsource",
                                                             "runcode",
                                                             "globals",
                                                             "locals",
                                                             "vars",
                                                             "setattr",
                                                             "delattr",
                                                             "__dict__",
                                                             "__getattribute__"};

bool is_among(std::string_view word, const auto& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace

Reach reach_of(std::string_view symbol) {
  if (is_among(symbol.substr(0, symbol.find('.')), kReachingModules)) return Reach::kOutside;
  for (;;) {
    const std::size_t dot = symbol.find('.');
    if (is_among(symbol.substr(0, dot), kReachingAnywhere)) return Reach::kOutside;
    if (dot == std::string_view::npos) break;
    symbol.remove_prefix(dot + 1);
  }
  return is_among(symbol, kReachingNames) ? Reach::kOutside : Reach::kNone;
}

}  // namespace kgaudit::models
