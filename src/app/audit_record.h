#pragma once
// What `sallyport audit` commands share: where the record is, and how its sealed keys are opened.
#include <string>

#include "app/commands.h"
#include "base/result.h"
#include "store/record_reader.h"

namespace sallyport::app {

// The folder that was named, or that the settings name. Of the settings that one value is read alone: an
// auditor need not have the files and secrets that they name.
base::Result<std::string> record_folder(const AuditOptions&);

// With the auditor's keys, whose passphrases are asked for.
base::Result<store::RecordReading> record_reading(const AuditOptions&);

// The error: there is no trace of a record in the folder. A gateway begins one when it is started.
base::Result<void> is_there(const std::string& folder, const store::RecordReport&);

}  // namespace sallyport::app
