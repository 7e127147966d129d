#pragma once
// What a gateway answers to `sallyport status` and `sallyport continuity review`, for a person.
#include <boost/json/object.hpp>
#include <string>

namespace sallyport::app {

std::string status_text(const boost::json::object& answer);
std::string rehearsal_text(const boost::json::object& answer);  // of `sallyport rehearse report`
std::string review_text(const boost::json::object& answer);     // of its member "logins"

}  // namespace sallyport::app
