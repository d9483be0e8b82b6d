#include "suite/base/files/read_ahead.hpp"

#include <algorithm>
#include <array>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace kgaudit {

struct ReadAhead::State {
  struct Block {
    std::vector<char> bytes = std::vector<char>(kBlockBytes);
    std::size_t size = 0;
    std::exception_ptr error;  ///< that came after these bytes
    bool last = false;
  };

  explicit State(ByteSource& from) : source(from) {}

  /// Fills block after block until the end, an error or `stop`.
  void work() {
    for (;;) {
      Block* block = nullptr;
      {
        std::unique_lock lock(mutex);
        changed.wait(lock, [this] { return stop || filled - used < kBlocks; });
        if (stop) return;
        block = &blocks[filled % kBlocks];
      }
      fill(*block);
      const bool last = block->last;
      {
        const std::lock_guard lock(mutex);
        ++filled;
      }
      changed.notify_all();
      if (last) return;
    }
  }

  void fill(Block& block) {
    block.size = 0;
    try {
      while (block.size < block.bytes.size()) {
        const std::size_t got = source.read(std::span(block.bytes).subspan(block.size));
        if (got == 0) {
          block.last = true;
          return;
        }
        block.size += got;
      }
    } catch (...) {
      block.error = std::current_exception();
      block.last = true;
    }
  }

  ByteSource& source;
  std::array<Block, kBlocks> blocks;
  std::mutex mutex;
  std::condition_variable changed;
  std::size_t filled = 0;  ///< blocks so far
  std::size_t used = 0;    ///< blocks given out and done with
  bool stop = false;
  std::size_t given = 0;  ///< bytes of the current block; the reader's alone
  std::thread worker;
};

ReadAhead::ReadAhead(ByteSource& source) : state_(std::make_unique<State>(source)) {
  state_->worker = std::thread([state = state_.get()] { state->work(); });
}

ReadAhead::~ReadAhead() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->stop = true;
  }
  state_->changed.notify_all();
  state_->worker.join();
}

std::size_t ReadAhead::read(std::span<char> buffer) {
  if (buffer.empty()) return 0;
  State& state = *state_;
  for (;;) {
    {
      std::unique_lock lock(state.mutex);
      state.changed.wait(lock, [&state] { return state.filled > state.used; });
    }
    const State::Block& block = state.blocks[state.used % kBlocks];
    const std::size_t got = std::min(buffer.size(), block.size - state.given);
    if (got > 0) {
      std::copy_n(block.bytes.data() + state.given, got, buffer.data());
      state.given += got;
      return got;
    }
    if (block.error) std::rethrow_exception(block.error);
    if (block.last) return 0;
    {
      const std::lock_guard lock(state.mutex);
      ++state.used;
      state.given = 0;
    }
    state.changed.notify_all();
  }
}

}  // namespace kgaudit
