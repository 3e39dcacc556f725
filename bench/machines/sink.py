"""Mail server that logs a line for each mail: recipient, Message-ID, link. Run as a process of its own."""

import asyncio
import re
import sys
from email import message_from_bytes, policy
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

LINK = re.compile(r"https?://\S+/(confirm|signatures|reconfirm|renew-consent)/\S+")


class MailSink:
    """SMTP handler that accepts every mail, after writing it to the file."""

    def __init__(self, file: Path) -> None:
        self.lines = file.open("a", buffering=1, encoding="utf-8")

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: ARG002, N802 - aiosmtpd's
        """Handle one mail."""
        mail = message_from_bytes(envelope.original_content or b"", policy=policy.default)
        text = mail.get_body(("plain",))
        found = LINK.search(text.get_content()) if text else None
        fields = (*envelope.rcpt_tos, str(mail["Message-ID"]), found[1] if found else "", found[0] if found else "")
        self.lines.write("\t".join(fields) + "\n")
        return "250 accepted"


async def main(port: int, file: Path) -> None:
    """Listen on a port of this machine until killed."""
    sink = MailSink(file)
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(sink, hostname="localhost"), "127.0.0.1", port)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), Path(sys.argv[2])))
