"""Local DNS server with TXT records."""

import socket
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import dns.flags
import dns.message
import dns.rdatatype
import dns.resolver
import dns.rrset

MAX_STRING = 255  # characters of one string in a TXT record; longer texts are several strings


@contextmanager
def run_dns_server(records: Mapping[str, Sequence[str]]) -> Iterator[dns.resolver.Resolver]:
    """Run a DNS server with these TXT records and no others, by name; yield a resolver that asks it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listening:
        listening.bind(("127.0.0.1", 0))
        port = listening.getsockname()[1]
        server = threading.Thread(target=_answer, args=(listening, records), daemon=True)
        server.start()
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers, resolver.port, resolver.lifetime = ["127.0.0.1"], port, 20
        yield resolver
        listening.sendto(b"", ("127.0.0.1", port))
        server.join()


def _answer(listening: socket.socket, records: Mapping[str, Sequence[str]]) -> None:
    while (request := listening.recvfrom(4096))[0]:
        question = dns.message.from_wire(request[0])
        name = question.question[0].name
        reply = dns.message.make_response(question)
        reply.flags |= dns.flags.RA
        for text in records.get(name.to_text(omit_final_dot=True), ()):
            strings = " ".join(f'"{text[at : at + MAX_STRING]}"' for at in range(0, len(text), MAX_STRING))
            reply.answer.append(dns.rrset.from_text(name, 60, "IN", "TXT", strings))
        listening.sendto(reply.to_wire(), request[1])
