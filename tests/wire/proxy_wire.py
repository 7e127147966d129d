#!/usr/bin/env python3
"""Logins whose second factor goes to the service through an HTTP proxy: squid and tinyproxy with their ways of asking for a
password, proxies that refuse, fail or say nothing, and what the gateway then says of them."""
import contextlib
import sys

from house import House, free_port, hotp, server, until
from proxies import NtlmJudge, SmallProxy, Squid, Tinyproxy, answers, md4, ntlm, required

USERS = {"sallyport": "open sesame", "guest": "welcome", "slow": "patience"}
NAME = "vip.sallyport.test"  # that this machine does not know: the proxy does


class Site:
    def __init__(self, house):
        self.house = house
        self.secret = house.enrol("alice", "--kind", "hotp")
        self.counter = 0
        self.seen = 0

    def proxy_toml(self, port, user=None, password=None, authentication=None, host="localhost"):
        keys = {"user": user, "password": password, "authentication": authentication}
        return f'[service.proxy]\nurl = "http://{host}:{port}"\n' + "".join(f'{key} = "{value}"\n' for key, value in keys.items() if value)

    def write(self, proxy, name=None):
        house = self.house
        house.write_gateway([server("vpn", "code", look_up_user=False)], [], workers=1,
                            service=f'connect_timeout = "{self.connect_timeout}"\n{proxy}')
        if name:
            settings = house.folder / "gateway.toml"
            settings.write_text(settings.read_text().replace("https://localhost:", f"https://{name}:"))

    connect_timeout = "10s"

    @contextlib.contextmanager
    def gateway(self, proxy, name=None):
        self.write(proxy, name)
        self.house.begin("gateway", [self.house.sallyport, "gateway", "--config", "gateway.toml"])
        self.house.ready("gateway", self.house.ports["gateway_metrics"])
        yield
        self.house.stop("gateway")

    def login(self):
        verdict, out = self.house.login("alice", hotp(self.secret, self.counter), timeout=25, tries=1)
        self.seen += 1
        line = self.house.audit(self.seen)[self.seen - 1]
        if verdict == "accept":
            self.counter += 1
        return verdict, line, out

    def good(self, count=1):
        for _ in range(count):
            verdict, line, out = self.login()
            assert verdict == "accept", (line, out)

    def fails(self, evidence, words):
        verdict, line, out = self.login()
        assert verdict == "reject" and line["evidence"] == evidence and words in line["second_detail"], (line, out)
        return line["second_detail"]

    def check(self):
        done = self.house.run("check", "--config", "gateway.toml", "--connect", check=False)
        return done.returncode, {line.split()[0]: line for line in done.stdout.splitlines() if line.split()[:1] in (["proxy"], ["service"])}


@contextlib.contextmanager
def running(proxy):
    try:
        yield proxy
    finally:
        proxy.stop()


def squid_by(site, scheme, rounds):
    """One tunnel for all logins, made in `rounds` answers to CONNECT; only squid knows the service's name."""
    with running(Squid(scheme, USERS, [NAME])) as squid:
        proxy = site.proxy_toml(squid.port, "sallyport", USERS["sallyport"], scheme)
        with site.gateway(proxy, NAME):
            site.good(4)
        until(lambda: squid.answers() == rounds, f"{rounds} of squid: {squid.answers()}")
        code, rows = site.check()
        assert code == 0 and "opened a tunnel" in rows["proxy"] and "ok" in rows["service"], rows
        if scheme == "ntlm":
            return
        with site.gateway(site.proxy_toml(squid.port, "sallyport", "open barley", scheme), NAME):
            detail = site.fails("proxy_failed", "answered CONNECT with 407 Proxy Authentication Required")
            assert f"proxy localhost:{squid.port} " in detail and 'user "sallyport"' in detail and "barley" not in detail, detail
        code, rows = site.check()
        assert code == 1 and "FAILED" in rows["proxy"] and "407" in rows["proxy"] and "not reached" in rows["service"], rows
        with site.gateway(site.proxy_toml(squid.port), NAME):
            site.fails("proxy_failed", "the settings name no user for it; it offers " + scheme.capitalize())


def squid_refuses(site):
    with running(Squid("basic", USERS, [NAME])) as squid:
        with site.gateway(site.proxy_toml(squid.port, "guest", USERS["guest"], "basic"), NAME):
            site.fails("proxy_failed", "answered CONNECT with 403 Forbidden")
        with site.gateway(site.proxy_toml(squid.port, "sallyport", USERS["sallyport"], "basic"), "nobody.sallyport.test"):
            site.fails("proxy_failed", "answered CONNECT with 50")  # 503, or 500 where no name server answers squid
        site.connect_timeout = "500ms"
        with site.gateway(site.proxy_toml(squid.port, "slow", USERS["slow"], "basic"), NAME):
            site.fails("connect_timed_out", "was connected, but opened no tunnel in time")
        del site.connect_timeout


def the_service_goes_and_comes_back(site):
    """What squid says of a service that is down; a kept tunnel that ended with it costs no login."""
    with running(Squid("digest", USERS, [NAME])) as squid:
        with site.gateway(site.proxy_toml(squid.port, "sallyport", USERS["sallyport"], "any"), NAME):
            site.good()
            site.house.stop("authservice")
            site.fails("proxy_failed", "answered CONNECT with 503 Service Unavailable")
            site.house.start_authservice()
            site.good(2)


def tinyproxy_by_basic(site):
    with running(Tinyproxy("sallyport", "sesame", site.house.ports["service"])) as tiny:
        for authentication in ("basic", "any"):
            with site.gateway(site.proxy_toml(tiny.port, "sallyport", "sesame", authentication, host="127.0.0.1")):
                site.good(3)
        with site.gateway(site.proxy_toml(tiny.port, "sallyport", "barley")):
            detail = site.fails("proxy_failed", "answered CONNECT with 40")  # 401, though RFC 9110 knows 407
            assert 'user "sallyport"' in detail and "barley" not in detail, detail
    with running(Tinyproxy("sallyport", "sesame", free_port())) as tiny:  # another port than the service's
        with site.gateway(site.proxy_toml(tiny.port, "sallyport", "sesame")):
            site.fails("proxy_failed", "answered CONNECT with 403")


def ntlm_is_proven(site):
    assert md4(b"abc").hex() == "a448017aaf21d8525fc10ae87aa6729d"  # RFC 1320, A.5
    assert len(NtlmJudge("a", "b").challenge()) > 48
    with running(SmallProxy(ntlm("sallyport", "open sesame"))) as proxy:
        for authentication in ("ntlm", "any"):
            with site.gateway(site.proxy_toml(proxy.port, "CORP\\\\sallyport", "open sesame", authentication)):
                site.good(3)
        assert not any(signed.startswith("Basic") for _, signed in proxy.asked), proxy.asked
        tunnels = sum(len(signed) > 100 for _, signed in proxy.asked)  # type 3: one proof for each gateway's one tunnel
        assert tunnels == 2, proxy.asked
        with site.gateway(site.proxy_toml(proxy.port, "CORP\\\\sallyport", "open barley", "ntlm")):
            site.fails("proxy_failed", "answered CONNECT with 407")


def any_takes_the_strongest(site):
    offered = required('Basic realm="x"', 'Digest realm="x", nonce="0123456789", qop="auth"', "Negotiate")
    with running(SmallProxy(answers(offered))) as proxy:
        with site.gateway(site.proxy_toml(proxy.port, "sallyport", "open sesame")):
            site.fails("proxy_failed", "it offers Basic, Digest, Negotiate")
        schemes = {signed.split(" ")[0] for _, signed in proxy.asked}
        assert schemes == {"", "Digest"}, schemes


def broken_proxies(site):
    for answer, words in ((b"HTTP/1.1 502 Bad Gateway\r\n\r\n", "answered CONNECT with 502 Bad Gateway"),
                          (b"HTTP/1.1 504 Gateway Timeout\r\n\r\n", "answered CONNECT with 504 Gateway Timeout"),
                          (b"220 mail.example.com ESMTP\r\n\r\n", "gave no answer to CONNECT that is HTTP")):
        with running(SmallProxy(answers(answer))) as proxy, site.gateway(site.proxy_toml(proxy.port)):
            site.fails("proxy_failed", words)
    port = free_port()
    with site.gateway(site.proxy_toml(port)):
        site.fails("proxy_failed", f"proxy localhost:{port} cannot be reached")
        until(lambda: site.house.metric("gateway", 'sallyport_service_exchanges_total{evidence="proxy_failed"}') == 2,
              "both sendings are counted")
    with site.gateway(site.proxy_toml(port, host="no-such-proxy.invalid")):
        site.fails("proxy_failed", "proxy no-such-proxy.invalid: ")


def main():
    with House(sys.argv[1]) as house:
        house.certificates.make("service", "localhost", f"subjectAltName=DNS:localhost,DNS:{NAME},IP:127.0.0.1")
        house.start_authservice()
        site = Site(house)
        squid_by(site, "basic", ["200"])
        squid_by(site, "digest", ["407", "200"])
        squid_by(site, "ntlm", ["407", "200"])
        squid_refuses(site)
        the_service_goes_and_comes_back(site)
        tinyproxy_by_basic(site)
        ntlm_is_proven(site)
        any_takes_the_strongest(site)
        broken_proxies(site)


main()
