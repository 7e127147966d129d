#!/usr/bin/env python3
"""Codes on their way out of the authentication service: by a program that fails and blabs, a webhook that is busy and a mail server;
what the log and the metrics say of it, never with a code; channels that change while it serves; a stop that waits for a first attempt."""
import json
import signal
import sys
from pathlib import Path

from house import House, json_lines, until
from soap import SoapClient

PEERS = Path(__file__).parent.parent / "support" / "delivery_peers.py"
HOOK = """#!/bin/sh
# FOLDER: fails, and prints all it was given, until FOLDER/good is there
read -r delivery
[ -e "$1/good" ] || { echo "cannot send: $delivery" >&2; exit 1; }
[ ! -e "$1/slow" ] || { touch "$1/begun"; sleep 2; }
echo "$delivery" >> "$1/program.got"
"""


def peer(house, name, *words):
    """A peer on a free port, which it says; what it gets stands in NAME.got."""
    house.begin(name, ["/usr/bin/python3", PEERS, words[0], house.folder / f"{name}.got", *words[1:]])
    return int(until(lambda: (house.folder / f"{name}.out.log").read_text().strip(), f"{name} says its port", 30))


def got(house, name, count=1):
    def found():
        lines = json_lines(house.folder / f"{name}.got")
        return lines if len(lines) >= count else None
    return until(found, f"{count} deliveries by {name}", 60)


def channels(house, hook, web_port, mail_port):
    return f"""
[delivery]
retry_first = "200ms"
retry_most = "1s"
[[delivery.channel]]
name = "program"
kind = "command"
kinds = ["sms"]
argv = ["{hook}", "{house.folder}"]
[[delivery.channel]]
name = "web"
kind = "webhook"
kinds = ["voice"]
url = "https://localhost:{web_port}/503,200"
ca_file = "ca.pem"
signature_key = "file:hook.key"
[[delivery.channel]]
name = "mail"
kind = "smtp"
kinds = ["email"]
host = "localhost"
port = {mail_port}
ca_file = "ca.pem"
from = "sallyport@example.com"
subject = "Code für {{user}}"
body = \"\"\"
It is {{code}}.
\"\"\"
"""


def register(house, version="1_8", **wish):
    """Sends a code; with whom only the channel knows."""
    with SoapClient(house, "manager") as client:
        answer = client.call("register", version=version, **wish)
    assert answer["status"] == "0000", answer


def log_lines(house, *ids):
    return [line for line in json_lines(house.folder / "authservice.log") if line["id"] in ids]


def metric(house, what, channel):
    return house.metric("authservice", f'sallyport_delivery_{what}_total{{channel="{channel}"')


def by_a_program_that_blabs(house):
    register(house, smsDeliveryInfo={"phoneNumber": "15551230001"})
    failing = until(lambda: log_lines(house, "SP0701"), "the operator hears that the channel fails", 30)
    assert failing[0]["channel"] == "program" and "left out" in failing[0]["detail"], failing
    (house.folder / "good").touch()
    delivery = got(house, "program")[0]
    assert delivery["kind"] == "sms" and delivery["destination"] == "15551230001" and delivery["attempt"] > 1, delivery
    until(lambda: log_lines(house, "SP0702"), "the operator hears that it delivers again")
    until(lambda: metric(house, "sent", "program") == 1, "it is counted")
    assert metric(house, "failed", "program") >= 1 and metric(house, "dropped", "program") == 0
    return delivery["code"]


def by_a_webhook_that_is_busy(house):
    register(house, voiceDeliveryInfo={"phoneNumber": "15551230002"})
    busy, taken = got(house, "web", 2)
    assert (busy["status"], taken["status"]) == (503, 200) and busy["signed"] and taken["signed"], (busy, taken)
    assert busy["delivery"]["id"] == taken["delivery"]["id"] and taken["delivery"]["destination"] == "15551230002", taken
    return taken["delivery"]["code"]


def by_mail(house):
    register(house, "1_10", emailDeliveryInfo={"emailAddress": "writer@example.org"})
    mail = got(house, "mail")[0]
    assert mail["tls"] and mail["recipients"] == ["writer@example.org"] and mail["sender"] == "sallyport@example.com", mail
    code = mail["body"].removeprefix("It is ").removesuffix(".\r\n")
    assert len(code) == 6 and code.isdigit(), mail["body"]
    with SoapClient(house, "manager") as client:  # nobody at that address
        answer = client.call("register", version="1_10", emailDeliveryInfo={"emailAddress": "nobody@example.org"})
    assert answer["status"] == "0000", answer
    refused = until(lambda: log_lines(house, "SP0703"), "the operator hears that it was refused", 30)[0]
    assert refused["channel"] == "mail" and "550" in refused["detail"], refused
    return code


def channels_change(house, hook):
    settings = house.folder / "authservice.toml"
    good = settings.read_text()
    settings.write_text(good.replace(f'argv = ["{hook}"', f'argv = ["{hook}.missing"'))
    done = house.run("check", "--config", "authservice.toml", check=False)
    assert done.returncode == 2 and "delivery.channel[0].argv: expected a program" in done.stderr, done
    house.processes["authservice"].send_signal(signal.SIGHUP)
    until(lambda: log_lines(house, "SP0106"), "a program that is not there is refused")
    register(house, smsDeliveryInfo={"phoneNumber": "15551230003"})
    assert got(house, "program", 2)[1]["destination"] == "15551230003", "the old channel is in force"
    other = house.folder / "other"
    other.mkdir()
    (other / "good").touch()
    loaded = len(log_lines(house, "SP0105"))
    settings.write_text(good.replace(f'"{house.folder}"]', f'"{other}"]'))
    house.processes["authservice"].send_signal(signal.SIGHUP)
    until(lambda: len(log_lines(house, "SP0105")) > loaded, "the settings are loaded")
    register(house, smsDeliveryInfo={"phoneNumber": "15551230004"})
    until((other / "program.got").exists, "the new channel gets it", 30)
    assert len(got(house, "program", 2)) == 2
    return other


def a_stop_waits_for_the_first_attempt(house, folder):
    (folder / "slow").touch()
    register(house, smsDeliveryInfo={"phoneNumber": "15551230005"})
    until((folder / "begun").exists, "the program runs", 30)
    assert house.stop("authservice") == 0
    deliveries = json_lines(folder / "program.got")
    assert deliveries[-1]["destination"] == "15551230005", deliveries
    return [one["code"] for one in deliveries]


def main():
    with House(sys.argv[1]) as house:
        hook = house.folder / "hook"
        hook.write_text(HOOK)
        hook.chmod(0o755)
        (house.folder / "hook.key").write_text("0123456789abcdef")
        (house.folder / "hook.key").chmod(0o600)
        certificate = [house.folder / "service.pem", house.folder / "service.key"]
        web = peer(house, "web", "webhook", "--certificate", *certificate)
        mail = peer(house, "mail", "mail", "--starttls", *certificate)
        house.start_authservice(extra=channels(house, hook, web, mail))
        codes = [by_a_program_that_blabs(house), by_a_webhook_that_is_busy(house), by_mail(house)]
        folder = channels_change(house, hook)
        codes += a_stop_waits_for_the_first_attempt(house, folder)
        lines = json_lines(house.folder / "authservice.log")
        said = json.dumps([{**line, "time": ""} for line in lines]) + (house.folder / "authservice.out.log").read_text()
        assert '"time": ""' in said and "SP0703" in said and not [code for code in codes if code in said], "a code stands in the log"


if __name__ == "__main__":
    main()
