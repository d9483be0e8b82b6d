#include "datasets/fetch.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <mutex>
#include <thread>

#include <curl/curl.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "suite/base/error.hpp"
#include "suite/base/files/atomic_file.hpp"
#include "suite/base/files/byte_source.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::datasets {

namespace {

namespace fs = std::filesystem;

const char* environment(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0' ? value : nullptr;
}

bool is_web_address(std::string_view text) {
  return text.starts_with("https://") || text.starts_with("http://");
}

bool has_scheme(std::string_view text) { return text.find("://") != std::string_view::npos; }

/// In place of a user, a password or a query.
constexpr std::string_view kSecret = "***";

/// Where an address goes on behind its scheme and the slashes, of which there may be too few or too
/// many: "https:/host", "//host"; 0 of a text that begins in no such way.
std::size_t behind_scheme(std::string_view text) {
  std::size_t at = text.find("://");
  if (at == std::string_view::npos) {
    at = std::min(text.find_first_of("/:"), text.size());
    if (text.substr(at, 2) != ":/" && !(at == 0 && text.starts_with("//"))) return 0;
  }
  return std::min(text.find_first_not_of(":/", at), text.size());
}

/// What lacks "://" and was meant as an address with a secret in it: "user:password@host/path",
/// where https:// was forgotten, and "https:/user:password@host/path". No folder, and nothing to be
/// shown.
bool is_broken_address(const std::string& text) {
  if (has_scheme(text)) return false;
  const std::size_t begin = behind_scheme(text);
  const std::size_t at = text.find('@', begin);
  const bool login =
      at != std::string::npos && text.find('/', begin) > at && (begin > 0 || text.find(':') < at);
  const bool query = begin > 0 && text.find_first_of("?#", begin) != std::string::npos;
  std::error_code failure;
  return (login || query) && !fs::exists(text, failure);
}

/// The parts of a web address that may hold a secret, as places in it: user and password (with the
/// '@'), and query and fragment (with the '?'). Empty where it has none.
struct AddressParts {
  std::size_t host = 0;   ///< where it begins
  std::size_t login = 0;  ///< bytes before the host
  std::size_t query = std::string_view::npos;
};

/// Of any address, and of a broken one: a slip in its scheme makes its password no less of a
/// secret.
AddressParts parts_of_address(std::string_view address) {
  AddressParts parts;
  const std::size_t begin = behind_scheme(address);
  parts.query = address.find_first_of("?#", begin);
  const std::size_t slash = address.substr(0, parts.query).find('/', begin);
  // A password may hold an '@'; the host begins after the last one.
  const std::size_t at = address.substr(0, std::min(slash, parts.query)).rfind('@');
  parts.host = at == std::string_view::npos || at < begin ? begin : at + 1;
  parts.login = parts.host - begin;
  return parts;
}

/// Without one, what is put behind a mirror's address would be taken for the host.
bool names_host(std::string_view address) {
  const AddressParts parts = parts_of_address(address);
  const auto begins_host = [&](std::size_t at) {
    return at < address.size() &&
           std::string_view("/?#:@").find(address[at]) == std::string_view::npos;
  };
  return begins_host(address.find("://") + 3) && begins_host(parts.host);
}

/// A message of curl about this address, without what is secret in it.
std::string without_secrets(std::string text, std::string_view address) {
  const AddressParts parts = parts_of_address(address);
  std::vector<std::string_view> secrets;
  if (parts.login > 0) {
    const std::string_view login = address.substr(parts.host - parts.login, parts.login - 1);
    secrets.push_back(login);
    const std::size_t colon = login.find(':');
    if (colon != std::string_view::npos) secrets.push_back(login.substr(colon + 1));
  }
  if (parts.query != std::string_view::npos) secrets.push_back(address.substr(parts.query + 1));
  for (const std::string_view secret : secrets) {
    if (secret.empty()) continue;
    for (std::size_t at = text.find(secret); at != std::string::npos; at = text.find(secret, at)) {
      text.replace(at, secret.size(), kSecret);
      at += kSecret.size();
    }
  }
  return text;
}

/// A place below a mirror; a query, such as an access token, stays at the end.
std::string below(const std::string& mirror, const fs::path& relative) {
  std::string base = mirror;
  std::string query;
  if (is_web_address(mirror)) {
    const std::size_t at = parts_of_address(mirror).query;
    if (at != std::string::npos) {
      query = mirror.substr(at, mirror.find('#', at) - at);
      base.resize(at);
    }
  }
  base.resize(base.find_last_not_of('/') + 1);
  return base + "/" + relative.string() + query;
}

constexpr WriteComplaint kCacheComplaint{
    ExitCode::kUnreadable, "a cache that can be written",
    "another folder in KGAUDIT_DATA, or more room on the disk"};

/// How one transfer ended.
struct Outcome {
  enum class Kind { kWhole, kCut, kRefused, kTooLong } kind = Kind::kCut;
  std::string what;  ///< for messages: "HTTP status 404", "Connection reset" ...
};

struct Transfer {
  CURL* curl = nullptr;
  ResumableFile* part = nullptr;
  Progress* progress = nullptr;
  std::uint64_t limit = 0;
  std::uint64_t offset = 0;  ///< bytes the part had when this transfer began
  std::uint64_t received = 0;
  bool started = false;
  bool too_long = false;
  bool stopped = false;
  std::exception_ptr failure{};

  std::size_t receive(std::string_view bytes) {
    if (!started) {
      started = true;
      long status = 0;
      curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
      // 200 in answer to a range means that the server sends everything from the beginning.
      if (offset > 0 && status != 206) {
        part->clear();
        offset = 0;
      }
    }
    if (offset + received + bytes.size() > limit) {
      too_long = true;
      return 0;
    }
    part->append(bytes);
    received += bytes.size();
    return bytes.size();
  }
};

std::size_t on_bytes(char* data, std::size_t size, std::size_t count, void* user) {
  auto* transfer = static_cast<Transfer*>(user);
  try {
    return transfer->receive({data, size * count});
  } catch (...) {
    transfer->failure = std::current_exception();  // no exception may pass through C code
    return 0;
  }
}

int on_progress(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  auto* transfer = static_cast<Transfer*>(user);
  try {
    transfer->progress->advance(transfer->offset + transfer->received, "");
  } catch (...) {
    transfer->failure = std::current_exception();
    return 1;
  }
  transfer->stopped = transfer->progress->stop_requested();
  return transfer->stopped ? 1 : 0;
}

struct FreeCurl {
  void operator()(CURL* c) const { curl_easy_cleanup(c); }
};

/// One request, continued from what the part holds.
Outcome transfer_once(const std::string& url, ResumableFile& part, std::uint64_t bytes,
                      const FetchOptions& options, Progress& progress) {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
  const std::unique_ptr<CURL, FreeCurl> curl(curl_easy_init());
  KGA_REQUIRE(curl != nullptr, "out of memory");
  Transfer transfer;
  transfer.curl = curl.get();
  transfer.part = &part;
  transfer.progress = &progress;
  transfer.limit = bytes;
  transfer.offset = part.size();
  std::array<char, CURL_ERROR_SIZE> why{};
  const std::string range = fmt::format("{}-", transfer.offset);

  CURL* c = curl.get();
  curl_easy_setopt(c, CURLOPT_URL, url.c_str());
  curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(c, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 1L);
  curl_easy_setopt(c, CURLOPT_MAXREDIRS, 5L);
  curl_easy_setopt(c, CURLOPT_FAILONERROR, 1L);
  curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, 30L);
  curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME, long{options.stall.count()});
  curl_easy_setopt(c, CURLOPT_USERAGENT, "kgaudit");
  curl_easy_setopt(c, CURLOPT_ERRORBUFFER, why.data());
  curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, &on_bytes);
  curl_easy_setopt(c, CURLOPT_WRITEDATA, &transfer);
  curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, &on_progress);
  curl_easy_setopt(c, CURLOPT_XFERINFODATA, &transfer);
  if (transfer.offset > 0) curl_easy_setopt(c, CURLOPT_RANGE, range.c_str());

  const CURLcode code = curl_easy_perform(c);
  if (transfer.failure) std::rethrow_exception(transfer.failure);
  if (transfer.stopped) throw Interrupted();
  long status = 0;
  curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
  if (transfer.too_long) return {Outcome::Kind::kTooLong, ""};
  if (code == CURLE_OK) {
    const std::uint64_t have = part.size();
    if (have == bytes) return {Outcome::Kind::kWhole, ""};
    return {Outcome::Kind::kCut, fmt::format("only {} of {} bytes came", have, bytes)};
  }
  const std::string what =
      code == CURLE_HTTP_RETURNED_ERROR
          ? fmt::format("HTTP status {}", status)
          : without_secrets(why[0] != '\0' ? why.data() : curl_easy_strerror(code), url);
  if (code == CURLE_HTTP_RETURNED_ERROR) {
    if (status == 416) {
      part.clear();  // what we have does not fit what the server has
      return {Outcome::Kind::kCut, what};
    }
    // These pass by themselves; every other refusal (404, 403 ...) stays one.
    const bool passing = status >= 500 || status == 408 || status == 429;
    return {passing ? Outcome::Kind::kCut : Outcome::Kind::kRefused, what};
  }
  const bool hopeless = code == CURLE_UNSUPPORTED_PROTOCOL || code == CURLE_URL_MALFORMAT ||
                        code == CURLE_TOO_MANY_REDIRECTS || code == CURLE_PEER_FAILED_VERIFICATION;
  return {hopeless ? Outcome::Kind::kRefused : Outcome::Kind::kCut, what};
}

void download(const std::string& url, ResumableFile& part, const CardFile& file,
              const FetchOptions& options, Progress& progress) {
  std::chrono::milliseconds pause{500};
  std::string last;
  for (unsigned attempt = 0; attempt < std::max(options.attempts, 1U); ++attempt) {
    if (attempt > 0) {
      if (options.wait) {
        options.wait(pause);
      } else {
        std::this_thread::sleep_for(pause);
      }
      pause = std::min<std::chrono::milliseconds>(pause * 2, std::chrono::seconds(30));
    }
    if (progress.stop_requested()) throw Interrupted();
    const Outcome outcome = transfer_once(url, part, file.bytes, options, progress);
    switch (outcome.kind) {
      case Outcome::Kind::kWhole:
        return;
      case Outcome::Kind::kTooLong:
        part.remove();
        throw InputError::unreadable(shown_address(url),
                                     fmt::format("more than {} bytes", file.bytes),
                                     fmt::format("{} bytes, as the card says", file.bytes),
                                     "check whether the data set was published anew");
      case Outcome::Kind::kRefused:
        throw InputError::unreadable(shown_address(url), outcome.what, "the file",
                                     "a mirror (KGAUDIT_MIRROR, a folder or an address)");
      case Outcome::Kind::kCut:
        last = outcome.what;
    }
  }
  throw InputError::unreadable(
      shown_address(url), fmt::format("{}, in {} attempts", last, std::max(options.attempts, 1U)),
      "the file", "again later (what came is kept), or a mirror (KGAUDIT_MIRROR)");
}

void copy_from_folder(const fs::path& from, ResumableFile& part, const CardFile& file,
                      Progress& progress) {
  part.clear();
  FileSource source(from);
  std::vector<char> block(std::size_t{1} << 16U);
  std::uint64_t copied = 0;
  while (const std::size_t got = source.read(block)) {
    copied += got;
    if (copied > file.bytes) {
      part.remove();
      throw InputError::unreadable(from.string(), fmt::format("more than {} bytes", file.bytes),
                                   fmt::format("{} bytes, as the card says", file.bytes));
    }
    part.append({block.data(), got});
    progress.advance(copied, "");
    if (progress.stop_requested()) throw Interrupted();
  }
}

void make_folder(const fs::path& folder) {
  std::error_code failure;
  fs::create_directories(folder, failure);
  if (failure) {
    throw InputError::unreadable(folder.string(), failure.message(), "a cache that can be written",
                                 "another folder in KGAUDIT_DATA");
  }
}

}  // namespace

fs::path default_cache_directory() {
  if (const char* own = environment("KGAUDIT_DATA")) return own;
  if (const char* cache = environment("XDG_CACHE_HOME")) return fs::path(cache) / "kgaudit";
  if (const char* home = environment("HOME")) return fs::path(home) / ".cache" / "kgaudit";
  throw InputError::usage("KGAUDIT_DATA", "no KGAUDIT_DATA, XDG_CACHE_HOME or HOME is set",
                          "a folder for fetched files", "set KGAUDIT_DATA");
}

std::string default_mirror() {
  const char* mirror = environment("KGAUDIT_MIRROR");
  return mirror == nullptr ? "" : mirror;
}

std::string shown_address(const std::string& address) {
  if (!has_scheme(address) && !is_broken_address(address)) return address;
  const AddressParts parts = parts_of_address(address);
  std::string shown = address.substr(0, parts.query);
  if (parts.query != std::string::npos) {
    shown += address[parts.query];
    shown += kSecret;
  }
  if (parts.login > 0) shown.replace(parts.host - parts.login, parts.login - 1, kSecret);
  return shown;
}

fs::path mirror_path(const std::string& url) {
  const auto refuse = [&] {
    return InputError::unsafe(printable(shown_address(url), 200),
                              "an address that has no place in a mirror",
                              "http(s)://host/path without '..', '?' and '#'");
  };
  if (!is_web_address(url)) throw refuse();
  const std::string rest = url.substr(url.find("://") + 3);
  fs::path path(rest);
  const bool climbs =
      std::ranges::any_of(path, [](const auto& part) { return part == ".." || part == "."; });
  const std::size_t slash = rest.find('/');
  if (slash == std::string::npos || slash == 0 || rest.back() == '/' || climbs ||
      rest.find_first_of("?#\\@") != std::string::npos) {
    throw refuse();
  }
  return path;
}

fs::path location(const DatasetCard& card, const CardFile& file, const fs::path& cache) {
  if (file.url.empty()) return card.folder / file.path;
  return (cache.empty() ? default_cache_directory() : cache) / mirror_path(file.url);
}

fs::path fetch_file(const CardFile& file, const FetchOptions& options, Progress& progress) {
  KGA_REQUIRE(!file.url.empty() && file.bytes > 0 && file.sha256.size() == 64, "file '{}'",
              file.name());
  const fs::path relative = mirror_path(file.url);
  fs::path target = (options.cache.empty() ? default_cache_directory() : options.cache) / relative;
  std::error_code ignored;
  if (fs::is_regular_file(target, ignored) && fs::file_size(target, ignored) == file.bytes &&
      sha256_of_file(target).hex() == file.sha256) {
    return target;
  }

  const bool web = options.mirror.empty() || is_web_address(options.mirror);
  if (!web && (has_scheme(options.mirror) || is_broken_address(options.mirror))) {
    throw InputError::usage("mirror", printable(shown_address(options.mirror), 200),
                            "a folder, or an address that begins with https:// or http://");
  }
  if (web && !options.mirror.empty() && !names_host(options.mirror)) {
    throw InputError::usage(
        "mirror", fmt::format("'{}' names no host", printable(shown_address(options.mirror), 200)),
        "https://host/path or http://host/path");
  }
  make_folder(target.parent_path());
  const Stage stage(progress, fmt::format("fetching {}", file.name()), file.bytes);
  ResumableFile part(target, kCacheComplaint);
  const std::string from = options.mirror.empty() ? file.url : below(options.mirror, relative);

  for (;;) {
    const bool had_a_past = part.size() > 0;
    if (part.size() > file.bytes) part.clear();
    if (!web) {
      copy_from_folder(from, part, file, progress);
    } else if (part.size() < file.bytes) {
      download(from, part, file, options, progress);
    }
    const std::string got = sha256_of_file(part.path()).hex();
    if (got == file.sha256) break;
    if (web && had_a_past) {
      // The bytes that an earlier process left may be the bad ones: once more from the beginning.
      part.clear();
      continue;
    }
    part.remove();
    throw InputError::unreadable(shown_address(from), fmt::format("SHA-256 {}", got),
                                 fmt::format("SHA-256 {}, as the card says", file.sha256),
                                 "fetch it again, or use another mirror; the file was removed");
  }
  part.commit();
  return target;
}

std::vector<fs::path> fetch_dataset(const DatasetCard& card, const FetchOptions& options,
                                    Progress& progress) {
  std::vector<fs::path> paths;
  for (const CardFile& file : card.files) {
    if (!file.url.empty()) paths.push_back(fetch_file(file, options, progress));
  }
  return paths;
}

std::string_view to_text(FileCondition condition) {
  switch (condition) {
    case FileCondition::kGood:
      return "ok";
    case FileCondition::kMissing:
      return "missing";
    case FileCondition::kWrong:
      return "wrong digest";
    case FileCondition::kUnchecked:
      return "no digest to check against";
  }
  KGA_REQUIRE(false, "condition {}", static_cast<int>(condition));
}

std::vector<FileState> verify_dataset(const DatasetCard& card, const fs::path& cache) {
  std::vector<FileState> states;
  for (const CardFile& file : card.files) {
    FileState state;
    state.file = file;
    state.path = location(card, file, cache);
    std::error_code failure;
    if (fs::is_regular_file(state.path, failure)) {
      state.got_sha256 = sha256_of_file(state.path).hex();
      state.got_bytes = fs::file_size(state.path, failure);
      state.condition = file.sha256.empty()               ? FileCondition::kUnchecked
                        : state.got_sha256 == file.sha256 ? FileCondition::kGood
                                                          : FileCondition::kWrong;
    }
    states.push_back(std::move(state));
  }
  return states;
}

}  // namespace kgaudit::datasets
