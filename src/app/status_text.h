#pragma once
// What a gateway answers to `sallyport status`, and what `sallyport continuity review` found, for a person.
#include <boost/json/object.hpp>
#include <string>
#include <string_view>

namespace sallyport::app {

std::string status_text(const boost::json::object& answer);
std::string rehearsal_text(const boost::json::object& answer);  // of `sallyport rehearse report`
// Of its members "logins" and "left_out"; `nobody` is the sentence where no login is.
std::string review_text(const boost::json::object& review, std::string_view nobody);

}  // namespace sallyport::app
