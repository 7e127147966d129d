#pragma once
// The settings' [[validation_server.reply_attribute]]s, read once: which attributes an Access-Accept carries,
// by what the directory says of the user. A value that the attribute cannot hold is left out and named.
#include <chrono>
#include <string>
#include <vector>

#include "base/result.h"
#include "directory/user_stores.h"
#include "radius/attribute_value.h"
#include "radius/reply.h"
#include "settings/gateway.h"

namespace sallyport::server {

class ReplyAttributes {
 public:
  static base::Result<ReplyAttributes> make(const std::vector<settings::ReplyAttribute>&);
  // Whether make() would take it; the group is for the user stores to judge. The error: "KEY: expected ...".
  static base::Result<void> check(const settings::ReplyAttribute&);

  // Gives what had to be left out: "Session-Timeout from department: expected a whole number ...".
  // `longest_session`: of every Session-Timeout, which is there then; 0: as the settings say.
  std::vector<std::string> add_to(radius::ReplyBuilder&, const directory::Entry&,
                                  std::chrono::seconds longest_session = {}) const;
  void add_wanted(directory::Wanted&) const;
  [[nodiscard]] bool empty() const { return all_.empty(); }

 private:
  struct One {
    radius::AttributeName name;
    std::string label;
    base::Bytes fixed;
    std::string from, group;
  };
  static base::Result<One> read(const settings::ReplyAttribute&);

  std::vector<One> all_;
};

}  // namespace sallyport::server
