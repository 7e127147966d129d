#pragma once
// One question to a gateway that runs, over its control socket. Its settings say where that is, even when they
// hold mistakes elsewhere and secrets that this process cannot have.
#include <boost/json/object.hpp>
#include <string>

#include "app/commands.h"
#include "base/result.h"

namespace sallyport::app {

struct ControlAnswer {
  std::string text;  // as it came
  boost::json::object object;
};

// The error is the gateway's own sentence, or why it could not be asked.
base::Result<ControlAnswer> ask_gateway(const ControlOptions&, boost::json::object request);

}  // namespace sallyport::app
