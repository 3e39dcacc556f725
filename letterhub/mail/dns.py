"""DNS lookups for the sending domain: SPF, DKIM and DMARC records."""

import dns.exception
import dns.name
import dns.resolver

TIMEOUT = 5.0  # seconds


class DnsUnavailable(Exception):
    """Raised when DNS cannot be queried from this machine."""


def system_resolver() -> dns.resolver.Resolver:
    """Return a resolver with the system's configuration. Raises DnsUnavailable if there is none."""
    try:
        resolver = dns.resolver.Resolver()
    except (dns.resolver.NoResolverConfiguration, OSError) as problem:
        raise DnsUnavailable("no DNS server is configured on this host") from problem
    resolver.lifetime = TIMEOUT
    return resolver


def txt_records(name: str) -> tuple[str, ...]:
    """Return the TXT records of a name; empty if the name does not exist. Raises DnsUnavailable if no DNS server responds."""
    try:
        answer = system_resolver().resolve(name, "TXT", search=False)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return ()
    except (dns.exception.DNSException, OSError) as problem:
        raise DnsUnavailable("no DNS server responds") from problem
    return tuple(b"".join(record.strings).decode("ascii", "replace") for record in answer)


def spf_records(domain: str) -> tuple[str, ...]:
    """Return the SPF records of a domain; a correct setup has exactly one."""
    return tuple(text for text in txt_records(domain) if text.casefold().split(" ")[0] == "v=spf1")


def dmarc_record(domain: str, above: str) -> str:
    """Return the DMARC record of a domain, or of the registered domain `above` it; "" if there is none."""
    for name in dict.fromkeys((domain, above or domain)):
        for text in txt_records(f"_dmarc.{name}"):
            if text.casefold().replace(" ", "").startswith("v=dmarc1"):
                return text
    return ""


def has_dkim_key(domain: str, selector: str) -> bool:
    """Return whether the domain publishes a DKIM key under this selector."""
    tags = (part.strip() for text in txt_records(f"{selector}._domainkey.{domain}") for part in text.split(";"))
    return any(part.startswith("p=") and len(part) > len("p=") for part in tags)
