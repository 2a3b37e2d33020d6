"""The way to the mail server, as the settings have it. What goes wrong is one of four things."""

import smtplib
import ssl
from collections.abc import Callable
from contextlib import suppress
from email.message import EmailMessage
from types import TracebackType
from typing import Any, Self
from urllib.parse import unquote, urlsplit

from core.settings import settings

_PORTS = {"smtp": 587, "smtps": 465, "smtp+plain": 25}


class Unreachable(Exception):
    """The server is away, or takes no mail at all from here: others need not be tried now."""


class Postponed(Exception):
    """The server does not take this mail now (4xx)."""


class Refused(Exception):
    """The server will never take this mail (5xx), or there is no way to write to that address."""


class Uncertain(Exception):
    """The server went away after the mail's text had begun to go to it: it may have kept it, or not."""


class _Server(smtplib.SMTP):
    """A connection that says so before a mail's text goes to the server; where that raises, it is over."""

    begins: Callable[[], None]

    def data(self, msg: Any) -> tuple[int, bytes]:
        try:
            self.begins()
        except BaseException:
            self.close()
            raise
        return super().data(msg)


class _EncryptedServer(_Server, smtplib.SMTP_SSL):
    """The same, encrypted from the first word on."""


class Courier:
    """Brings mails to the server, through one connection as long as that holds."""

    def __init__(self) -> None:
        self._server: _Server | None = None

    def __enter__(self) -> Self:
        """Begin; nobody is called before there is a mail."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Say goodbye, as far as somebody is there."""
        self._leave()

    def deliver(self, message: EmailMessage, begins: Callable[[], None], bounces_to: str | None = None) -> None:
        """Hand a mail over; without a server it goes nowhere, as where one develops.

        `begins` is called before its text goes to the server; what that raises ends it, and the server has nothing.
        What cannot be delivered in the end comes back to `bounces_to`, or to the sender.

        Raises
        ------
        Unreachable, Postponed, Refused
            It was not taken.
        Uncertain
            Nobody knows: the server went away, or said nothing in time, before it had answered, or answered oddly.
        """
        if settings().mail_url is None:
            return
        begun = False

        def begin() -> None:
            nonlocal begun
            begins()
            begun = True

        try:
            self._send(message, begin, bounces_to)
        except OSError as error:  # before `ValueError`: a certificate that does not hold is both
            raise (Uncertain if begun else Unreachable)(_told(error)) from error
        except ValueError as error:
            raise Refused(str(error)) from error

    def _send(self, message: EmailMessage, begins: Callable[[], None], bounces_to: str | None) -> None:
        if self._server is None or self._server.sock is None:
            self._server = _connected()
        self._server.begins = begins
        try:
            self._server.send_message(message, from_addr=bounces_to)
        except smtplib.SMTPRecipientsRefused as error:
            raise _meaning(*next(iter(error.recipients.values()))) from error
        except smtplib.SMTPDataError as error:
            if not 400 <= error.smtp_code < 600:  # no refusal, and not what says that it was taken
                raise
            raise _meaning(error.smtp_code, error.smtp_error) from error
        except smtplib.SMTPNotSupportedError as error:
            raise Refused(str(error)) from error

    def _leave(self) -> None:
        if self._server is not None:
            with suppress(smtplib.SMTPException, OSError):
                self._server.quit()
            self._server = None


def _connected() -> _Server:
    url = urlsplit(settings().mail_url or "")
    host, port, patience = url.hostname or "", url.port or _PORTS[url.scheme], settings().mail_timeout_s
    if url.scheme == "smtps":
        server: _Server = _EncryptedServer(host, port, timeout=patience, context=ssl.create_default_context())
    else:
        server = _Server(host, port, timeout=patience)
    try:
        if url.scheme == "smtp":
            server.starttls(context=ssl.create_default_context())
        if url.username:
            server.login(unquote(url.username), unquote(url.password or ""))
    except smtplib.SMTPNotSupportedError as error:  # of the server, not of one mail
        server.close()
        raise OSError(str(error)) from error
    except BaseException:
        server.close()
        raise
    return server


def _meaning(code: int, said: bytes | str) -> Postponed | Refused:
    text = f"{code} {_text(said)}"
    return Refused(text) if 500 <= code < 600 else Postponed(text)


def _told(error: Exception) -> str:
    """Return what went wrong, without what was sent: a password is never in it."""
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_text(error.smtp_error)}"
    return f"{type(error).__name__}: {error}"


def _text(said: bytes | str) -> str:
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else said
