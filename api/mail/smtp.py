"""The way to the mail server, as the settings have it. What goes wrong is one of three things."""

import smtplib
import ssl
from contextlib import suppress
from email.message import EmailMessage
from types import TracebackType
from typing import Self
from urllib.parse import unquote, urlsplit

from core.settings import settings

_PORTS = {"smtp": 587, "smtps": 465, "smtp+plain": 25}


class Unreachable(Exception):
    """The server is away, or takes no mail at all from here: others need not be tried now."""


class Postponed(Exception):
    """The server does not take this mail now (4xx)."""


class Refused(Exception):
    """The server will never take this mail (5xx), or there is no way to write to that address."""


class Courier:
    """Brings mails to the server, through one connection as long as that holds."""

    def __init__(self) -> None:
        self._server: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        """Begin; nobody is called before there is a mail."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Say goodbye, as far as somebody is there."""
        self._leave()

    def deliver(self, message: EmailMessage, bounces_to: str | None = None) -> None:
        """Hand a mail over; without a server it goes nowhere, as where one develops.

        What cannot be delivered in the end comes back to `bounces_to`, or to the sender.

        Raises
        ------
        Unreachable, Postponed, Refused
            It was not taken, as far as we know: a server that goes away after it has, but before it has said so,
            gets it again with the same Message-ID.
        """
        if settings().mail_url is None:
            return
        try:
            if self._server is None or self._server.sock is None:
                self._server = _connected()
            self._server.send_message(message, from_addr=bounces_to)
        except smtplib.SMTPRecipientsRefused as error:
            raise _meaning(*next(iter(error.recipients.values()))) from error
        except smtplib.SMTPDataError as error:
            raise _meaning(error.smtp_code, error.smtp_error) from error
        except smtplib.SMTPNotSupportedError as error:
            raise Refused(str(error)) from error
        except OSError as error:  # before `ValueError`: a certificate that does not hold is both
            raise Unreachable(_told(error)) from error
        except ValueError as error:
            raise Refused(str(error)) from error

    def _leave(self) -> None:
        if self._server is not None:
            with suppress(smtplib.SMTPException, OSError):
                self._server.quit()
            self._server = None


def _connected() -> smtplib.SMTP:
    url = urlsplit(settings().mail_url or "")
    host, port, patience = url.hostname or "", url.port or _PORTS[url.scheme], settings().mail_timeout_s
    if url.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=patience, context=ssl.create_default_context())
    else:
        server = smtplib.SMTP(host, port, timeout=patience)
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
