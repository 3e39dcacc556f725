"""What the DNS says of a domain that mails come from: who sends for it (SPF), which key signs (DKIM), what of the others."""

import dns.exception
import dns.name
import dns.resolver

PATIENCE = 5.0  # seconds


class NoDns(Exception):
    """The DNS cannot be asked from here."""


def resolver() -> dns.resolver.Resolver:
    """Asks as this machine is set up to ask."""
    try:
        found = dns.resolver.Resolver()
    except (dns.resolver.NoResolverConfiguration, OSError) as problem:
        raise NoDns("this machine has no name server configured") from problem
    found.lifetime = PATIENCE
    return found


def texts_at(name: str) -> tuple[str, ...]:
    """The TXT records of a name; none where there is no such name. Raises NoDns where nobody answers."""
    try:
        answer = resolver().resolve(name, "TXT", search=False)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return ()
    except (dns.exception.DNSException, OSError) as problem:
        raise NoDns("no name server answers") from problem
    return tuple(b"".join(record.strings).decode("ascii", "replace") for record in answer)


def senders_of(domain: str) -> tuple[str, ...]:
    """The SPF records of a domain: one, where it is set up."""
    return tuple(text for text in texts_at(domain) if text.casefold().split(" ")[0] == "v=spf1")


def policy_of(domain: str, above: str) -> str:
    """The DMARC record of a domain, or of the registered one above it; "" where there is none."""
    for name in dict.fromkeys((domain, above or domain)):
        for text in texts_at(f"_dmarc.{name}"):
            if text.casefold().replace(" ", "").startswith("v=dmarc1"):
                return text
    return ""


def has_key(domain: str, selector: str) -> bool:
    """Whether the domain shows the DKIM key of this name."""
    told = (part.strip() for text in texts_at(f"{selector}._domainkey.{domain}") for part in text.split(";"))
    return any(part.startswith("p=") and len(part) > len("p=") for part in told)
