#pragma once
// What the causes of an outage mean by the settings.
#include "continuity/evidence.h"
#include "settings/continuity.h"

namespace sallyport::server {

continuity::Profile profile_of(const settings::Continuity&);

}  // namespace sallyport::server
