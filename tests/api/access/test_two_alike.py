"""Two organisations with the same names and titles: nothing of the one appears to the other's members, anywhere.

Partners at that, so that more could. Whatever one of them reads is read twice: before the other has anything of its own
and after. It is the same to the letter: so are counts, facets, the order of lists, and errors.
"""

import re
from collections.abc import Iterator

from litestar import Litestar
from litestar.testing import TestClient
from sqlmodel import Session

from marketplace.planning import attempts
from marketplace.planning.rules import RunDraft
from marketplace.requests.models import Priority
from tests import builders
from tests.api.access.addresses import DOORS, addresses_about
from tests.api.access.alike import Alike
from tests.api.conftest import HTML, Bearer, SignIn

OTHER = "sodra"
READERS = ALL, COORDINATES = "all but coordinator", "coordinator"
SHOWN = {"organisation.name", "short"}
"""What the register of organisations shows to all. What is offered to all has marks of its own: name, words, terms."""
WRITES = ("/audit-entries", "/case", "/case-events")
"""What changes by one's own reading."""
ABOUT_RUNS = re.compile("runs|requests|proposals|notices")
TOLD_ANEW = re.compile(r'(csrf_token"|form_token"|nonce=|"traceId":)[^>,]*|\d\d[:.]\d\d([:.]\d\d[\d.]*)?Z?')
"""What differs each time: tokens of forms, and times of the day."""


def test_nothing_of_the_one_appears_to_the_other(
    app: Litestar, client: TestClient[Litestar], rows: Session, bearer: Bearer, signed_in: SignIn
) -> None:
    own, other = Alike(rows, "norra"), Alike(rows, OTHER)
    builders.partners(rows, own.home, other.home)
    other.offer_to_all()
    own.offer_to_all()
    own.stock()
    rows.commit()
    readers = {}
    for label in READERS:
        client.cookies.clear()
        signed_in(client, own.members[label])
        client.get("/accessibility", headers=HTML)  # gives the token of forms
        readers[label] = bearer(own.members[label], "read", "write", "provision"), dict(client.cookies.items())
        client.get("/api/v1/skills", headers=readers[label][0])  # or pages would tell later that it was used

    def read(label: str, address: str) -> str:
        token, cookies = readers[label]
        client.cookies.clear()
        if not address.startswith(DOORS):
            client.cookies.update(cookies)
        answer = client.get(address, headers=token if address.startswith(DOORS) else HTML)
        assert answer.status_code < 500, answer.text
        return f"{answer.status_code} {answer.text}"

    about_own = [
        (ALL, address) for address in addresses_about(app, own.things, own.home.id) if not address.endswith(WRITES)
    ]
    before = {asked: read(*asked) for asked in about_own}
    assert "norra.card.note" in "".join(before.values()), "what is one's own is shown"
    other.stock()
    rows.commit()
    after = {asked: read(*asked) for asked in about_own}
    after |= {asked: read(*asked) for asked in _both(app, other)}
    changed = [address for (_, address), text in before.items() if _plain(after[ALL, address]) != _plain(text)]
    assert not changed, "\n".join(changed)
    _check_hidden(other, after)

    # Both ask for the same room at the same time, and the other has it: the run and its reasons do not say so.
    wanted = {"kind": "meeting_room"}
    for alike, priority in ((own, Priority.EXPLORATORY), (other, Priority.CRISIS)):
        asker = alike.members["all but coordinator"]
        asked = builders.request(rows, asker, title=alike.word("wanted.title"), priority=priority)
        need = builders.need(rows, asked, title=alike.word("wanted_need.title"), **wanted)
        alike.things |= {"request": asked.id, "need": need.id}
        alike.hidden += [asked.id, need.id]
    rows.commit()
    own.things["run"] = attempts.run_now(RunDraft(time_limit_s=600))
    told = {asked: read(*asked) for asked in _both(app, own) if ABOUT_RUNS.search(asked[1])}
    assert '"code":"lost_to_others"' in "".join(told.values())
    _check_hidden(other, told)


def _both(app: Litestar, of: Alike) -> Iterator[tuple[str, str]]:
    """Return who reads what: whoever has all roles, all of it; a coordinator, what the API tells."""
    for address in addresses_about(app, of.things, of.home.id):
        yield ALL, address
        if address.startswith(DOORS):
            yield COORDINATES, address


def _plain(text: str) -> str:
    return TOLD_ANEW.sub("", text)


def _check_hidden(other: Alike, told: dict[tuple[str, str], str]) -> None:
    ids = {str(each) for each in other.hidden}
    found = []
    for asked, text in told.items():
        marks = set(re.findall(rf"\b{OTHER}\.([a-z_]+(?:\.[a-z_]+)?)", text)) - SHOWN
        named = {each for each in ids if each in text and each not in asked[1]}
        if marks or named:
            found.append((*asked, *marks, *(name for name, key in other.things.items() if str(key) in named)))
    assert not found, "\n".join(map(str, found))
