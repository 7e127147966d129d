"""slapd with the users of the load, in the house's folder, with a small configuration of its own."""
import base64
import hashlib
import os
import subprocess

SUFFIX = "dc=bench,dc=test"
PEOPLE = f"ou=people,{SUFFIX}"
SERVICE_DN = f"cn=gateway,{SUFFIX}"
SERVICE_PASSWORD = "service-account-of-the-bench"
PROGRAMS = ["/usr/sbin/slapd", "/usr/sbin/slapadd"]


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


def prepare(folder, users):
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


def command(folder, port):
    return ["/usr/sbin/slapd", "-f", folder / "slapd.conf", "-h", f"ldap://127.0.0.1:{port}", "-d", "0"]
