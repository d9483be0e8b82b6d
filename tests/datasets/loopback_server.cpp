#include "tests/datasets/loopback_server.hpp"

#include <array>
#include <cstdlib>
#include <stdexcept>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace kgaudit::tests {

LoopbackServer::LoopbackServer(Handler handler) : handler_(std::move(handler)) {
  ::setenv("no_proxy", "127.0.0.1", 1);  // a machine's web proxy must not stand in between
  socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* any = reinterpret_cast<sockaddr*>(&address);
  if (socket_ < 0 || ::bind(socket_, any, size) != 0 || ::listen(socket_, 8) != 0 ||
      ::getsockname(socket_, any, &size) != 0)
    throw std::runtime_error("no loopback server");
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { serve(); });
}

LoopbackServer::~LoopbackServer() {
  ::shutdown(socket_, SHUT_RDWR);  // wakes accept()
  thread_.join();
  ::close(socket_);
}

std::string LoopbackServer::address() const { return "http://127.0.0.1:" + std::to_string(port_); }

std::vector<HttpRequest> LoopbackServer::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

void LoopbackServer::serve() {
  for (;;) {
    const int connection = ::accept(socket_, nullptr, nullptr);
    if (connection < 0) return;
    answer(connection);
    ::close(connection);
  }
}

void LoopbackServer::answer(int connection) {
  std::string text;
  std::array<char, 4096> block{};
  while (text.find("\r\n\r\n") == std::string::npos) {
    const ssize_t got = ::recv(connection, block.data(), block.size(), 0);
    if (got <= 0) return;
    text.append(block.data(), static_cast<std::size_t>(got));
  }
  HttpRequest request;
  const std::size_t begin = text.find(' ') + 1;
  request.path = text.substr(begin, text.find(' ', begin) - begin);
  const std::string key = "Range: bytes=";
  if (const std::size_t at = text.find(key); at != std::string::npos)
    request.range_begin = std::stoull(text.substr(at + key.size()));
  std::size_t number = 0;
  {
    const std::lock_guard lock(mutex_);
    number = requests_.size();
    requests_.push_back(request);
  }

  const HttpAnswer reply = handler_(request, number);
  std::string body = reply.body;
  int status = reply.status;
  std::string header;
  if (status == 200 && request.range_begin && !reply.ignore_range) {
    if (*request.range_begin >= body.size()) {
      status = 416;
      body.clear();
    } else {
      status = 206;
      header += "Content-Range: bytes " + std::to_string(*request.range_begin) + "-" +
                std::to_string(body.size() - 1) + "/" + std::to_string(body.size()) + "\r\n";
      body.erase(0, *request.range_begin);
    }
  }
  if (!reply.location.empty()) header += "Location: " + reply.location + "\r\n";
  std::string out = "HTTP/1.1 " + std::to_string(status) + " Answer\r\n" + header +
                    "Content-Length: " + std::to_string(body.size()) +
                    "\r\nConnection: close\r\n\r\n";
  if (reply.cut_after && *reply.cut_after < body.size()) body.resize(*reply.cut_after);
  out += body;
  for (std::size_t sent = 0; sent < out.size();) {
    const ssize_t n = ::send(connection, out.data() + sent, out.size() - sent, MSG_NOSIGNAL);
    if (n <= 0) return;
    sent += static_cast<std::size_t>(n);
  }
  ::shutdown(connection, SHUT_WR);
  // Reading until the client closes keeps the kernel from dropping bytes still on their way.
  while (::recv(connection, block.data(), block.size(), 0) > 0) {
  }
}

}  // namespace kgaudit::tests
