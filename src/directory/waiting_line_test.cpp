#include "directory/waiting_line.h"

#include <gtest/gtest.h>

#include <memory>

namespace sallyport::directory {
namespace {

struct Login {
  bool over = false;
};
struct Task {
  std::shared_ptr<Login> question;
  int number;
};

TEST(WaitingLine, keeps_its_order_and_leaves_out_those_that_are_over) {
  WaitingLine<Task> line;
  const auto over = std::make_shared<Login>(Login{true});
  for (int i = 0; i < 3; ++i) {
    Task task{i == 1 ? over : std::make_shared<Login>(), i};
    EXPECT_TRUE(line.push(task));
  }
  EXPECT_EQ(line.pop()->number, 0);
  EXPECT_EQ(line.pop()->number, 2);
  EXPECT_FALSE(line.pop());
}

TEST(WaitingLine, that_is_full_refuses_until_somebody_is_over) {
  WaitingLine<Task> line(10);
  const auto one = std::make_shared<Login>();
  for (int i = 0; i < 10; ++i) {
    Task task{i == 4 ? one : std::make_shared<Login>(), i};
    EXPECT_TRUE(line.push(task));
  }
  Task eleventh{std::make_shared<Login>(), 10};
  EXPECT_FALSE(line.push(eleventh));
  ASSERT_NE(eleventh.question, nullptr) << "still the caller's";
  one->over = true;
  bool taken = false;
  for (int i = 0; i < 1000 && !taken; ++i) taken = line.push(eleventh);
  EXPECT_TRUE(taken);
  EXPECT_EQ(line.size(), 10U);
  EXPECT_EQ(line.take_all().size(), 10U);
  EXPECT_TRUE(line.empty());
}

}  // namespace
}  // namespace sallyport::directory
