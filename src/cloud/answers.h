#pragma once
// What the classified end of an exchange means for the one who asked: from messages of `vip` to the answers of
// channel.h. Pure. A file of this room only.
#include <string>

#include "base/time.h"
#include "cloud/channel.h"
#include "cloud/soap_call.h"

namespace sallyport::cloud {

struct End {  // of one exchange
  Evidence evidence{};
  std::string detail;
  ReadAnswer answer;
  bool idempotent_service = false;
  bool tunnel_opened = false;
  base::Duration took{};
};

CodeAnswer code_answer(End);         // to authenticateUser
PushAnswer push_answer(const End&);  // to authenticateUserWithPush
Answer sent_answer(const End&);      // to sendOtp
// To pollPushStatus, about one push. No verdict on one that is in progress, left out, or told of in two ways.
PollAnswer poll_answer(const End&, std::string_view transaction_id);
UserAnswer user_answer(const End&);  // to getUserInfo
ServerTimeAnswer server_time_answer(End);

}  // namespace sallyport::cloud
