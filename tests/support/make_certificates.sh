#!/bin/sh
# Certificates for tests: make_certificates.sh FOLDER
#   ca.pem                  the authority of all but the stranger's
#   server.pem|.key         localhost, 127.0.0.1, ::1          expired_server: the same, over since yesterday
#   other_server            other.example.test                 expired_other_server: both wrong
#   client.pem|.key|.p12    CN=client                          client_legacy.p12: RC2-40 and 3DES; both files' password: changeit
#   client_locked.key       client.key under the password "changeit"
#   expired_client          over since yesterday               stranger_ca, stranger_client, stranger_server: of another authority
set -eu
mkdir -p "$1"
cd "$1"
umask 077

key() { openssl ecparam -name prime256v1 -genkey -noout -out "$1.key"; }

authority() {
  key "$1"
  openssl req -x509 -new -key "$1.key" -out "$1.pem" -subj "/CN=$1" -days 3650 \
    -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign
}

# certificate NAME AUTHORITY DAYS SUBJECT [ALTERNATIVE NAMES]
certificate() {
  key "$1"
  {
    echo "basicConstraints=CA:FALSE"
    echo "extendedKeyUsage=serverAuth,clientAuth"
    if [ -n "${5:-}" ]; then echo "subjectAltName=$5"; fi
  } > extensions
  openssl req -new -key "$1.key" -subj "$4" -out request
  openssl x509 -req -in request -CA "$2.pem" -CAkey "$2.key" -CAcreateserial -days "$3" -extfile extensions \
    -out "$1.pem" 2> /dev/null
  rm extensions request
}

here=DNS:localhost,IP:127.0.0.1,IP:::1
authority ca
authority stranger_ca
certificate server ca 3650 /CN=localhost "$here"
certificate expired_server ca -1 /CN=localhost "$here"
certificate other_server ca 3650 /CN=other.example.test DNS:other.example.test
certificate expired_other_server ca -1 /CN=other.example.test DNS:other.example.test
certificate stranger_server stranger_ca 3650 /CN=localhost "$here"
certificate client ca 3650 "/O=Example/CN=client"
certificate expired_client ca -1 "/O=Example/CN=expired client"
certificate stranger_client stranger_ca 3650 "/O=Example/CN=stranger"
openssl ec -in client.key -aes256 -passout pass:changeit -out client_locked.key 2> /dev/null
openssl pkcs12 -export -in client.pem -inkey client.key -certfile ca.pem -passout pass:changeit -out client.p12
openssl pkcs12 -export -legacy -in client.pem -inkey client.key -certfile ca.pem -passout pass:changeit -out client_legacy.p12
