#include <atomic>
#include <cmath>
#include <stdexcept>
#include <vector>

#include "suite/base/error.hpp"
#include "suite/base/thread_pool.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;

TEST_CASE("Every index runs once, on a worker that exists", "[base][threads]") {
  for (std::size_t threads = 1; threads <= 4; ++threads) {
    ThreadPool pool(threads);
    CHECK(pool.threads() == threads);
    for (const std::size_t count : {0U, 1U, 2U, 3U, 7U, 1000U}) {
      std::vector<std::atomic<int>> runs(count);
      std::atomic<bool> worker_known = true;
      pool.run(count, [&](std::size_t index, std::size_t worker) {
        runs.at(index).fetch_add(1);
        if (worker >= threads) worker_known = false;
      });
      for (const auto& times : runs) CHECK(times.load() == 1);
      CHECK(worker_known);
    }
  }
}

TEST_CASE("Many short jobs in a row all finish", "[base][threads]") {
  ThreadPool pool(4);
  std::vector<std::size_t> cells(5);
  for (std::size_t job = 0; job < 2000; ++job) {
    pool.run(cells.size(), [&](std::size_t index, std::size_t) { cells[index] += index + 1; });
  }
  for (std::size_t i = 0; i < cells.size(); ++i) CHECK(cells[i] == 2000 * (i + 1));
}

TEST_CASE("A sum in index order is the same for any number of threads", "[base][threads]") {
  const auto sum_with = [](std::size_t threads) {
    ThreadPool pool(threads);
    std::vector<double> parts(64);
    pool.run(parts.size(), [&](std::size_t index, std::size_t) {
      for (std::size_t i = 0; i < 1000; ++i) {
        parts[index] += std::sin(static_cast<double>(index * 1000 + i)) * 1e-3;
      }
    });
    double sum = 0.0;
    for (const double part : parts) sum += part;
    return sum;
  };
  const double alone = sum_with(1);
  for (std::size_t threads = 2; threads <= 4; ++threads) CHECK(sum_with(threads) == alone);
}

TEST_CASE("A pool that heeds a stop begins no further task and says so", "[base][threads]") {
  for (std::size_t threads = 1; threads <= 3; ++threads) {
    std::atomic<bool> stop = false;
    Progress progress;
    progress.watch(&stop);
    ThreadPool pool(threads);
    pool.heed(progress);
    std::atomic<int> done = 0;
    CHECK_NOTHROW(pool.run(5, [&](std::size_t, std::size_t) { done.fetch_add(1); }));
    CHECK(done == 5);
    CHECK_THROWS_AS(pool.run(1000,
                             [&](std::size_t, std::size_t) {
                               done.fetch_add(1);
                               stop = true;
                             }),
                    Interrupted);
    CHECK(done <= 5 + static_cast<int>(threads));
    // The pool is whole: it works again once nobody wants to stop.
    stop = false;
    CHECK_NOTHROW(pool.run(3, [&](std::size_t, std::size_t) { done.fetch_add(1); }));
  }
}

TEST_CASE("The exception of the lowest failing index comes out, after all have run",
          "[base][threads]") {
  for (std::size_t threads = 1; threads <= 4; ++threads) {
    ThreadPool pool(threads);
    std::atomic<int> finished = 0;
    try {
      pool.run(100, [&](std::size_t index, std::size_t) {
        finished.fetch_add(1);
        if (index % 10 == 7) throw std::runtime_error(std::to_string(index));
      });
      FAIL("not thrown");
    } catch (const std::runtime_error& error) {
      CHECK(std::string(error.what()) == "7");
    }
    CHECK(finished == 100);
    // The pool is still of use, and the old exception is gone.
    CHECK_NOTHROW(pool.run(10, [](std::size_t, std::size_t) {}));
  }
}

TEST_CASE("Pinned workers do the same work", "[base][threads]") {
  ThreadPool pool(available_processors(), true);
  std::vector<int> cells(10);
  pool.run(cells.size(), [&](std::size_t index, std::size_t) { cells[index] = 1; });
  for (const int cell : cells) CHECK(cell == 1);
}

TEST_CASE("Binding to processors ends with the pool", "[base][threads]") {
  const std::size_t before = available_processors();
  { const ThreadPool pool(2, true); }
  CHECK(available_processors() == before);
}

TEST_CASE("A pool without threads is our own mistake", "[base][threads]") {
  CHECK_THROWS_AS(ThreadPool(0), BrokenInvariant);
}
