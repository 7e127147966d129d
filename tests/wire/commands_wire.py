#!/usr/bin/env python3
"""Every `sallyport user` and `sallyport credential` command against a real service: what it does there, as SOAP clients find it; what it
prints, on a terminal and elsewhere; QR codes, read back; CSV files with good and bad lines, again and again; exit codes."""
import csv
import io
import json
import os
import pty
import re
import subprocess
import sys

from house import House, hotp
from qr import modules_of_svg, modules_of_terminal, read
from soap import SoapClient
from soap_wire import GOOD, oath

MANY = 2_050  # more than two of the pages in which the commands list
SECRETS = ["GEZDGNBVGY3TQOJQ" + last * 16 for last in "ABCDEFG"]  # base 32, 20 octets
DISABLED, WRONG, NO_CREDENTIAL = "601B", "6009+49B5", "6003"


def said(done):
    return done.stdout + done.stderr


def fails(house, *words, because, code=1, **options):
    done = house.run(*words, check=False, **options)
    assert done.returncode == code and because in done.stderr, (words, done.returncode, said(done))


def lines_of(house, *words):
    """What a list shows beside its head, in words; every line has as many columns as the head or fewer."""
    head, *rows = house.run(*words).stdout.splitlines()
    assert head.split()[0] in ("USER", "CREDENTIAL"), head
    return [row.split() for row in rows]


def objects_of(house, *words):
    return [json.loads(line) for line in house.run(*words, "--json").stdout.splitlines()]


def names(house, *words):
    return [one["user"] for one in objects_of(house, "user", "list", *words)]


def every_command_is_shown_here(house):
    here = open(__file__, encoding="utf-8").read()
    for group in ("user", "credential"):
        text = house.run(group, "--help").stdout.partition("Subcommands:")[2]
        commands = re.findall(r"^  ([a-z-]+) ", text, re.M)
        assert len(commands) >= 6, text
        missing = [command for command in commands if f'"{group}", "{command}"' not in here]
        assert not missing, f"no test for `{group}` {missing}"


def wrong_arguments_are_2_and_refusals_1(house):
    for words in (("user",), ("user", "add"), ("user", "rename", "a"), ("credential", "add"), ("credential", "add", "a", "--digits", "7"),
                  ("credential", "add", "a", "--kind", "fax"), ("credential", "add", "a", "--kind", "sms"), ("credential", "lock"),
                  ("user", "import"), ("user", "import", "x.csv", "--batch", "0"),
                  ("continuity", "enable", "--socket", "none", "--for", "1m", "--server", ""), ("audit", "list", "--folder", ".", "--user", "")):
        done = house.run(*words, check=False)
        assert done.returncode == 2 and done.stderr, (words, said(done))
    fails(house, "user", "list", because="SALLYPORT_ADMIN_URL", environment={"SALLYPORT_ADMIN_URL": ""})
    fails(house, "user", "list", because="SALLYPORT_ADMIN_CERTIFICATE", environment={"SALLYPORT_ADMIN_CERTIFICATE": ""})
    fails(house, "user", "list", "--service", "https://localhost:1", because="did not answer")
    for identity in ("gateway", "manager"):
        fails(house, "user", "add", "mallory", "--certificate", f"{identity}.pem", "--key", f"{identity}.key", because="may not administer")
    assert names(house) == []


def users_are_added_once_and_removed(house):
    assert house.run("user", "add", "alice").stdout == "alice: added\n"
    fails(house, "user", "add", "ALICE", because="there is a user of this name")
    fails(house, "user", "add", "a\x01b", because="user")
    house.run("user", "add", "müller")
    assert names(house) == ["alice", "müller"]
    assert house.run("user", "remove", "MÜLLER").stdout == "MÜLLER: removed\n"
    for word in ("remove", "lock", "unlock"):
        fails(house, "user", word, "müller", because="there is no user of this name")
    assert lines_of(house, "user", "list") == [["alice", "ACTIVE", "0", objects_of(house, "user", "list")[0]["created"]]]
    house.run("user", "remove", "alice")


def lists_have_pages_and_searches(house):
    odd = ["50%_off", "*)(uid=*", "o'hara", "a/b?c&d", "Ünï"]
    (house.folder / "many.csv").write_text("user\n" + "".join(f"u{n:04}\n" for n in range(MANY)) + "\n".join(odd))
    assert house.run("user", "import", "many.csv").stdout == f"{MANY + len(odd)} created, 0 there already, 0 refused\n"
    numbered = [f"u{n:04}" for n in range(MANY)]
    assert [name for name in names(house) if name not in odd] == numbered
    assert sorted(row[0] for row in lines_of(house, "user", "list")) == sorted(numbered + odd)
    assert names(house, "u19") == numbered[1900:2000] and names(house, "U199") == numbered[1990:2000]
    for part, found in (("%", odd[:1]), ("_", odd[:1]), ("*)(", odd[1:2]), ("'", odd[2:3]), ("?c&", odd[3:4]), ("ÜNÏ", odd[4:]),
                        ("nobody", [])):
        assert names(house, part) == found, part
    lines = [{"user": "u0000", "kind": "hotp", "secret": SECRETS[0], "credential": f"TOKN{n:04}"} for n in range(MANY)]
    for begin in range(0, MANY, 1000):
        status, text, _ = house.request("POST", "/admin/v1/import", json.dumps({"lines": lines[begin:begin + 1000]}), seconds=60)
        assert status == 200 and json.loads(text)["refused"] == 0, text[:300]
    assert [one["credential"] for one in objects_of(house, "credential", "list")] == [f"TOKN{n:04}" for n in range(MANY)]
    assert len(objects_of(house, "credential", "list", "tokn19")) == 100
    house.run("user", "remove", "u0000")
    left = objects_of(house, "credential", "list")
    assert len(left) == MANY and {(one["status"], len(one["users"])) for one in left} == {("INACTIVE", 0)}, left[:2]


def a_locked_user_is_refused_and_an_unlocked_one_begins_anew(house, client):
    secret = house.enrol("bob", "--kind", "hotp")
    assert client.authenticate("bob", hotp(secret, 0)) == GOOD
    assert house.run("user", "lock", "bob").stdout == "bob: locked\n"
    assert client.authenticate("bob", hotp(secret, 1)) == DISABLED and objects_of(house, "user", "list", "bob")[0]["status"] == "LOCKED"
    house.run("user", "unlock", "bob")
    assert client.authenticate("bob", hotp(secret, 2)) == GOOD
    while client.authenticate("bob", "000000") == WRONG:
        pass
    assert client.authenticate("bob", hotp(secret, 3)) != GOOD, "too many failures"
    house.run("user", "unlock", "Bob")
    assert client.authenticate("bob", hotp(secret, 4)) == GOOD
    house.run("user", "remove", "bob")
    assert client.authenticate("bob", hotp(secret, 5)) == NO_CREDENTIAL


def told(out):
    """`secret: …` and its like."""
    return dict(re.findall("^(user|credential|secret|uri): (.*)$", out, re.M))


def a_new_credential_says_all_that_a_device_needs(house, client):
    for n, (kind, algorithm, digits, period) in enumerate((("totp", "SHA1", 6, 30), ("totp", "SHA256", 8, 60), ("totp", "SHA512", 8, 30),
                                                           ("hotp", "SHA1", 6, None), ("hotp", "SHA1", 8, None))):
        words = ["--kind", kind, "--algorithm", algorithm, "--digits", digits, *(["--period", period] if period else [])]
        made = told(house.run("credential", "add", f"user {n}", "--no-qr", *words).stdout)
        assert made["user"] == f"user {n}" and re.fullmatch("SP[TH]O[0-9]{8}", made["credential"]), made
        ends = f"&period={period}" if period else "&counter=0"
        assert made["uri"].startswith(f"otpauth://{kind}/") and made["uri"].endswith(ends), made
        assert f"secret={made['secret']}&" in made["uri"], made
        assert f"algorithm={algorithm}&digits={digits}&" in made["uri"] and f":user%20{n}?" in made["uri"], made
        code = oath(made["secret"], counter=0, digits=digits) if kind == "hotp" else \
            oath(made["secret"], f"totp={algorithm.lower()}", digits=digits, time_step_size=period)
        assert client.authenticate(f"user {n}", code) == GOOD, made
        listed = house.run("credential", "list", made["credential"]).stdout + house.run("user", "list", f"user {n}").stdout
        assert made["credential"] in listed and made["secret"] not in listed, "a secret leaves once"
    given = json.loads(house.run("credential", "add", "user 0", "--secret", SECRETS[1], "--json").stdout)
    assert given["secret"] == SECRETS[1] and given["user"] == "user 0", given
    fails(house, "credential", "add", "user 0", "--secret", "not base 32", because="secret")


def codes_that_are_sent_need_no_secret(house):
    for kind, to, key in (("sms", "15551234567", "sms:15551234567"), ("voice", "15551234567", "voice:15551234567"),
                          ("email", "Carol@ex.test", "email:carol@ex.test"), ("service", "desk1", "service:DESK1")):
        out = house.run("credential", "add", "carol", "--kind", kind, "--to", to).stdout
        assert out == f"user: carol\ncredential: {key}\n", out
    assert {one["kind"] for one in objects_of(house, "credential", "list", "--user", "carol")} == {"sms", "voice", "email", "service"}
    fails(house, "credential", "add", "carol", "--kind", "sms", "--to", "+1 555", because="credential")
    fails(house, "credential", "add", "dave", "--kind", "sms", "--to", "15551234567", because="there is a credential of this name")
    fails(house, "credential", "enable-push", "sms:15551234567", because="no device that takes pushes")


def a_qr_code_holds_the_uri_on_the_terminal_and_as_svg(house):
    for n, user in enumerate(("erin", "frank.the-longer-name@example.test")):
        svg = house.folder / f"code{n}.svg"
        out = house.run("credential", "add", user, "--svg", svg.name).stdout
        assert read(modules_of_terminal(out)) == told(out)["uri"]
        assert modules_of_svg(svg.read_text()) == modules_of_terminal(out)
        assert svg.stat().st_mode & 0o777 == 0o600, "it holds the secret"
    out = house.run("credential", "add", "erin", "--no-qr").stdout
    assert "█" not in out and "secret" in told(out)
    out = house.run("credential", "add", "erin", "--json").stdout
    assert "█" not in out and json.loads(out)["secret"]
    done = house.run("credential", "add", "erin", "--svg", "no/such/folder.svg", check=False)
    assert done.returncode == 1 and "no/such" in done.stderr and told(done.stdout)["secret"], "the secret is shown whatever else fails"


def a_locked_credential_is_refused(house, client):
    made = told(house.run("credential", "add", "grace", "--kind", "hotp", "--no-qr").stdout)
    of, secret = made["credential"], made["secret"]
    assert house.run("credential", "lock", of.lower()).stdout == f"{of.lower()}: locked\n"
    assert client.authenticate("grace", hotp(secret, 0)) != GOOD
    assert lines_of(house, "credential", "list", of)[0][:4] == [of, "hotp", "LOCKED", "0"]
    house.run("credential", "unlock", of)
    assert client.authenticate("grace", hotp(secret, 1)) == GOOD
    assert lines_of(house, "credential", "list", "--user", "grace")[0][::5] == [of, "grace"], "last authentication and user"
    assert house.run("credential", "remove", of).stdout == f"{of}: removed\n"
    assert client.authenticate("grace", hotp(secret, 2)) not in (GOOD, WRONG)
    for word in ("remove", "lock", "unlock", "enable-push", "disable-push"):
        fails(house, "credential", word, of, because="there is no credential of this name")


def a_list_of_one_user_s_credentials_takes_any_spelling(house):
    house.enrol("Heidi")
    for spelling in ("Heidi", "heidi", "HEIDI"):
        assert len(objects_of(house, "credential", "list", "--user", spelling)) == 1, f"`credential list --user {spelling}`"


def devices_take_pushes_or_not(house, client):
    asked = {"userId": "ivan", "pushAuthData": {}}
    of = told(house.run("credential", "add", "ivan", "--no-qr").stdout)["credential"]
    assert client.call("authenticateUserWithPush", **asked)["status"] == "6008"
    assert house.run("credential", "enable-push", of).stdout == f"{of}: takes pushes\n"
    assert client.call("authenticateUserWithPush", **asked)["status"] == "6040"
    assert house.run("credential", "disable-push", of).stdout == f"{of}: takes no pushes\n"
    assert client.call("authenticateUserWithPush", **asked)["status"] == "6008"


TABLE = f'''user,kind,secret,credential,digits,counter,friendly_name
judy,hotp,{SECRETS[2]},JUDY0001,6,5,"keys, ""blue"""
mallory,hotp,not base 32!,,6,,
ken,,,,,,
,hotp,{SECRETS[3]},,6,,
laura,hotp,{SECRETS[3]},,six,,
nina,sms,,15557654321,,,
oscar,totp,{SECRETS[4]}
peggy,fax,{SECRETS[4]},,,,
trent,hotp,{SECRETS[4]},JUDY0001,6,,
victor,hotp,,,6,,
'''
CREATED, REFUSED = 3, 7


def refused_lines(file):
    head, *rows = csv.reader(io.StringIO(file.read_text()))
    assert head[-1] == "refused_because" and head.count("refused_because") == 1, head
    return rows


def good_lines_are_taken_and_bad_ones_go_to_a_file(house, client):
    (house.folder / "staff.csv").write_text(TABLE)
    done = house.run("user", "import", "staff.csv", check=False)
    assert done.returncode == 1 and done.stdout.startswith(f"{CREATED} created, 0 there already, {REFUSED} refused\n"), said(done)
    assert "\r" not in said(done) and "[#" not in said(done), "no bar where nobody watches"
    file = house.folder / "staff.csv.refused.csv"
    assert file.name in done.stdout and file.stat().st_mode & 0o777 == 0o600, "it holds secrets"
    table = TABLE.splitlines()
    assert [line.rpartition(",\"")[0] for line in file.read_text().splitlines()[1:]] == \
        [line for line in table[1:] if line.split(",")[0] not in ("judy", "ken", "nina")], "as they were, and in order"
    reasons = {row[0]: row[-1] for row in refused_lines(file)}
    for user, word in (("mallory", "secret"), ("", "user"), ("laura", "digits"), ("oscar", "3 fields"), ("peggy", "kind"),
                       ("trent", "secret"), ("victor", "secret")):
        assert word in reasons[user], reasons
    assert client.authenticate("judy", hotp(SECRETS[2], 5)) == GOOD and client.authenticate("judy", hotp(SECRETS[2], 4)) == WRONG
    assert [one["kind"] for one in objects_of(house, "credential", "list", "--user", "nina")] == ["sms"]
    detail = objects_of(house, "user", "list", "judy")[0]["credentials"][0]
    assert detail["credential"] == "JUDY0001" and detail["friendly_name"] == 'keys, "blue"', detail


def state(house):
    return [{**one, "credentials": [c["credential"] for c in one["credentials"]]} for one in objects_of(house, "user", "list")]


def the_same_file_again_doubles_nothing(house):
    before = state(house)
    for options in ((), ("--batch", 1), ("--batch", 1000, "--refused", "elsewhere.csv")):
        done = house.run("user", "import", "staff.csv", *options, check=False)
        assert done.returncode == 1 and done.stdout.startswith(f"0 created, {CREATED} there already, {REFUSED} refused\n"), said(done)
    assert (house.folder / "elsewhere.csv").read_text() == (house.folder / "staff.csv.refused.csv").read_text()
    assert state(house) == before


def a_refused_line_leaves_nothing_behind(house):
    for user in ("mallory", "laura", "oscar", "peggy", "trent", "victor"):
        assert names(house, user) == [], f"{user}'s line was refused"


def what_was_refused_is_mended_and_imported_as_it_is(house):
    before = refused_lines(house.folder / "staff.csv.refused.csv")
    done = house.run("user", "import", "staff.csv.refused.csv", "--refused", "again.csv", check=False)
    assert done.returncode == 1 and done.stdout.startswith(f"0 created, 0 there already, {REFUSED} refused\n"), said(done)
    after = refused_lines(house.folder / "again.csv")
    whole = [row for row in before if len(row) == 8]
    assert [row for row in after if row[0] != "oscar"] == whole and len(whole) == REFUSED - 1, after
    text = (house.folder / "again.csv").read_text()
    (house.folder / "again.csv").write_text(text.replace("not base 32!", SECRETS[5]).replace(",six,", ",6,"))
    done = house.run("user", "import", "again.csv", check=False)
    assert done.returncode == 1 and done.stdout.startswith(f"2 created, 0 there already, {REFUSED - 2} refused\n"), said(done)
    assert names(house, "mallory") == ["mallory"] and names(house, "laura") == ["laura"] and names(house, "oscar") == []


def files_that_are_no_table_change_nothing(house):
    before = state(house)
    for text, because in (("", "no header"), ("kind,secret\nhotp,x\n", "no column 'user'"),
                          ("user,colour\nzoe,red\n", "no column 'colour'"), ('user\n"zoe\n', "a quote that is never closed")):
        (house.folder / "bad.csv").write_text(text)
        fails(house, "user", "import", "bad.csv", because=because)
    fails(house, "user", "import", "missing.csv", because="missing.csv")
    assert state(house) == before


def spreadsheets_write_files_their_own_way(house):
    (house.folder / "sheet.csv").write_bytes(b"\xef\xbb\xbfuser,friendly_name\r\n\"walter\",\r\n\r\nm\xfcller,\r\n\"yvonne\",\"\"\r\n")
    done = house.run("user", "import", "sheet.csv", check=False)
    assert done.returncode == 1 and done.stdout.startswith("2 created, 0 there already, 1 refused\n"), said(done)
    assert b"m\xfcller,,\"not UTF-8" in (house.folder / "sheet.csv.refused.csv").read_bytes()


def on_a_terminal(house, *words):
    """(exit code, standard output, what the terminal on standard error showed)"""
    near, far = pty.openpty()
    done = subprocess.run([house.sallyport, *words], cwd=house.folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=far,
                          text=True, env={**os.environ, **house.admin_environment()}, timeout=60)
    os.close(far)
    shown = b""
    try:
        while octets := os.read(near, 4096):
            shown += octets
    except OSError:  # all was read
        pass
    os.close(near)
    return done.returncode, done.stdout, shown.decode()


def a_terminal_gets_a_bar(house):
    code, out, shown = on_a_terminal(house, "user", "import", "staff.csv", "--batch", "4")
    assert code == 1 and out.startswith("0 created") and "[" not in out, out
    bars = re.findall(r"\r\[(#*)(\.*)\] (\d+) of (\d+), (\d+) refused", shown)
    assert [(int(done), int(of)) for _, _, done, of, _ in bars] == [(4, 10), (8, 10), (10, 10)], shown
    assert {len(full) + len(rest) for full, rest, *_ in bars} == {40} and [len(full) for full, *_ in bars] == [16, 32, 40], shown
    assert shown.endswith("\r\n")
    assert on_a_terminal(house, "user", "list")[2] == ""


def a_service_that_is_gone_is_said_and_the_import_goes_on_later(house):
    house.stop("authservice")
    fails(house, "user", "import", "staff.csv", because="run it again to go on")
    fails(house, "user", "list", because="did not answer")
    house.start_authservice()
    assert house.run("user", "import", "staff.csv", check=False).stdout.startswith("0 created")


def main():
    with House(sys.argv[1]) as house:
        house.start_authservice()
        with SoapClient(house) as client:
            for step, more in ((every_command_is_shown_here, ()),
                               (wrong_arguments_are_2_and_refusals_1, ()),
                               (users_are_added_once_and_removed, ()),
                               (lists_have_pages_and_searches, ()),
                               (a_locked_user_is_refused_and_an_unlocked_one_begins_anew, (client,)),
                               (a_new_credential_says_all_that_a_device_needs, (client,)),
                               (codes_that_are_sent_need_no_secret, ()),
                               (a_qr_code_holds_the_uri_on_the_terminal_and_as_svg, ()),
                               (a_locked_credential_is_refused, (client,)),
                               (a_list_of_one_user_s_credentials_takes_any_spelling, ()),
                               (devices_take_pushes_or_not, (client,)),
                               (good_lines_are_taken_and_bad_ones_go_to_a_file, (client,)),
                               (the_same_file_again_doubles_nothing, ()),
                               (a_refused_line_leaves_nothing_behind, ()),
                               (files_that_are_no_table_change_nothing, ()),
                               (spreadsheets_write_files_their_own_way, ()),
                               (a_terminal_gets_a_bar, ()),
                               (what_was_refused_is_mended_and_imported_as_it_is, ()),
                               (a_service_that_is_gone_is_said_and_the_import_goes_on_later, ())):
                step(house, *more)
                print(step.__name__.replace("_", " "), flush=True)


if __name__ == "__main__":
    main()
