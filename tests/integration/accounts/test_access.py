"""Access control: every endpoint declares its audience, and refuses everyone else without revealing anything."""

import re
from collections import defaultdict
from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.routing import AnyConverter, BaseConverter, IntegerConverter, Rule

from letterhub.clock import now
from letterhub.domain.accounts.roles import Role
from letterhub.domain.links.secret_links import LinkKind
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db
from letterhub.mail.outbox import queue_mail
from letterhub.models import (
    Coalition,
    CoalitionInvitation,
    Contact,
    ContactPerson,
    Inquiry,
    Letter,
    OwnRecipientProfile,
    Preview,
    Report,
    SecretLink,
    Staff,
    Upload,
    Webhook,
)
from letterhub.web.access import Audience
from letterhub.web.blueprints import EXTENSION_BLUEPRINTS
from letterhub.web.languages import LanguageConverter
from tests.support import cast, factories
from tests.support.servers.database_copies import SITE
from tests.support.visitor import Visitor

pytestmark = pytest.mark.shows("S16")
Address = tuple[str, str]
SITE_SECRETS = (factories.TEXT.title, cast.CLARA.organization, cast.CLARA.email, cast.CLARA.name, "clean-rivers-for-everyone")
SECRETS = (factories.TEXT.title, cast.CLARA.organization, cast.CLARA.email, cast.STRANGER.name)


@pytest.fixture
def elsewhere(app: Flask) -> Letter:
    """Another coalition's letter, with a name and an email: in every table the first row is theirs."""
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False  # so that a POST gets as far as the access check
    other = factories.coalition(cast.OTHER_COALITION)
    factories.staff(cast.STRANGER, of=other)
    letter = factories.open_letter(of=other)
    signature = factories.signature(letter, state=SignatureState.CONFIRMED)
    facts = {"coalition_id": other.id, "letter_id": letter.id, "signature_id": signature.id}
    factories.save(queue_mail(MailKind.CONFIRM, signature.email, at=now(), **facts))
    pages = Preview(letter_id=letter.id, text=factories.revision_of(letter).content, version=1, requested_at=now())
    pages.finish(factories.TEXT.title.encode(), 1, [])
    factories.save(pages)
    factories.save(Inquiry(signature_id=signature.id, address=cast.CLARA.email, asked_at=now()))
    contact = Contact(coalition_id=other.id, created_at=now(), used_at=now())
    contact.set_name(cast.CLARA.organization, "")
    factories.save(contact)
    factories.save(ContactPerson(contact_id=contact.id, name=cast.CLARA.name, email=cast.CLARA.email))
    factories.save(Upload(coalition_id=other.id, file_name="names.csv", content=b"Organization\nElm\n", uploaded_at=now()))
    link = {"kind": LinkKind.PROGRESS, "label": cast.CLARA.organization, "token_hash": "", "created_at": now()}
    factories.save(SecretLink(letter_id=letter.id, **link))
    factories.save(OwnRecipientProfile(coalition_id=other.id, name=cast.CLARA.organization, formats=[]))
    facts = {"events": [], "secret": "", "created_at": now()}
    factories.save(Webhook(coalition_id=other.id, label=cast.CLARA.organization, url="https://hooks.example.org/", **facts))
    report = Report(letter_id=letter.id, requested_at=now())
    report.finish(factories.TEXT.title.encode())
    factories.save(report)
    return letter


@pytest.fixture
def home(elsewhere: Letter) -> Coalition:
    """The coalition of the tests' owner, organizer and reviewer; it has no letter."""
    coalition = factories.coalition()
    for member in (cast.OLIVE, cast.OTTO, cast.SAM):
        factories.staff(member, of=coalition)
    return coalition


def audience_of(app: Flask, rule: Rule) -> Audience | Role:
    """Return the audience of a rule, as its view declares it."""
    entry: Audience | Role = app.view_functions[rule.endpoint].entry  # type: ignore[attr-defined]
    return entry


def rules(app: Flask) -> list[Rule]:
    """Return every rule of ours; a library guards its own pages."""
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint.partition(".")[0] not in EXTENSION_BLUEPRINTS]


def url_value(converter: BaseConverter, letter: str) -> str | int:
    """Return the value that fills a URL argument."""
    match converter:
        case IntegerConverter():
            return 1
        case AnyConverter(items=choices):
            return sorted(choices)[0]
        case LanguageConverter():
            return "es"
    return letter


def addresses(app: Flask, rule: Rule, coalition: str, letter: str = "no-such-letter") -> Iterator[Address]:
    """Yield the URL of a rule, once for each method: numbers are the first row's, words a letter's."""
    words = {name: url_value(converter, letter) for name, converter in rule._converters.items()}
    path = app.url_map.bind("").build(
        rule.endpoint, words | ({"coalition": coalition} if "coalition" in rule.arguments else {})
    )
    yield from ((method, path) for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))


def staff_addresses(app: Flask, coalition: str, letter: str = "no-such-letter") -> list[tuple[Role, Address]]:
    """Return the URLs that require a role, with the role."""
    asking = [(entry, rule) for rule in rules(app) if isinstance(entry := audience_of(app, rule), Role)]
    found = [(role, address) for role, rule in asking for address in addresses(app, rule, coalition, letter)]
    assert found
    return found


def statuses(
    app: Flask, addresses_asked: list[Address], member: cast.Member | None = None, hidden: tuple[str, ...] = SECRETS
) -> dict[Address, int]:
    """Return the status of each URL for a visitor; fail where a response holds private data of the coalition."""
    visitor = Visitor(app, SITE)
    if member:
        visitor.sign_in(member)
    given = {}
    for method, path in addresses_asked:
        response = visitor.ask(path, method=method)
        given[method, path] = response.status_code
        assert [secret for secret in hidden if secret in response.get_data(as_text=True)] == [], (method, path)
    return given


def test_strangers_are_asked_to_sign_in(app: Flask, elsewhere: Letter) -> None:
    signed_in = [rule for rule in rules(app) if audience_of(app, rule) in (Audience.SIGNED_IN, Audience.SITE_OPERATOR)]
    addresses_asked = [address for _, address in staff_addresses(app, "quiet-skies-network", elsewhere.slug)]
    addresses_asked += [address for rule in signed_in for address in addresses(app, rule, "quiet-skies-network")]
    for address, status in statuses(app, addresses_asked).items():
        assert status in (302, 303, 401), address


def test_another_coalitions_staff_find_no_such_page(app: Flask, home: Coalition, elsewhere: Letter) -> None:
    addresses_asked = [address for _, address in staff_addresses(app, home.slug)]
    assert {address: status for address, status in statuses(app, addresses_asked, cast.STRANGER).items() if status != 404} == {}


@pytest.mark.parametrize("member", [cast.SAM, cast.OTTO])
def test_a_lower_role_is_turned_away(app: Flask, home: Coalition, member: cast.Member) -> None:
    addresses_asked = [address for role, address in staff_addresses(app, home.slug) if not member.role.covers(role)]
    assert {address: status for address, status in statuses(app, addresses_asked, member).items() if status != 403} == {}
    assert addresses_asked


@pytest.mark.parametrize("member", [cast.SAM, cast.OTTO, cast.OLIVE])
def test_no_role_makes_an_operator(app: Flask, home: Coalition, member: cast.Member) -> None:
    of_site = [rule for rule in rules(app) if audience_of(app, rule) == Audience.SITE_OPERATOR]
    addresses_asked = [address for rule in of_site for address in addresses(app, rule, home.slug)]
    assert {address: status for address, status in statuses(app, addresses_asked, member).items() if status != 404} == {}
    assert len(addresses_asked) > 10


def test_an_operator_sees_no_data_of_a_coalition_and_enters_none(app: Flask, home: Coalition, elsewhere: Letter) -> None:
    factories.save(CoalitionInvitation(name="Elm Trust", email="elm@elms.example", created_at=now(), invited_at=now()))
    for member in db.session.query(Staff).filter_by(email=cast.OTTO.email):
        member.is_operator = True
    db.session.commit()
    of_site = [rule for rule in rules(app) if audience_of(app, rule) == Audience.SITE_OPERATOR]
    pages = [address for rule in of_site for address in addresses(app, rule, home.slug) if address[0] == "GET"]
    answers = statuses(app, pages, cast.OTTO, hidden=SITE_SECRETS)
    assert {address: status for address, status in answers.items() if status != 200} == {}
    inside = [address for _, address in staff_addresses(app, "quiet-skies-network", elsewhere.slug)]
    assert {address: status for address, status in statuses(app, inside, cast.OTTO).items() if status != 404} == {}


def test_no_role_reaches_another_coalitions_things_through_an_address_of_its_own(
    app: Flask, home: Coalition, elsewhere: Letter
) -> None:
    things = [rule for rule in rules(app) if isinstance(audience_of(app, rule), Role) and rule.arguments > {"coalition"}]
    addresses_asked = [address for rule in things for address in addresses(app, rule, home.slug, elsewhere.slug)]
    assert {address: status for address, status in statuses(app, addresses_asked, cast.OLIVE).items() if status != 404} == {}
    assert addresses_asked


def test_each_address_belongs_to_one_endpoint(app: Flask) -> None:
    homes: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for rule in app.url_map.iter_rules():
        address = re.sub(r"<[^>]+>", "<>", rule.rule).rstrip("/")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            homes[address, method].append(rule.endpoint)
    assert {key: found for key, found in homes.items() if len(found) > 1} == {}
