"""The telephones of all users: answers pushes through the service's admin API (docs/openapi.yaml), over one connection."""
import http.client
import json
import ssl
import time


class Phones:
    def __init__(self, house):
        context = ssl.create_default_context(cafile=house.folder / "ca.pem")
        context.load_cert_chain(house.folder / "admin.pem", house.folder / "admin.key")
        self.connection = http.client.HTTPSConnection("localhost", house.ports["service"], context=context, timeout=30)

    def ask(self, method, path, body=None):
        self.connection.request(method, f"/admin/v1{path}", json.dumps(body) if body else None, {"Content-Type": "application/json"})
        answer = self.connection.getresponse()
        text = answer.read().decode()
        if answer.status != 200:
            raise RuntimeError(f"{method} {path}: {answer.status} {text[:300]}")
        return json.loads(text)

    def pushes(self):
        """{user: transaction} of those that wait for an answer."""
        found, after = {}, ""
        while after is not None:
            page = self.ask("GET", f"/pushes?limit=1000{after and '&after=' + after}")
            found.update({push["user"]: push["transaction"] for push in page["pushes"]})
            after = page.get("next")
        return found

    def answer(self, answers, draw_time):
        """`answers`: {user: "approve" or "deny"}; each is given at a time that `draw_time` draws."""
        transactions = self.pushes()
        if absent := answers.keys() - transactions.keys():
            raise RuntimeError(f"{len(absent)} users have no push, such as {min(absent)}")
        for when, transaction, what in sorted((draw_time(), transactions[user], what) for user, what in answers.items()):
            time.sleep(max(0.0, when - time.monotonic()))
            self.ask("POST", f"/pushes/{what}", {"transaction": transaction})
