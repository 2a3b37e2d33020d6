"""A mail server as a process, which writes the Message-ID of each mail to a file before it says that it has it."""

import asyncio
import os
import sys
from email import message_from_bytes
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session


class Keeper:
    """Keeps what has come in a file, where a kill leaves it; the names are aiosmtpd's."""

    def __init__(self, kept: Path) -> None:
        self.kept = kept

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep a mail's id, then say so; in between the process may be killed."""
        assert isinstance(envelope.content, bytes)
        with self.kept.open("a", encoding="utf-8") as file:
            file.write(f"{message_from_bytes(envelope.content)['message-id']}\n")
            file.flush()
            os.fsync(file.fileno())
        await asyncio.sleep(0.02)
        return "250 OK"


async def main(port: int, kept: Path) -> None:
    """Serve until killed."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Keeper(kept), loop=loop), "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), Path(sys.argv[2])))
