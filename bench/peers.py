"""The peers of a measurement, each with a small configuration of its own in the house's folder: slapd with the users of
the load, and FreeRADIUS with rlm_ldap on the same slapd, tuned as its documentation advises for throughput."""
import base64
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

SUFFIX = "dc=bench,dc=test"
PEOPLE = f"ou=people,{SUFFIX}"
SERVICE_DN = f"cn=gateway,{SUFFIX}"
SERVICE_PASSWORD = "service-account-of-the-bench"


def ssha(password):
    salt = os.urandom(8)
    return "{SSHA}" + base64.b64encode(hashlib.sha1(password.encode() + salt).digest() + salt).decode()


def ldif(users):
    """`users`: (name, password) each."""
    yield f"dn: {SUFFIX}\nobjectClass: dcObject\nobjectClass: organization\no: bench\ndc: bench\n\n"
    yield f"dn: {PEOPLE}\nobjectClass: organizationalUnit\nou: people\n\n"
    yield (f"dn: {SERVICE_DN}\nobjectClass: organizationalRole\nobjectClass: simpleSecurityObject\ncn: gateway\n"
           f"userPassword: {ssha(SERVICE_PASSWORD)}\n\n")
    for name, password in users:
        yield (f"dn: uid={name},{PEOPLE}\nobjectClass: inetOrgPerson\nuid: {name}\ncn: {name}\nsn: {name}\n"
               f"mail: {name}@bench.test\nuserPassword: {ssha(password)}\n\n")


def prepare_slapd(folder, users):
    database = folder / "slapd-db"
    database.mkdir()
    (folder / "slapd.conf").write_text(f"""
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile {folder}/slapd.pid
loglevel none
threads 16
database mdb
suffix "{SUFFIX}"
rootdn "cn=root,{SUFFIX}"
directory {database}
maxsize 1073741824
index objectClass,uid eq
access to attrs=userPassword by anonymous auth by * none
access to * by dn.base="{SERVICE_DN}" read by * none
""")
    text = folder / "people.ldif"
    with open(text, "w", encoding="utf-8") as out:
        out.writelines(ldif(users))
    subprocess.run(["/usr/sbin/slapadd", "-q", "-f", folder / "slapd.conf", "-l", text], check=True, capture_output=True)
    text.unlink()


def slapd_command(folder, port):
    return ["/usr/sbin/slapd", "-f", folder / "slapd.conf", "-h", f"ldap://127.0.0.1:{port}", "-d", "0"]


def prepare_freeradius(folder, port, ldap_port, secret, threads):
    raddb = folder / "raddb"
    raddb.mkdir(exist_ok=True)
    (folder / "radius-run").mkdir(exist_ok=True)
    config = raddb / "radiusd.conf"
    config.write_text(f"""
prefix = /usr
name = radiusd
sysconfdir = {folder}
logdir = {folder}
raddbdir = {raddb}
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
  ldap {{
    server = "127.0.0.1"
    port = {ldap_port}
    identity = "{SERVICE_DN}"
    password = "{SERVICE_PASSWORD}"
    base_dn = "{PEOPLE}"
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
    pool {{
      start = {threads}
      min = {threads}
      max = {threads}
      spare = {threads}
      uses = 0
      lifetime = 0
      idle_timeout = 0
      retry_delay = 1
    }}
  }}
}}
server bench {{
  listen {{
    type = auth
    ipaddr = 127.0.0.1
    port = {port}
  }}
  authorize {{
    ldap
    if (ok || updated) {{
      update control {{ &Auth-Type := ldap }}
    }}
  }}
  authenticate {{
    Auth-Type ldap {{
      ldap
    }}
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
""")
    config.chmod(0o600)


def freeradius_command(folder):
    return ["/usr/sbin/freeradius", "-f", "-d", folder / "raddb", "-D", "/usr/share/freeradius"]


def missing():
    """Programs that a measurement needs and that are not installed."""
    return [name for name in ("/usr/sbin/slapd", "/usr/sbin/slapadd", "/usr/sbin/freeradius") if not Path(name).exists()]


if __name__ == "__main__":  # a folder with both, for trying things by hand: peers.py FOLDER LDAP-PORT RADIUS-PORT THREADS
    target = Path(sys.argv[1]).resolve()
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    prepare_slapd(target, [(f"user{n:05}", f"Passw0rd-{n:05}") for n in range(10_000)])
    prepare_freeradius(target, int(sys.argv[3]), int(sys.argv[2]), "a shared secret of the bench", int(sys.argv[4]))
    (target / "users.tsv").write_text("".join(f"user{n:05}\tPassw0rd-{n:05}\t\t0\n" for n in range(10_000)))
