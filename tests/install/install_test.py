#!/usr/bin/env python3
"""What `cmake --install` puts where, given a build folder: all that docs/install.md speaks of and nothing else; the installed program
runs; the installed examples are settings; the units and the user are what systemd takes, and lead to what is installed."""
import base64
import configparser
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from house import Certificates

PROJECT = (Path(__file__).resolve().parents[2] / "CMakeLists.txt").read_text()
VERSION = re.search(r"^project\(sallyport VERSION (\S+)", PROJECT, re.M).group(1)
FILES = {"bin/sallyport": 0o755, "lib/systemd/system/sallyport-gateway.service": 0o644,
         "lib/systemd/system/sallyport-authservice.service": 0o644, "lib/sysusers.d/sallyport.conf": 0o644,
         **{f"share/doc/sallyport/{name}": 0o644 for name in ("gateway.toml", "authservice.toml", "LICENSE", "README.md")}}
SECRET = base64.b64encode(b"0123456789abcdef" * 2).decode()
PROGRAMS = ("gateway", "authservice")


def run(*words, **options):
    done = subprocess.run([str(word) for word in words], text=True, capture_output=True, timeout=60, **options)
    return done.returncode, done.stdout + done.stderr


def succeeds(*words, **options):
    code, out = run(*words, **options)
    assert code == 0, f"{' '.join(map(str, words))}: {code}\n{out}"
    return out


def installed(folder):
    return {str(file.relative_to(folder)): file.stat().st_mode & 0o777 for file in folder.rglob("*") if not file.is_dir()}


class Site:
    def __init__(self, build, folder):
        self.build, self.folder = build, folder
        self.root = folder / "root"
        self.usr = self.root / "usr"

    def unit(self, program):
        """(section, key): values, of an installed unit."""
        parser = configparser.ConfigParser(strict=False, delimiters="=", interpolation=None, empty_lines_in_values=False)
        parser.optionxform = str
        parser.read(self.usr / f"lib/systemd/system/sallyport-{program}.service")
        return parser


def all_files_are_there_and_no_other(site):
    succeeds("cmake", "--install", site.build, "--prefix", "/usr", env={**os.environ, "DESTDIR": str(site.root)})
    assert installed(site.usr) == FILES and installed(site.root).keys() == {f"usr/{name}" for name in FILES}, installed(site.root)
    elsewhere = site.folder / "elsewhere"
    without = {key: value for key, value in os.environ.items() if key != "DESTDIR"}
    succeeds("cmake", "--install", site.build, "--prefix", elsewhere, env=without)
    assert installed(elsewhere) == FILES, installed(elsewhere)
    shutil.rmtree(elsewhere)


def the_program_says_its_version(site):
    assert succeeds(site.usr / "bin/sallyport", "--version") == f"sallyport {VERSION}\n"


def with_what_they_name(site, program, text):
    """Settings in a folder of their own, with the files that they name; gives the environment that they name."""
    where = site.folder / program
    where.mkdir(exist_ok=True)
    for absolute in re.findall(r'"(/var/[^"]+)"', text):
        (where / absolute.strip("/")).parent.mkdir(parents=True, exist_ok=True)
    if "/var/lib/sallyport/continuity" in text:
        (where / "var/lib/sallyport/continuity").mkdir(mode=0o700, exist_ok=True)
    for name in re.findall(r'"file:([^"]+)"', text):
        (where / name).touch(0o600)
        (where / name).write_text(SECRET + "\n")
    certificates = Certificates(where)
    certificates.make_server()
    certificates.openssl("pkcs12", "-export", "-in", "service.pem", "-inkey", "service.key", "-passout", f"pass:{SECRET}",
                         "-out", "vip.p12")
    for name in ("logs-ca.pem", "vip-ca.pem", "corp-ca.pem", "clients-ca.pem"):
        shutil.copy(where / "ca.pem", where / name)
    people = where / "contractors.users"
    people.write_text("alice:" + succeeds(site.usr / "bin/sallyport", "hash-password", input="hunter2\n"))
    for file in (people, where / "vip.p12", where / "service.key"):
        file.chmod(0o600)
    settings = where / f"{program}.toml"
    settings.write_text(text.replace('"/var/', f'"{where}/var/'))
    return settings, {**os.environ, **{name: SECRET for name in re.findall(r'"env:(\w+)"', text)}}


def the_examples_are_settings(site):
    for program in PROGRAMS:
        text = (site.usr / f"share/doc/sallyport/{program}.toml").read_text()
        settings, environment = with_what_they_name(site, program, text)
        succeeds(site.usr / "bin/sallyport", "check", "--config", settings, env=environment)
        code, out = run(site.usr / "bin/sallyport", "check", "--config", settings)
        assert code == 2 and "environment variable" in out, "without what they name they are not"


def units_lead_to_what_is_installed(site):
    for program in PROGRAMS:
        unit = site.unit(program)["Service"]
        settings = f"/etc/sallyport/{program}.toml"
        assert unit["ExecStart"] == f"/usr/bin/sallyport {program} --config {settings}", unit["ExecStart"]
        assert unit["ExecStartPre"] == f"/usr/bin/sallyport check --config {settings}", unit["ExecStartPre"]
        assert (site.root / "usr/bin/sallyport").exists()
        assert (site.usr / "lib/sysusers.d/sallyport.conf").read_text().split()[:2] == ["u", unit["User"]]
        written = re.findall(r'"/var/(log|lib)/([^"]+)"', (site.usr / f"share/doc/sallyport/{program}.toml").read_text())
        assert written, "the example writes nothing?"
        for kind, path in written:
            allowed = unit["LogsDirectory" if kind == "log" else "StateDirectory"]
            assert path == allowed or path.startswith(allowed + "/"), f"the unit of {program} lets nothing be written at /var/{kind}/{path}"


def systemd_takes_units_and_user(site):
    where = site.folder / "units"
    where.mkdir()
    for program in PROGRAMS:
        name = f"sallyport-{program}.service"
        text = (site.usr / "lib/systemd/system" / name).read_text()
        (where / name).write_text(text.replace("/usr/bin/sallyport", str(site.usr / "bin/sallyport")))
        out = succeeds("systemd-analyze", "verify", "--recursive-errors=no", where / name)
        assert not out, out  # unknown keys are only told
        succeeds("systemd-analyze", "security", "--offline=true", "--threshold=15", where / name)  # 1.5 of 10
    (site.root / "etc").mkdir()
    if os.geteuid() == 0:
        succeeds("systemd-sysusers", f"--root={site.root}")
        people = (site.root / "etc/passwd").read_text()
        assert re.search("^sallyport:x:[0-9]+:[0-9]+:Sallyport:/var/lib/sallyport:/usr/sbin/nologin$", people, re.M), people


def main():
    with tempfile.TemporaryDirectory(prefix="sallyport-install-") as folder:
        site = Site(Path(sys.argv[1]).resolve(), Path(folder))
        steps = [all_files_are_there_and_no_other, the_program_says_its_version, the_examples_are_settings, units_lead_to_what_is_installed]
        if shutil.which("systemd-analyze"):
            steps.append(systemd_takes_units_and_user)
        for step in steps:
            step(site)
            print(step.__name__.replace("_", " "), flush=True)


if __name__ == "__main__":
    main()
