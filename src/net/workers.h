#pragma once
// A fixed number of loops, each on a thread of its own named after its index ("sp-worker-0"). The loops are
// there from the beginning, so that everything can be built on them before start(); after join() it is taken
// down again.
#include <cstddef>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "net/loop.h"

namespace sallyport::net {

class Workers {
 public:
  explicit Workers(std::size_t count, std::string name = "sp-worker");
  ~Workers();  // stops and joins
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  void start();
  void stop();  // any thread
  void join();

  [[nodiscard]] std::size_t size() const { return loops_.size(); }
  [[nodiscard]] Loop& operator[](std::size_t index) { return *loops_.at(index); }

 private:
  std::string name_;
  std::vector<std::unique_ptr<Loop>> loops_;
  std::vector<std::thread> threads_;
};

}  // namespace sallyport::net
