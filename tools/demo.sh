#!/usr/bin/env bash
# A house of its own under build/demo: an authentication service, a gateway with an embedded user store, one user with a
# TOTP credential; then logins, each with what it should come to. Stays until Ctrl-C, or ends by itself with --once.
set -euo pipefail
sallyport=$1
shift
once=""
for word in "$@"; do
  case $word in --once) once=1 ;; *) echo "demo: no option '$word' (there is --once)" >&2; exit 2 ;; esac
done

mkdir -p build
exec 9>build/demo.lock
flock -n 9 || { echo "demo: another demo is running in this folder" >&2; exit 1; }
demo=build/demo
rm -rf $demo && mkdir -m 700 $demo
processes=()

stop() {
  trap - EXIT INT TERM
  local process
  for process in "${processes[@]}"; do kill -TERM "$process" 2>/dev/null || true; done
  for process in "${processes[@]}"; do wait "$process" 2>/dev/null || true; done
}
trap stop EXIT
trap 'exit 130' INT TERM

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
free_ports() { python3 - "$1" <<'P'
import socket, sys
held = []
for _ in range(int(sys.argv[1])):
    tcp, udp = socket.socket(), socket.socket(type=socket.SOCK_DGRAM)
    while True:  # free for TCP and UDP alike
        tcp.bind(("127.0.0.1", 0))
        try:
            udp.bind(("127.0.0.1", tcp.getsockname()[1]))
            break
        except OSError:
            tcp.close(); tcp = socket.socket()
    held += [tcp, udp]
    print(tcp.getsockname()[1])
P
}
mapfile -t port < <(free_ports 6)
service=${port[0]} code_port=${port[1]} password_port=${port[2]} gateway_metrics=${port[3]} service_metrics=${port[4]}
challenge_port=${port[5]}

certificate() {  # certificate NAME SUBJECT EXTENSION
  openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/O=Sallyport demo/CN=$2" \
    -keyout "$demo/$1.key" -out "$demo/$1.csr" 2>/dev/null
  openssl x509 -req -in "$demo/$1.csr" -CA $demo/ca.pem -CAkey $demo/ca.key -CAcreateserial -days 30 \
    -extfile <(printf '%s\n' "$3") -out "$demo/$1.pem" 2>/dev/null
  rm "$demo/$1.csr"
}
fingerprint() { openssl x509 -in "$demo/$1.pem" -noout -fingerprint -sha256 | sed 's/.*=//; s/://g' | tr A-F a-f; }

make_certificates() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/O=Sallyport demo/CN=Demo CA" -days 30 \
    -addext 'basicConstraints=critical,CA:TRUE' -addext 'keyUsage=critical,keyCertSign,cRLSign' \
    -keyout $demo/ca.key -out $demo/ca.pem 2>/dev/null
  certificate service localhost "subjectAltName=DNS:localhost,IP:127.0.0.1"
  certificate gateway gateway "extendedKeyUsage=clientAuth"
  certificate admin admin "extendedKeyUsage=clientAuth"
}

write_settings() {
  cat >$demo/authservice.toml <<T
listen = ["127.0.0.1:$service"]
certificate_file = "service.pem"
key_file = "service.key"
client_ca_file = "ca.pem"
database = "authservice.db"
secrets_key = "file:secrets.key"
issuer = "Sallyport demo"

[log]
file = "authservice.log"

[metrics]
listen = "127.0.0.1:$service_metrics"

[[account]]
id = "demo"

[[account.certificate]]
fingerprint_sha256 = "$(fingerprint gateway)"
role = "validation"

[[account.certificate]]
fingerprint_sha256 = "$(fingerprint admin)"
role = "admin"
T
  cat >$demo/gateway.toml <<T
[log]
file = "gateway.log"

[metrics]
listen = "127.0.0.1:$gateway_metrics"

[cluster]
key = "file:cluster.key"

[service]
url = "https://localhost:$service/vipuserservices/"
certificate_file = "gateway.pem"
key_file = "gateway.key"
ca_file = "ca.pem"

[continuity]
folder = "continuity"

[[user_store]]
name = "demo"
kind = "file"
file = "users"

[[validation_server]]
name = "vpn"
listen = ["127.0.0.1:$password_port"]
mode = "password_code"
continuity = "automatic"

[[validation_server.client]]
name = "demo"
addresses = ["127.0.0.0/8"]
secret = "file:radius.secret"

[[validation_server]]
name = "portal"
listen = ["127.0.0.1:$code_port"]
mode = "code"

[[validation_server.client]]
name = "demo"
addresses = ["127.0.0.0/8"]
secret = "file:radius.secret"

[[validation_server]]
name = "desk"
listen = ["127.0.0.1:$challenge_port"]
mode = "challenge"
methods = ["code"]

[[validation_server.client]]
name = "demo"
addresses = ["127.0.0.0/8"]
secret = "file:radius.secret"
T
}

begin() {  # begin PROGRAM... (its errors go to the terminal)
  "$sallyport" "$@" 9>&- &
  processes+=($!)
}
await() {  # await PORT: until /readyz says so
  local tries
  for tries in $(seq 100); do
    ! python3 -c "import sys,urllib.request as u; sys.exit(0 if u.urlopen('http://127.0.0.1:$1/readyz',timeout=1).status==200 else 1)" 2>/dev/null || return 0
    kill -0 "${processes[-1]}" 2>/dev/null || { echo "demo: it ended by itself" >&2; exit 1; }
    sleep 0.1
  done
  echo "demo: it is not ready after 10 s" >&2
  exit 1
}

say "Certificates, settings and one user under $demo"
make_certificates
umask 077
mkdir $demo/continuity
openssl rand -base64 32 >$demo/secrets.key
openssl rand -hex 16 >$demo/radius.secret
openssl rand -hex 32 >$demo/cluster.key
for user in alice:hunter2 bob:sesame carol:swordfish; do
  printf '%s:%s\n' "${user%:*}" "$(printf '%s\n' "${user#*:}" | "$sallyport" hash-password)"
done >$demo/users
write_settings
"$sallyport" check --config $demo/authservice.toml
"$sallyport" check --config $demo/gateway.toml
begin authservice --config $demo/authservice.toml
authservice=${processes[-1]}
await "$service_metrics"
begin gateway --config $demo/gateway.toml
await "$gateway_metrics"
"$sallyport" check --connect --config $demo/gateway.toml

cat >$demo/admin.env <<T
export SALLYPORT_ADMIN_URL=https://localhost:$service SALLYPORT_ADMIN_CERTIFICATE=$PWD/$demo/admin.pem
export SALLYPORT_ADMIN_KEY=$PWD/$demo/admin.key SALLYPORT_ADMIN_CA=$PWD/$demo/ca.pem
T
. $demo/admin.env
export SALLYPORT_RADIUS_SECRET=file:$PWD/$demo/radius.secret

say "A TOTP credential for alice: scan it, or let oathtool make the codes"
"$sallyport" credential add alice --svg $demo/alice.svg | tee $demo/alice.txt
totp_secret=$(sed -n 's/^secret: *//p' $demo/alice.txt)
rm $demo/alice.txt
"$sallyport" credential add bob --push --no-qr >/dev/null  # a telephone that takes pushes
carols_secret=$("$sallyport" credential add carol --no-qr | sed -n 's/^secret: *//p')
carols_code() { oathtool --totp -b "$carols_secret"; }
code() { oathtool --totp -b "$totp_secret" --now "$(date -u -d "+$1 seconds" '+%Y-%m-%d %H:%M:%S UTC')"; }
# A wrong code, sure to be none of those that the service's window accepts.
wrong_code() {
  python3 - <(for step in $(seq -15 15); do code $((step * 30)); done) <<'P'
import sys
good = {line.strip() for line in open(sys.argv[1])}
print(next(c for c in (f"{n:06d}" for n in range(123456, 999999)) if c not in good))
P
}

failed=0
expect() {  # expect ACCEPT|REJECT WHAT COMMAND...
  local wanted=$1 what=$2 status=0
  shift 2
  printf '\n\033[1m%-44s\033[0m should %s\n' "$what" "$wanted"
  "$@" || status=$?
  if { [ "$wanted" = accept ] && [ $status -eq 0 ]; } || { [ "$wanted" = reject ] && [ $status -eq 1 ]; }; then
    printf '  as it should\n'
  else
    printf '  \033[31mNOT as it should: exit code %s\033[0m\n' "$status"
    failed=1
  fi
}
login() { "$sallyport" login --server "127.0.0.1:$password_port" "$@"; }
radclient_login() {  # radclient_login USER PASSWORD
  printf 'User-Name="%s",User-Password="%s",Message-Authenticator=0x00\n' "$1" "$2" |
    radclient -x -t 5 -r 1 "127.0.0.1:$password_port" auth "$(cat $demo/radius.secret)" | sed 's/^/  /'
}

# bob signs in with his password alone and waits; his telephone is a second command of ours.
push_login() {  # push_login approve|deny
  local waiting status=0
  login bob --no-code --password sesame --timeout 8000 --tries 1 9>&- &
  waiting=$!
  for _ in $(seq 60); do
    [ -z "$("$sallyport" push list --user bob --json)" ] || break
    sleep 0.1
  done
  "$sallyport" push "$1" --user bob | sed 's/^/  sallyport push: /' || true
  wait $waiting || status=$?
  return $status
}

say "Logins"
now=$(code 0)
expect accept "right password, right code" login alice --password hunter2 --code "$now"
expect reject "the same code again" login alice --password hunter2 --code "$now"
expect reject "a wrong code" login alice --password hunter2 --code "$(wrong_code)"
expect reject "a wrong password" login alice --password hunter3 --code "$(code 30)"
expect reject "a user whom nobody knows" login mallory --password hunter2 --code 123456
expect accept "radclient, right" radclient_login alice "hunter2$(code 30)"
expect reject "radclient, a wrong password" radclient_login alice "hunter3$(code 60)"
expect accept "mode code: the code alone" "$sallyport" login --server "127.0.0.1:$code_port" alice --code-only --code "$(code 60)"

expect accept "a challenge: the password, then the code" "$sallyport" login --server "127.0.0.1:$challenge_port" alice \
  --no-code --password hunter2 --answer "$(code 90)"
expect accept "a push, approved from a second command" push_login approve
expect reject "a push, denied" push_login deny

say "An outage: the authentication service is gone"
kill -TERM "$authservice" && wait "$authservice" || true
state() { "$sallyport" status --json --config $demo/gateway.toml | sed 's/.*"state":"\([a-z]*\)".*/\1/'; }
expect accept "carol, any six digits (it is noticed now)" login carol --password swordfish --code 123456
expect accept "carol, known from now on" login carol --password swordfish --code 654321
expect reject "a wrong password" login carol --password catfish --code 123456
expect reject "no digits" login carol --password swordfish --no-code
"$sallyport" status --config $demo/gateway.toml
say "The continuity record, durable before each of them was let in"
"$sallyport" audit list --config $demo/gateway.toml
"$sallyport" audit verify --config $demo/gateway.toml

say "The service is back"
begin authservice --config $demo/authservice.toml
await "$service_metrics"
for _ in $(seq 60); do [ "$(state)" != normal ] || break; sleep 0.1; done
expect reject "carol, any six digits" login carol --password swordfish --code 123456
expect accept "carol, her code" login carol --password swordfish --code "$(carols_code)"
"$sallyport" status --config $demo/gateway.toml

say "The gateway's log of them all"
sleep 0.3  # the log is written a moment later, never on a login's time
grep -h '"verdict"' $demo/gateway.log || true

if [ $failed -ne 0 ]; then say "Something is NOT as it should be; the logs are in $demo"; exit 1; fi
say "Every login ended as it should"
[ -z "$once" ] || exit 0

cat <<T

Try it by hand, from this folder, in another terminal:

  . $demo/admin.env; export SALLYPORT_RADIUS_SECRET=$SALLYPORT_RADIUS_SECRET
  $sallyport login --server 127.0.0.1:$password_port alice         # password hunter2; a code that was used is spent
  oathtool --totp -b $totp_secret       # a code for it, new every 30 seconds
  $sallyport login --server 127.0.0.1:$challenge_port alice --no-code   # asks for the code in a challenge
  $sallyport login --server 127.0.0.1:$password_port bob --no-code --timeout 8000   # password sesame; and in a third terminal:
  $sallyport push list; $sallyport push approve --user bob
  $sallyport user list; $sallyport credential list
  curl -s http://127.0.0.1:$gateway_metrics/metrics

Ctrl-C ends it.
T
# Ends with either of the two, or with Ctrl-C.
wait -n "${processes[@]}" || true
echo "demo: one of the programs ended" >&2
exit 1
