#pragma once
// What one channel of deliveries has to say to operator and metrics.
#include <memory>
#include <string>

#include "delivery/witness.h"
#include "telemetry/log.h"
#include "telemetry/metrics.h"

namespace sallyport::authservice {

std::unique_ptr<delivery::Witness> make_delivery_voice(const settings::DeliveryChannel&, telemetry::Log&,
                                                       telemetry::Metrics&);

}  // namespace sallyport::authservice
