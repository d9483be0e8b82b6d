#include <atomic>
#include <cstdlib>

#include "datasets/fetch.hpp"
#include "datasets/load_dataset.hpp"
#include "suite/base/error.hpp"
#include "suite/base/hash.hpp"
#include "tests/datasets/loopback_server.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::datasets;
using namespace kgaudit::tests;
using Catch::Matchers::Contains;
namespace fs = std::filesystem;

namespace {

std::string content() {
  std::string bytes;
  for (int i = 0; bytes.size() < 50'000; ++i) bytes += "line " + std::to_string(i) + "\n";
  bytes.resize(50'000);
  return bytes;
}

/// A cache, a card's file and the waits that were asked for in place of sleeping.
struct Scene {
  TemporaryDirectory cache;
  std::string bytes = content();
  CardFile file{FileRole::kTrain, "https://data.example/set/train.txt", "", sha256(content()).hex(),
                50'000};
  std::vector<std::int64_t> waits;

  FetchOptions options(const std::string& mirror) {
    FetchOptions result;
    result.cache = cache.path();
    result.mirror = mirror;
    result.attempts = 4;
    result.wait = [this](std::chrono::milliseconds pause) { waits.push_back(pause.count()); };
    return result;
  }
  [[nodiscard]] fs::path target() const { return cache / "data.example/set/train.txt"; }
  [[nodiscard]] fs::path part() const { return cache / "data.example/set/train.txt.part"; }
};

std::string message_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const InputError& error) {
    return error.what();
  }
  return "no error";
}

HttpAnswer whole(std::string body) {
  HttpAnswer answer;
  answer.body = std::move(body);
  return answer;
}

}  // namespace

TEST_CASE("A file is fetched to its place by host and path", "[datasets]") {
  Scene scene;
  const LoopbackServer server([&](const HttpRequest&, std::size_t) { return whole(scene.bytes); });
  CHECK(fetch_file(scene.file, scene.options(server.address() + "/")) == scene.target());
  CHECK(read_file(scene.target()) == scene.bytes);
  CHECK_FALSE(fs::exists(scene.part()));
  REQUIRE(server.requests().size() == 1);
  CHECK(server.requests()[0].path == "/data.example/set/train.txt");
  CHECK_FALSE(server.requests()[0].range_begin.has_value());

  SECTION("and not fetched again while it is good") {
    fetch_file(scene.file, scene.options(server.address()));
    CHECK(server.requests().size() == 1);
  }
  SECTION("but fetched again when it went bad") {
    std::string bad = scene.bytes;
    bad[10] = '#';
    write_file(scene.target(), bad);
    fetch_file(scene.file, scene.options(server.address()));
    CHECK(server.requests().size() == 2);
    CHECK(read_file(scene.target()) == scene.bytes);
  }
}

TEST_CASE("A cut transfer goes on where it was cut", "[datasets]") {
  Scene scene;
  const LoopbackServer server([&](const HttpRequest&, std::size_t number) {
    HttpAnswer answer = whole(scene.bytes);
    if (number < 2) answer.cut_after = 12'000;
    return answer;
  });
  fetch_file(scene.file, scene.options(server.address()));
  CHECK(read_file(scene.target()) == scene.bytes);
  const auto requests = server.requests();
  REQUIRE(requests.size() == 3);
  CHECK_FALSE(requests[0].range_begin.has_value());
  CHECK(requests[1].range_begin == 12'000U);
  CHECK(requests[2].range_begin == 24'000U);
  CHECK(scene.waits == std::vector<std::int64_t>{500, 1000});
}

TEST_CASE("A later process goes on with what an earlier one left", "[datasets]") {
  Scene scene;
  write_file(scene.part(), scene.bytes.substr(0, 30'000));
  const LoopbackServer server([&](const HttpRequest&, std::size_t) { return whole(scene.bytes); });
  fetch_file(scene.file, scene.options(server.address()));
  CHECK(read_file(scene.target()) == scene.bytes);
  REQUIRE(server.requests().size() == 1);
  CHECK(server.requests()[0].range_begin == 30'000U);
}

TEST_CASE("A server that knows no ranges sends all of it again, and nothing is doubled",
          "[datasets]") {
  Scene scene;
  const LoopbackServer server([&](const HttpRequest&, std::size_t number) {
    HttpAnswer answer = whole(scene.bytes);
    answer.ignore_range = true;
    if (number == 0) answer.cut_after = 20'000;
    return answer;
  });
  fetch_file(scene.file, scene.options(server.address()));
  CHECK(read_file(scene.target()) == scene.bytes);
  CHECK(server.requests().size() == 2);
}

TEST_CASE("When every attempt is cut, what came is kept but never as the file", "[datasets]") {
  Scene scene;
  const LoopbackServer server([&](const HttpRequest&, std::size_t) {
    HttpAnswer answer = whole(scene.bytes);
    answer.cut_after = 5'000;
    return answer;
  });
  const std::string message =
      message_of([&] { fetch_file(scene.file, scene.options(server.address())); });
  CHECK_THAT(message, Contains("in 4 attempts"));
  CHECK(server.requests().size() == 4);
  CHECK_FALSE(fs::exists(scene.target()));
  CHECK(read_file(scene.part()) == scene.bytes.substr(0, 20'000));
}

TEST_CASE("A wrong byte is refused, named with both digests, and removed", "[datasets]") {
  Scene scene;
  std::string flipped = scene.bytes;
  flipped[40'000] = static_cast<char>(flipped[40'000] ^ 1);
  const LoopbackServer server([&](const HttpRequest&, std::size_t) { return whole(flipped); });
  const std::string message =
      message_of([&] { fetch_file(scene.file, scene.options(server.address())); });
  CHECK_THAT(message, Contains("train.txt"));
  CHECK_THAT(message, Contains(sha256(flipped).hex()));
  CHECK_THAT(message, Contains(scene.file.sha256));
  CHECK_FALSE(fs::exists(scene.target()));
  CHECK_FALSE(fs::exists(scene.part()));
}

TEST_CASE("A bad left-over part is thrown away and the file fetched whole", "[datasets]") {
  Scene scene;
  write_file(scene.part(), std::string(1'000, '#'));
  const LoopbackServer server([&](const HttpRequest&, std::size_t) { return whole(scene.bytes); });
  fetch_file(scene.file, scene.options(server.address()));
  CHECK(read_file(scene.target()) == scene.bytes);
  const auto requests = server.requests();
  REQUIRE(requests.size() == 2);
  CHECK(requests[0].range_begin == 1'000U);
  CHECK_FALSE(requests[1].range_begin.has_value());
}

TEST_CASE("A file longer than the card says is refused before it fills the disk", "[datasets]") {
  Scene scene;
  const LoopbackServer server(
      [&](const HttpRequest&, std::size_t) { return whole(scene.bytes + "x"); });
  const std::string message =
      message_of([&] { fetch_file(scene.file, scene.options(server.address())); });
  CHECK_THAT(message, Contains("more than 50000 bytes"));
  CHECK_FALSE(fs::exists(scene.target()));
  CHECK_FALSE(fs::exists(scene.part()));
}

TEST_CASE("A missing file is not asked for twice", "[datasets]") {
  Scene scene;
  const LoopbackServer server([](const HttpRequest&, std::size_t) {
    HttpAnswer answer;
    answer.status = 404;
    answer.body = "no such page";
    return answer;
  });
  CHECK_THAT(message_of([&] { fetch_file(scene.file, scene.options(server.address())); }),
             Contains("HTTP status 404"));
  CHECK(server.requests().size() == 1);
  CHECK(scene.waits.empty());
  CHECK_FALSE(fs::exists(scene.target()));
}

TEST_CASE("A server that fails for a moment is asked again", "[datasets]") {
  Scene scene;
  const LoopbackServer server([&](const HttpRequest&, std::size_t number) {
    HttpAnswer answer = whole(scene.bytes);
    if (number == 0) answer.status = 500;
    return answer;
  });
  fetch_file(scene.file, scene.options(server.address()));
  CHECK(read_file(scene.target()) == scene.bytes);
  CHECK(server.requests().size() == 2);
  CHECK(scene.waits == std::vector<std::int64_t>{500});
}

TEST_CASE("A redirect is followed to http only, and not for ever", "[datasets]") {
  Scene scene;
  std::string target;
  const LoopbackServer server([&](const HttpRequest& request, std::size_t) {
    if (request.path == "/good") return whole(scene.bytes);
    HttpAnswer answer;
    answer.status = 302;
    answer.location = target;
    return answer;
  });
  SECTION("to another page") {
    target = "/good";
    fetch_file(scene.file, scene.options(server.address()));
    CHECK(read_file(scene.target()) == scene.bytes);
  }
  SECTION("in a circle") {
    target = "/circle";
    CHECK_THROWS_AS(fetch_file(scene.file, scene.options(server.address())), InputError);
    CHECK(server.requests().size() == 6);
  }
  SECTION("to a local file") {
    target = "file:///etc/hostname";
    CHECK_THROWS_AS(fetch_file(scene.file, scene.options(server.address())), InputError);
    CHECK_FALSE(fs::exists(scene.target()));
  }
}

TEST_CASE("What is secret in an address is never shown", "[datasets]") {
  CHECK(shown_address("https://ann:pa:s@s@host:81/a/b?token=abc#x") ==
        "https://***@host:81/a/b?***");
  CHECK(shown_address("http://ann@host") == "http://***@host");
  CHECK(shown_address("https://host/p@th/a#k") == "https://host/p@th/a#***");
  CHECK(shown_address("htps://ann:pass@host/a") == "htps://***@host/a");
  CHECK(shown_address("https://host/a") == "https://host/a");
  CHECK(shown_address("/a folder/with@at?") == "/a folder/with@at?");
  // With a slip in what stands before the host.
  CHECK(shown_address("//ann:pass@host/a") == "//***@host/a");
  CHECK(shown_address("https:/ann:pass@host/a") == "https:/***@host/a");
  CHECK(shown_address("https:/token@host/a") == "https:/***@host/a");
  CHECK(shown_address("https:///ann:pass@host/a") == "https:///***@host/a");
  CHECK(shown_address("https:/host/a?token=abc") == "https:/host/a?***");
  CHECK(shown_address("ann:pass@host/a") == "***@host/a");
  CHECK(shown_address("//server/a@b") == "//server/a@b");
}

TEST_CASE("A mirror that is a broken address, or has no host, is refused before anything is asked",
          "[datasets]") {
  Scene scene;
  for (const char* mirror :
       {"//u:geheim@h/", "https:/u:geheim@h/", "u:geheim@h/", "https://", "http:///u:geheim@h/",
        "https://?token=geheim", "https://u:geheim@/", "https://:8080/a"}) {
    INFO(mirror);
    const std::string message = message_of([&] { fetch_file(scene.file, scene.options(mirror)); });
    CHECK_THAT(message, Contains("mirror: ") && Contains("https://") && !Contains("geheim"));
    CHECK_FALSE(fs::exists(scene.cache / "data.example"));
  }
  CHECK(scene.waits.empty());
}

TEST_CASE("A mirror's password and token are sent, and shown in no message", "[datasets]") {
  Scene scene;
  int status = 200;
  const LoopbackServer server([&](const HttpRequest&, std::size_t) {
    HttpAnswer answer = whole(scene.bytes);
    answer.status = status;
    return answer;
  });
  const std::string host = server.address().substr(std::string("http://").size());
  const std::string mirror = "http://ann:geheim@" + host + "/set/?token=zauberwort";
  fetch_file(scene.file, scene.options(mirror));
  REQUIRE(server.requests().size() == 1);
  CHECK(server.requests()[0].path == "/set/data.example/set/train.txt?token=zauberwort");

  const auto quiet = [&](const std::string& from) {
    fs::remove(scene.target());
    const std::string message = message_of([&] { fetch_file(scene.file, scene.options(from)); });
    CHECK_THAT(message, !Contains("geheim") && !Contains("zauberwort") && Contains("***"));
    return message;
  };
  status = 404;
  CHECK_THAT(quiet(mirror), Contains("http://***@" + host) && Contains("HTTP status 404"));
  status = 500;
  quiet(mirror);
  status = 200;
  scene.bytes[10] = '#';
  CHECK_THAT(quiet(mirror), Contains("SHA-256"));
  scene.bytes += "more";
  CHECK_THAT(quiet(mirror), Contains("more than"));
  // What curl itself says of an address.
  quiet("http://ann:geheim@[::x]/?token=zauberwort");
  quiet("http://ann:geheim@127.0.0.1:1/?token=zauberwort");
  CHECK_THAT(quiet("htps://ann:geheim@host/?token=zauberwort"),
             Contains("begins with https:// or http://"));
  scene.file.url = "https://ann:geheim@data.example/train.txt?token=zauberwort";
  quiet(mirror);
}

TEST_CASE("A folder serves as a mirror", "[datasets]") {
  Scene scene;
  const TemporaryDirectory mirror;
  SECTION("with the right file") {
    write_file(mirror / "data.example/set/train.txt", scene.bytes);
    fetch_file(scene.file, scene.options(mirror.path().string()));
    CHECK(read_file(scene.target()) == scene.bytes);
  }
  SECTION("with a wrong one, which is refused") {
    write_file(mirror / "data.example/set/train.txt", scene.bytes.substr(1) + "x");
    CHECK_THAT(message_of([&] { fetch_file(scene.file, scene.options(mirror.path().string())); }),
               Contains("SHA-256"));
    CHECK_FALSE(fs::exists(scene.target()));
    CHECK_FALSE(fs::exists(scene.part()));
  }
  SECTION("without it") {
    CHECK_THAT(message_of([&] { fetch_file(scene.file, scene.options(mirror.path().string())); }),
               Contains("No such file"));
    CHECK_FALSE(fs::exists(scene.target()));
  }
}

TEST_CASE("A stop by the user keeps the part for the next time", "[datasets]") {
  struct Stopping : Progress {
    std::atomic<bool> stop{false};
    void advance(std::uint64_t done, std::string_view) override { stop = done >= 10'000; }
  };
  Scene scene;
  Stopping progress;
  progress.watch(&progress.stop);
  const LoopbackServer server([&](const HttpRequest&, std::size_t) {
    HttpAnswer answer = whole(scene.bytes);
    answer.cut_after = 25'000;
    return answer;
  });
  CHECK_THROWS_AS(fetch_file(scene.file, scene.options(server.address()), progress), Interrupted);
  CHECK_FALSE(fs::exists(scene.target()));
  CHECK(fs::file_size(scene.part()) >= 10'000);
}

TEST_CASE("Two processes do not write one part", "[datasets]") {
  Scene scene;
  std::string inner;
  const LoopbackServer server([&](const HttpRequest&, std::size_t) {
    // While the first fetch waits for this answer, a second one tries.
    inner = message_of([&] { fetch_file(scene.file, scene.options("http://127.0.0.1:1")); });
    return whole(scene.bytes);
  });
  fetch_file(scene.file, scene.options(server.address()));
  CHECK_THAT(inner, Contains("another process"));
  CHECK(read_file(scene.target()) == scene.bytes);
}

TEST_CASE("Addresses that climb or are no web addresses have no place in the cache", "[datasets]") {
  CHECK(mirror_path("https://host/a/b.txt") == "host/a/b.txt");
  for (const char* url :
       {"file:///etc/passwd", "ftp://host/a", "https://host/../a", "https://host/", "https:///a",
        "https://host", "https://host/a?b", "https://../a"})
    CHECK_THROWS_AS(mirror_path(url), InputError);
}

TEST_CASE("Verify says of each file whether it is good, missing or wrong", "[datasets]") {
  const TemporaryDirectory cache;
  const DatasetCard& card = *find_card("codex-s");
  const fs::path first = location(card, card.files[0], cache.path());
  write_file(first, "something else");
  const auto states = verify_dataset(card, cache.path());
  REQUIRE(states.size() == 3);
  CHECK(states[0].condition == FileCondition::kWrong);
  CHECK(states[0].got_sha256 == sha256("something else").hex());
  CHECK(states[0].file.sha256 == card.files[0].sha256);
  CHECK(states[0].got_bytes == 14);
  CHECK(states[1].condition == FileCondition::kMissing);
  CHECK(to_text(states[1].condition) == "missing");
}

TEST_CASE("A fetched data set verifies as good", "[datasets][codex-s]") {
  KGA_SHARED_DATA_OR_SKIP(mirror, "mirror");
  const TemporaryDirectory cache;
  FetchOptions options;
  options.cache = cache.path();
  options.mirror = mirror.string();
  CHECK(fetch_dataset(*find_card("codex-s"), options).size() == 3);
  for (const FileState& state : verify_dataset(*find_card("codex-s"), cache.path()))
    CHECK(state.condition == FileCondition::kGood);
}

TEST_CASE("A data set that is not here names the command that fetches it", "[datasets]") {
  const TemporaryDirectory cache;
  LoadOptions options;
  options.fetch.cache = cache.path();
  options.fetch.mirror = "";
  const std::string message =
      message_of([&] { static_cast<void>(load_dataset(KnownDataset{"fb13"}, options)); });
  CHECK_THAT(message, Contains("not here yet"));
  CHECK_THAT(message, Contains("kgaudit datasets fetch fb13"));
}

TEST_CASE("A cached file with a wrong byte is never used", "[datasets][codex-s]") {
  KGA_SHARED_DATA_OR_SKIP(mirror, "mirror");
  const TemporaryDirectory cache;
  LoadOptions options;
  options.fetch.cache = cache.path();
  options.fetch.mirror = mirror.string();
  CHECK(load_dataset(KnownDataset{"codex-s"}, options).graph.test().size() == 1828);
  const DatasetCard& card = *find_card("codex-s");
  const fs::path train = location(card, *card.find(FileRole::kTrain), cache.path());
  std::string bytes = read_file(train);
  bytes[1000] = bytes[1000] == 'Q' ? 'R' : 'Q';
  write_file(train, bytes);
  const std::string message =
      message_of([&] { static_cast<void>(load_dataset(KnownDataset{"codex-s"}, options)); });
  CHECK_THAT(message, Contains("train.txt"));
  CHECK_THAT(message, Contains(sha256(bytes).hex()));
  CHECK_THAT(message, Contains(card.find(FileRole::kTrain)->sha256));
}

TEST_CASE("The cache is where the environment says", "[datasets]") {
  const auto restore = [](const char* name) {
    const char* old = std::getenv(name);
    return std::pair<const char*, std::optional<std::string>>(
        name, old == nullptr ? std::nullopt : std::optional<std::string>(old));
  };
  const std::vector saved{restore("KGAUDIT_DATA"), restore("XDG_CACHE_HOME"), restore("HOME")};
  ::setenv("KGAUDIT_DATA", "/d", 1);
  ::setenv("XDG_CACHE_HOME", "/x", 1);
  ::setenv("HOME", "/h", 1);
  CHECK(default_cache_directory() == "/d");
  ::unsetenv("KGAUDIT_DATA");
  CHECK(default_cache_directory() == "/x/kgaudit");
  ::setenv("XDG_CACHE_HOME", "", 1);
  CHECK(default_cache_directory() == "/h/.cache/kgaudit");
  ::unsetenv("HOME");
  CHECK_THROWS_AS(default_cache_directory(), InputError);
  for (const auto& [name, value] : saved) {
    if (value)
      ::setenv(name, value->c_str(), 1);
    else
      ::unsetenv(name);
  }
}
