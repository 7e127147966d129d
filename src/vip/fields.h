#pragma once
// Private to the room: the fields of every message; type_fields.h says how they are written down.
#include "vip/auth_fields.h"
#include "vip/management_fields.h"
#include "vip/query_fields.h"
