#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace kgaudit::tests {

/// What the client asked for.
struct HttpRequest {
  std::string path;
  std::optional<std::uint64_t> range_begin;  ///< of "Range: bytes=N-"
};

/// How the server answers.
struct HttpAnswer {
  int status = 200;
  std::string body;                          ///< the whole file; a range is cut from it
  std::optional<std::uint64_t> cut_after{};  ///< close the connection after so many body bytes
  bool ignore_range = false;                 ///< send everything in answer to a range
  std::string location{};                    ///< redirect target for a 3xx status
};

/// A web server on 127.0.0.1 at a free port, one request a connection, in a thread of its own.
class LoopbackServer {
 public:
  using Handler = std::function<HttpAnswer(const HttpRequest&, std::size_t number)>;
  explicit LoopbackServer(Handler handler);
  ~LoopbackServer();
  LoopbackServer(const LoopbackServer&) = delete;
  LoopbackServer& operator=(const LoopbackServer&) = delete;

  [[nodiscard]] std::string address() const;  ///< "http://127.0.0.1:PORT"
  [[nodiscard]] std::vector<HttpRequest> requests() const;

 private:
  void serve();
  void answer(int connection);

  Handler handler_;
  int socket_ = -1;
  std::uint16_t port_ = 0;
  mutable std::mutex mutex_;
  std::vector<HttpRequest> requests_;
  std::thread thread_;
};

}  // namespace kgaudit::tests
