#!/usr/bin/env python3
"""The certificates on the way to the authentication service: their end dates in metrics and alarms; a new certificate, key or CA
file is taken up without restart and without SIGHUP, with new connections; files that do not fit leave the old ones in force."""
import json
import os
import shutil
import sys
import time

from house import House, file_store, hotp, json_lines, server, until

DAY = 86400


class Site:
    def __init__(self, house):
        self.house = house
        (house.folder / "continuity").mkdir(mode=0o700)
        house.certificates.make("gateway", days=40)
        house.fingerprints["gateway"] = house.certificates.fingerprint("gateway")
        # Both belong to the account: the service says which of them it is shown.
        self.renewed = house.certificates.make("renewed", "gateway", days=90)
        account = f'[[account.certificate]]\nfingerprint_sha256 = "{self.renewed}"\nrole = "validation"\n'
        house.start_authservice(account=account)
        self.secret = house.enrol("alice", "--kind", "hotp")
        self.counter = 0
        house.start_gateway([server("vpn", "password_code", continuity="automatic")], [file_store({"alice": "hunter2"})],
                            service=f'[continuity]\nfolder = "{house.folder}/continuity"\n')

    def login(self):
        self.counter += 1
        return self.house.login("alice", "hunter2" + hotp(self.secret, self.counter - 1))[0]

    def said(self, id):
        return json_lines(self.house.folder / "gateway.log", f'"{id}"')

    def put(self, name, text):
        """As a careful program does it: beside, then in its place."""
        beside = self.house.folder / (name + ".new")
        beside.write_text(text)
        beside.chmod(0o600)
        os.replace(beside, self.house.folder / name)

    def text(self, name):
        return (self.house.folder / name).read_text()

    def days(self, which):
        return (self.house.metric("gateway", f'sallyport_certificate_expires_seconds{{certificate="{which}"}}') - time.time()) / DAY


def their_ends_are_told_and_counted(site):
    until(lambda: 39 < site.days("own") <= 40, "ours", 10)
    until(lambda: 29 < site.days("service") <= 30, "the service's, by a probe alone", 20)
    own, service = until(lambda: len(site.said("SP0817")) == 2 and site.said("SP0817"), "both are alarms", 10)
    assert {own["whose"], service["whose"]} == {"our own", "the authentication service's"}, (own, service)
    assert sorted(line["days"] for line in (own, service)) == [29, 39], (own, service)
    assert site.login() == "accept"


def a_new_certificate_is_taken_up_by_itself(site):
    site.put("gateway.key", site.text("renewed.key"))
    site.put("gateway.pem", site.text("renewed.pem"))
    taken = until(lambda: site.said("SP0819"), "it is in force", 15)
    assert len(taken) == 1 and not site.said("SP0820"), (taken, site.said("SP0820"))
    until(lambda: 89 < site.days("own") <= 90, "the metric follows", 10)
    assert not site.said("SP0105"), "nobody sent SIGHUP"
    # Only the new one is known now: neither an old connection nor an old session may still be used.
    assert site.login() == "accept"
    old = site.house.fingerprints["gateway"]
    settings = site.house.folder / "authservice.toml"
    text = settings.read_text().replace(f'[[account.certificate]]\nfingerprint_sha256 = "{old}"\nrole = "validation"\n', "")
    assert old not in text
    settings.write_text(text)
    os.kill(site.house.processes["authservice"].pid, 1)
    until(lambda: json_lines(site.house.folder / "authservice.log", '"SP0105"'), "the service has let go of the old one")
    for _ in range(6):  # by both workers
        assert site.login() == "accept"


def files_that_do_not_fit_leave_the_old_ones_in_force(site):
    good = site.text("gateway.pem"), site.text("gateway.key")
    site.put("gateway.pem", site.text("stranger.pem"))
    refused = until(lambda: site.said("SP0820"), "it is said", 15)
    assert "private key" in refused[0]["detail"], refused
    time.sleep(7)
    assert len(site.said("SP0820")) == 1, "once"
    assert site.login() == "accept"
    (site.house.folder / "gateway.key").write_text(good[1][:60])  # half written, in place
    until(lambda: len(site.said("SP0820")) == 2, "another pair of files", 15)
    assert site.login() == "accept"
    site.put("gateway.pem", good[0])
    site.put("gateway.key", good[1])
    until(lambda: len(site.said("SP0819")) == 2, "they fit again", 15)
    assert site.login() == "accept"


def a_new_authority_is_taken_up_too(site):
    house = site.house
    ca = site.text("ca.pem")
    house.certificates.openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
                               "-subj", "/CN=another", "-addext", "basicConstraints=critical,CA:TRUE", "-keyout", "other.key",
                               "-out", "other.pem")
    before = len(site.said("SP0819"))
    site.put("ca.pem", site.text("other.pem"))
    until(lambda: len(site.said("SP0819")) == before + 1, "it is in force", 15)
    until(lambda: site.login() != "accept", "the service is not trusted any more, and no old connection is used", 15)
    site.put("ca.pem", ca)
    until(lambda: len(site.said("SP0819")) == before + 2, "the old one again", 15)
    until(lambda: site.login() == "accept", "it is trusted", 15)


def main():
    with House(sys.argv[1]) as house:
        site = Site(house)
        for step in (their_ends_are_told_and_counted, a_new_certificate_is_taken_up_by_itself,
                     files_that_do_not_fit_leave_the_old_ones_in_force, a_new_authority_is_taken_up_too):
            step(site)
            print(step.__name__.replace("_", " "))
        shutil.rmtree(house.folder / "continuity", ignore_errors=True)


if __name__ == "__main__":
    main()
