#include "cloud/channel.h"
#include "crypto/random.h"

namespace sallyport::cloud {

// 62^22 is about 2^131: nobody guesses an id in order to be answered in another's place.
std::string draw_request_id() { return "sp1_" + crypto::random_base62(22); }

}  // namespace sallyport::cloud
