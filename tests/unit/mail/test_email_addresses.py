"""The owner of a mailbox: an organization's domain, a free provider, or a disposable address."""

import pytest

from letterhub.domain.mail.email_addresses import (
    EmailAddress,
    is_disposable,
    is_free_mail,
    not_typos,
    suggest_host,
)


@pytest.mark.parametrize(
    "domain",
    ["gmail.com", "yahoo.fr", "yahoo.co.uk", "hotmail.co.uk", "outlook.fr", "gmx.at", "posteo.de", "comcast.net", "att.net"],
)
def test_anyone_can_have_a_mailbox_there(domain: str) -> None:
    assert is_free_mail(domain)


OTHERS = """
    ya.ru yandex.kz internet.ru xmail.ru windowslive.com passport.com usa.com europe.com consultant.com engineer.com dr.com
    post.com myself.com iname.com cheerful.com email.cz centrum.cz volny.cz atlas.sk azet.sk mail.ee bigmir.net meta.ua
    rambler.ua aim.com love.com 188.com sina.cn aliyun.com tom.com nate.com docomo.ne.jp nifty.com mailo.com tutamail.com
    pobox.com skiff.com cock.li protonmail.ch pm.me passmail.net simplelogin.com aleeas.com slmail.me anonaddy.me addy.io
    appleid.com duck.com mozmail.com fastmail.us sent.com mm.st 123mail.org imap.cc eml.cc hey.com bbox.fr numericable.fr
    club-internet.fr aliceadsl.fr voila.fr gmx.us caramail.com walla.co.il walla.com ok.de mail.de email.de kabelmail.de
    vodafone.de unitybox.de magenta.de aon.at chello.at a1.net bluemail.ch sunrise.ch excite.com lycos.com usa.net
    zoominternet.net hush.com hushmail.me safe-mail.net vivaldi.net tutanota.de keemail.me zohomail.eu mail2world.com in.com
    indiatimes.com rediff.com btconnect.com sky.com plusnet.com talk21.com o2.co.uk virgin.net telefonica.net ono.com
    wanadoo.es telia.com mail.dk elisanet.fi tlen.pl freemail.hu otenet.gr fastwebnet.it proximus.be chello.nl
    globo.com arnet.com.ar telkomsa.net eastlink.ca westnet.com.au"""


@pytest.mark.shows("S10")
def test_hosts_of_many_countries_and_of_those_who_hide_an_address_are_known() -> None:
    assert [host for host in OTHERS.split() if not is_free_mail(host)] == []


SHARED = """
    groups.io rivers.groups.io googlegroups.com substack.com rivers.substack.com lists.alliance.example
    list.alliance.example bugs.alliance.example bugzilla.alliance.example alumni.example.edu alumni.cs.example.edu
    alum.mit.edu post.harvard.edu users.alliance.example users.noreply.github.com users.sourceforge.net
    students.example.edu student.example.ac.uk stud.example.de stud.uni.example.de etu.example.fr alumnos.example.es
    alliance.onmicrosoft.com alliance.github.io alliance.wordpress.com alliance.blogspot.com alliance.weebly.com
    lists.riseup.net Lists.Alliance.Example. mail-lists.x.example alumni2020.example.edu members.alliance.example
    forum.alliance.example noreply.alliance.example facebook.com linktr.ee"""
OWN = """
    alliance.example mail.alliance.example office.alliance.example cs.example.edu staff.example.edu listing.example.org
    studentsunion.example alumnifund.example usersgroup.example bugle.example forumtheatre.example listers.example.org
    change.org www.alliance.example de.alliance.example webmail.alliance.example"""


@pytest.mark.shows("S26")
def test_where_many_write_who_do_not_speak_for_a_domain_counts_as_free_mail() -> None:
    assert [host for host in SHARED.split() if not is_free_mail(host)] == []
    assert [host for host in OWN.split() if is_free_mail(host)] == []


@pytest.mark.parametrize("domain", ["alliance.example", "yahooligans.example", "example.org", "nus.edu.sg", "unican.es", ""])
def test_an_organization_has_its_mailboxes_to_itself(domain: str) -> None:
    assert not is_free_mail(domain)
    assert not is_disposable(domain)


@pytest.mark.parametrize("host", ["mailinator.com", "guerrillamail.com", "Mailinator.COM.", "any.mailinator.com"])
def test_a_mailbox_there_is_made_to_be_thrown_away(host: str) -> None:
    assert is_disposable(host)


@pytest.mark.shows("S9")
@pytest.mark.parametrize(
    ("email", "mailbox"),
    [
        ("Clara@Alliance.example", "clara@alliance.example"),
        ("clara+rivers@alliance.example", "clara@alliance.example"),
        ("+clara@alliance.example", "+clara@alliance.example"),
        ("c.la.ra+1@googlemail.com", "clara@gmail.com"),
        ("c.la.ra@alliance.example", "c.la.ra@alliance.example"),
    ],
)
def test_the_spellings_of_one_mailbox_are_one(email: str, mailbox: str) -> None:
    assert EmailAddress(email).canonical == mailbox


@pytest.mark.parametrize(
    ("host", "meant"),
    [
        ("gmial.com", "gmail.com"),
        ("gmal.com", "gmail.com"),
        ("gmaill.com", "gmail.com"),
        ("GMAIL.CON", "gmail.com"),
        ("hotmail.co", "hotmail.com"),
        ("outlok.com", "outlook.com"),
        ("aliance.example", "alliance.example"),
        ("alliance.exmaple", "alliance.example"),
        *((host, "") for host in ("gmail.com", "mail.com", "ymail.com", "hotmail.ca", "yahoo.fr", "alliance.org", "")),
        *((host, "") for host in ("alliance.example", "mail.alliance.example", "example.org")),
    ],
)
def test_one_slip_of_the_keys_is_asked_about(host: str, meant: str) -> None:
    assert suggest_host(host, "alliance.example") == meant


def test_short_hosts_are_other_peoples() -> None:
    assert suggest_host("ab.org", "ac.org") == ""
    assert suggest_host("gmail.com", "") == ""


def test_hosts_that_look_like_a_slip_and_are_none_are_known() -> None:
    assert set(not_typos()) == {"email.com", "mail.com", "ymail.com"}
