#pragma once
// From JSON and queries to what admin_work.h takes; the error is one sentence for the client.
#include <boost/json.hpp>
#include <string_view>

#include "authservice/admin_json.h"
#include "authservice/admin_work.h"

namespace sallyport::authservice {

base::Result<Page> page_of(std::string_view query);
base::Result<UserName> user_of(const boost::json::object&);
base::Result<NewCredential> new_credential_of(const boost::json::object&);
base::Result<CredentialOrder> order_of(CredentialAction, const boost::json::object&);
base::Result<PushOrder> push_order_of(bool approves, const boost::json::object&);
base::Result<std::vector<ImportLine>> lines_of(const boost::json::object&, std::size_t most);

}  // namespace sallyport::authservice
