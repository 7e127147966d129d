"""FreeRADIUS, the peer of a measurement: a small configuration in the house's folder, tuned as its documentation advises
for throughput, with one module that asks: `ldap` on the same slapd as ours, `rest` on the same service, or `files`, which asks
nobody."""
import slapd

PROGRAMS = ["/usr/sbin/freeradius"]
REST_MODULE = "/usr/lib/freeradius/rlm_rest.so"


def server_conf(folder, port, secret, threads, modules, authorize, authenticate):
    return f"""
prefix = /usr
name = radiusd
sysconfdir = {folder}
logdir = {folder}
raddbdir = {folder}/raddb
run_dir = {folder}/radius-run
db_dir = {folder}/radius-run
libdir = /usr/lib/freeradius
pidfile = ${{run_dir}}/radiusd.pid
correct_escapes = true
hostname_lookups = no
max_request_time = 30
cleanup_delay = 5
max_requests = 262144
log {{
  destination = files
  file = {folder}/freeradius.log
  auth = no
}}
security {{
  max_attributes = 200
  reject_delay = 0
  status_server = yes
  allow_core_dumps = no
}}
proxy_requests = no
thread pool {{
  start_servers = {threads}
  max_servers = {threads}
  min_spare_servers = 1
  max_spare_servers = {threads}
  max_queue_size = 65536
  max_requests_per_server = 0
  auto_limit_acct = no
}}
client bench {{
  ipaddr = 127.0.0.0/8
  secret = "{secret}"
  require_message_authenticator = yes
}}
modules {{
{modules}
}}
server bench {{
  listen {{
    type = auth
    ipaddr = 127.0.0.1
    port = {port}
  }}
  authorize {{
{authorize}
  }}
  authenticate {{
{authenticate}
  }}
  post-auth {{
    update reply {{
      &Message-Authenticator := 0x00
    }}
    Post-Auth-Type REJECT {{
      update reply {{
        &Message-Authenticator := 0x00
      }}
    }}
  }}
}}
"""


def pool(threads):
    return f"""
    pool {{
      start = {threads}
      min = {threads}
      max = {threads}
      spare = {threads}
      uses = 0
      lifetime = 0
      idle_timeout = 0
      retry_delay = 1
    }}"""


def ldap(port, threads):
    """(modules, authorize, authenticate): one search and one bind a login."""
    module = f"""
  ldap {{
    server = "127.0.0.1"
    port = {port}
    identity = "{slapd.SERVICE_DN}"
    password = "{slapd.SERVICE_PASSWORD}"
    base_dn = "{slapd.PEOPLE}"
    user_dn = "LDAP-UserDn"
    user {{
      base_dn = "${{..base_dn}}"
      filter = "(uid=%{{User-Name}})"
      scope = "sub"
    }}
    options {{
      chase_referrals = no
      rebind = no
      res_timeout = 10
      srv_timelimit = 3
      net_timeout = 1
      idle = 60
      probes = 3
      interval = 3
    }}
{pool(threads)}
  }}"""
    authorize = """
    ldap
    if (ok || updated) {
      update control { &Auth-Type := ldap }
    }"""
    return module, authorize, "    Auth-Type ldap {\n      ldap\n    }"


def rest(folder, port, threads):
    """(modules, authorize, authenticate): the question about the code that our gateway puts too, over mutual TLS."""
    body = ("<?xml version='1.0' encoding='UTF-8'?><S:Envelope xmlns:S='http://schemas.xmlsoap.org/soap/envelope/'><S:Body>"
            "<AuthenticateUserRequest xmlns='https://schemas.symantec.com/vip/2011/04/vipuserservices'>"
            "<requestId>%{randstr:aaaaaaaaaaaaaaaaaaaaaaaa}</requestId><userId>%{User-Name}</userId>"
            "<otpAuthData><otp>%{User-Password}</otp></otpAuthData></AuthenticateUserRequest></S:Body></S:Envelope>")
    module = f"""
  expr {{
    safe_characters = "@abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_: /"
  }}
  always ok {{
    rcode = ok
  }}
  always reject {{
    rcode = reject
  }}
  rest {{
    tls {{
      ca_info_file = {folder}/ca.pem
      certificate_file = {folder}/gateway.pem
      private_key_file = {folder}/gateway.key
      check_cert = yes
      check_cert_cn = yes
    }}
    connect_uri = "https://localhost:{port}/"
    authenticate {{
      uri = "https://localhost:{port}/vipuserservices/AuthenticationService_1_8"
      method = 'post'
      body = 'text/xml'
      data = "{body}"
      force_to = 'plain'
      timeout = 8
      tls = ${{..tls}}
    }}
{pool(threads)}
  }}
}}
instantiate {{
  expr"""
    authenticate = """
    Auth-Type rest {
      rest
      if (&reply:REST-HTTP-Body =~ /status>0000</) {
        ok
      }
      else {
        reject
      }
    }"""
    return module, "    update control { &Auth-Type := rest }", authenticate


def files(folder, users):
    """(modules, authorize, authenticate): `users`, of (name, password), in a file that is read at the start; no other asked."""
    path = folder / "raddb" / "users"
    path.parent.mkdir(exist_ok=True)
    path.touch(0o600)
    path.write_text("".join(f'{name} Cleartext-Password := "{password}"\n' for name, password in users))
    module = f"""
  files {{
    filename = {path}
  }}
  pap {{
  }}"""
    return module, "    files\n    pap", "    Auth-Type PAP {\n      pap\n    }"


def prepare(folder, port, secret, threads, asked):
    """`asked`: what ldap() or rest() gave."""
    raddb = folder / "raddb"
    raddb.mkdir(exist_ok=True)
    (folder / "radius-run").mkdir(exist_ok=True)
    config = raddb / "radiusd.conf"
    config.write_text(server_conf(folder, port, secret, threads, *asked))
    config.chmod(0o600)


def command(folder):
    return ["/usr/sbin/freeradius", "-f", "-d", folder / "raddb", "-D", "/usr/share/freeradius"]
