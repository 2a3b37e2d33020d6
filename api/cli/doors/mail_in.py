"""`mail-in`: the door of mail, in the foreground."""

import asyncio
import signal
import socket
from contextlib import suppress

import typer

from api.cli.processes import check_role, listen
from api.mail.inbound.door import serve
from core.database.postgres import embedded
from core.errors import BadInput
from core.settings import settings
from core.telemetry.logs import configure_logs


def mail_in() -> None:
    """Take mail that the agency's mail server hands over: replies, and what could not be delivered."""
    configure_logs()
    if settings().mail_in_domain is None:
        raise BadInput("PLATSVERKET_MAIL_IN_DOMAIN", None, "mail comes in at a domain of its own: name it")
    listener = listen(settings().mail_in_host, settings().mail_in_port)
    with embedded.database():
        check_role()
        typer.echo(
            f"Takes mail for {settings().mail_in_domain} on {settings().mail_in_host}:{settings().mail_in_port}."
        )
        asyncio.run(_until_told(listener))


async def _until_told(listener: socket.socket) -> None:
    """Serve until SIGTERM; a mail that is not taken by then comes again."""
    serving = asyncio.create_task(serve(listener))
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, serving.cancel)
    with suppress(asyncio.CancelledError):
        await serving
