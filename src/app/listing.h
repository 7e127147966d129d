#pragma once
// What the admin API gives in pages, whole: as JSON lines or as a table for people.
#include <boost/json/object.hpp>
#include <functional>
#include <string>
#include <vector>

#include "app/admin_client.h"

namespace sallyport::app {

// Every object of `what` ("users", "credentials") that fits the search, page by page; false from `each` ends
// it.
base::Result<void> for_each_listed(AdminClient&, const std::string& what, const std::string& search,
                                   const std::function<void(const boost::json::object&)>& each);

// Control characters made visible, so that a name cannot command the terminal.
std::string visible(std::string_view text);

// The member as text: strings without quotes, arrays joined by ", ", nothing when it is not there;
// visible().
std::string member_text(const boost::json::object&, std::string_view name);

// Columns of equal width; the first row is the heading.
std::string table_text(const std::vector<std::vector<std::string>>& rows);
void print_table(const std::vector<std::vector<std::string>>& rows);

}  // namespace sallyport::app
