#pragma once
// What a gateway answers to `sallyport status`, and what `sallyport continuity review` found, for a person.
#include <boost/json/object.hpp>
#include <string>

namespace sallyport::app {

std::string status_text(const boost::json::object& answer);
std::string rehearsal_text(const boost::json::object& answer);  // of `sallyport rehearse report`
std::string review_text(const boost::json::object& review);     // of its members "logins" and "left_out"

}  // namespace sallyport::app
