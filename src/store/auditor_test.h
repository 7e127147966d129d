/// @file
/// An auditor's certificate and private key, and the private key of somebody else, made for these tests:
/// `openssl req -x509 -newkey ec ...`.
#pragma once

namespace sallyport::store {

inline constexpr const char* auditor_certificate = R"(-----BEGIN CERTIFICATE-----
MIIBjzCCATWgAwIBAgIUB7D7dZ9uEHdnPI/cFeP8CalYO3wwCgYIKoZIzj0EAwIw
HDEaMBgGA1UEAwwRYXVkaXRvciBvZiBhIHRlc3QwIBcNMjYxMTI2MDQ1MjM4WhgP
MjEyNjExMDIwNDUyMzhaMBwxGjAYBgNVBAMMEWF1ZGl0b3Igb2YgYSB0ZXN0MFkw
EwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE1e5XfLUzRp8EEoencIwUpSfIckmAWACt
whN8v2eUw+eZpaPQuc3Rk4WeEczxzorlVfUQbwUDp1UTi1SAKp4lm6NTMFEwHQYD
VR0OBBYEFOziAjX5qr0ecMKhGG8QlMlClYK4MB8GA1UdIwQYMBaAFOziAjX5qr0e
cMKhGG8QlMlClYK4MA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIh
APZkBM08UzqMo7fgs+IZd171326K3XSBNDd0YW5XDiLNAiAjXyrrnsmCrtv1ijzQ
O5SsA5D+X75tGVxKHXrcngtSHg==
-----END CERTIFICATE-----
)";

inline constexpr const char* auditor_key = R"(-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgijIT+8A8cxZL8yco
CagB4EXpP10nNNaO3VoQ9QVPs3OhRANCAATV7ld8tTNGnwQSh6dwjBSlJ8hySYBY
AK3CE3y/Z5TD55mlo9C5zdGThZ4RzPHOiuVV9RBvBQOnVROLVIAqniWb
-----END PRIVATE KEY-----
)";

inline constexpr const char* other_key = R"(-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg77cWGVJ2Qc1gRPrP
6GddRvQZuqOcvjTd4t5KzXaZyHOhRANCAATSv1wAHe8KT8RJa+tSmJuCa+HQHHBD
gtX+7ciPqGa3dgOJjN4yqVmGoNay690po35aVaCHZyR7S7KEPeGiLLnH
-----END PRIVATE KEY-----
)";

}  // namespace sallyport::store
