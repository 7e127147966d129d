"""slapd with the users of the load, in the house's folder, with a small configuration of its own."""
import base64
import hashlib
import os
import subprocess

SUFFIX = "dc=bench,dc=test"
PEOPLE = f"ou=people,{SUFFIX}"
GROUPS = f"ou=groups,{SUFFIX}"
SERVICE_DN = f"cn=gateway,{SUFFIX}"
SERVICE_PASSWORD = "service-account-of-the-bench"
PROGRAMS = ["/usr/sbin/slapd", "/usr/sbin/slapadd"]


def ssha(password):
    salt = os.urandom(8)
    return "{SSHA}" + base64.b64encode(hashlib.sha1(password.encode() + salt).digest() + salt).decode()


def person(name):
    return f"uid={name},{PEOPLE}"


def group(name):
    return f"cn={name},{GROUPS}"


def ldif(users, lines, groups):
    """`users`: (name, password) each; `lines`: more of some users' entries, by name; `groups`: the DNs of their members, by name."""
    yield f"dn: {SUFFIX}\nobjectClass: dcObject\nobjectClass: organization\no: bench\ndc: bench\n\n"
    yield f"dn: {PEOPLE}\nobjectClass: organizationalUnit\nou: people\n\n"
    yield (f"dn: {SERVICE_DN}\nobjectClass: organizationalRole\nobjectClass: simpleSecurityObject\ncn: gateway\n"
           f"userPassword: {ssha(SERVICE_PASSWORD)}\n\n")
    for name, password in users:
        yield (f"dn: {person(name)}\nobjectClass: inetOrgPerson\nuid: {name}\ncn: {name}\nsn: {name}\n"
               f"mail: {name}@bench.test\nuserPassword: {ssha(password)}\n{lines.get(name, '')}\n")
    if groups:
        yield f"dn: {GROUPS}\nobjectClass: organizationalUnit\nou: groups\n\n"
    for name, members in groups.items():
        yield f"dn: {group(name)}\nobjectClass: groupOfNames\ncn: {name}\n" + "".join(f"member: {dn}\n" for dn in members) + "\n"


def prepare(folder, users, lines={}, groups={}):
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
        out.writelines(ldif(users, lines, groups))
    subprocess.run(["/usr/sbin/slapadd", "-q", "-f", folder / "slapd.conf", "-l", text], check=True, capture_output=True)
    text.unlink()


def command(folder, port, says="0"):
    """`says`: what it writes to standard error, by the names of slapd.conf's loglevel; "stats": every bind and search."""
    return ["/usr/sbin/slapd", "-f", folder / "slapd.conf", "-h", f"ldap://127.0.0.1:{port}", "-d", says]
