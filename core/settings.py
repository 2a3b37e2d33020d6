"""Every setting, read from ``PLATSVERKET_…`` environment variables. See docs/settings.md."""

import os
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from functools import cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Literal, Self

from cryptography.x509 import load_pem_x509_certificates
from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict
from zxcvbn import zxcvbn

from core.errors import BadInput, InvalidParameter

PREFIX = "PLATSVERKET_"
SECRET = ("secret_key", "database_url", "database_owner_url", "broker_url", "mail_url")
"""What is never told, and may lie in a file instead, which ``…_FILE`` names."""
NOT_SETTINGS = ("PLATSVERKET_SUPERVISOR_PID", "PLATSVERKET_NPM")
"""What `up` tells the processes that it starts, and a choice for `make`."""

LEAST_GUESSES_LOG10 = 28
"""About 93 bits. 16 random bytes as hex digits are well above; sequences, repetitions and words are far below."""


class _StandsOpenError(ValueError):
    """Settings that must not be together; pydantic takes a `ValueError` only."""

    def __init__(self, faults: Sequence[InvalidParameter]) -> None:
        self.faults = faults
        super().__init__("; ".join(map(str, faults)))


class Settings(BaseSettings):
    """How this installation runs. The descriptions are the reference documentation's text."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True)

    environment: Literal["development", "production"] = Field(
        "production",
        description="`development` lets anybody on this machine choose who to be, and listens to nobody else; "
        "`platsverket up` and `make run` ask for it. `production` demands a secret key and a public address to serve.",
    )
    data_dir: Path = Field(
        Path(".data"),
        description="Folder of everything kept on disk: the embedded PostgreSQL and its log files.",
    )
    database_url: str | None = Field(
        None,
        description="`postgresql://user:password@host/database`. Left out: an embedded one under the data folder.",
    )
    database_owner_url: str | None = Field(
        None,
        description="The same database as its owner, for `platsverket db upgrade` alone: the role in "
        "`PLATSVERKET_DATABASE_URL` may not change the audit, and is made if there is none. Left out: both are one, "
        "which production refuses.",
    )
    broker_url: str | None = Field(
        None, description="Celery broker, `redis://…` or `amqp://…`. Left out: tables in the same PostgreSQL."
    )
    host: str = Field("127.0.0.1", description="Address the web server listens on.")
    port: int = Field(8000, ge=1, le=65535, description="Port the web server listens on.")
    public_url: str | None = Field(None, description="Address that users see, when behind a reverse proxy.")
    secret_key: str | None = Field(
        None,
        min_length=32,
        description="Signs and encrypts the session cookie. Left out in development: made once in the data folder.",
    )
    development_sign_in: bool | None = Field(
        None,
        description="Sign in by choosing a member from a list. Default: on in development; not possible in production.",
    )
    sign_in_providers: Path | None = Field(
        None,
        description="TOML file with the identity providers (OpenID Connect) that members sign in through, see "
        "[sign-in](sign-in.md).",
    )
    session_hours: int = Field(
        10, ge=1, le=720, description="Hours until a signed-in user has to sign in again, however active."
    )
    session_idle_minutes: int = Field(
        120, ge=1, le=10_080, description="Minutes without a request until a signed-in user has to sign in again."
    )
    step_up_required: bool | None = Field(
        None,
        description="Whether roles, cases and what else [roles](roles.md) names ask all for a fresh confirmation with "
        "a passkey, unless the identity provider was sure enough. Default: on in production. Off: only those are asked "
        "who have registered a passkey.",
    )
    step_up_minutes: int = Field(10, ge=1, le=720, description="Minutes that such a confirmation holds.")
    first_passkey_minutes: int = Field(
        15, ge=1, le=720, description="Minutes after signing in in which one may register one's first passkey."
    )
    sign_in_attempts_per_minute: int = Field(
        60, ge=1, description="Wrong tokens, and sign-ins that come to nothing, of one address; more have to wait."
    )
    searches_per_minute: int = Field(300, ge=1, description="Searches of one member; more have to wait.")
    posts_per_minute: int = Field(600, ge=1, description="Changes by one member; more have to wait.")
    trusted_proxies: str = Field(
        "",
        description="Addresses or networks of reverse proxies, set apart by commas, whose `X-Forwarded-For` and "
        "`X-Forwarded-Proto` are believed. Left out: nobody's are.",
    )
    reachable_networks: str = Field(
        "",
        description="Inner networks, set apart by commas, in which users may name addresses that are called (busy "
        "calendars, webhooks), also by `http://`: `10.20.0.0/16`. Beside them only the public internet can be reached, "
        "by `https://`. Left out: no inner network.",
    )
    security_contact: str | None = Field(
        None,
        pattern=r"^(mailto:[^\s@]+@[^\s@]+|https://\S+|tel:\+[0-9-]+)$",
        description="Where whoever has found a weakness tells it, `mailto:…` or `https://…`: for "
        "`/.well-known/security.txt`.",
    )
    operator: str | None = Field(
        None,
        min_length=1,
        max_length=200,
        description="Name of the organisation that runs this installation, as the accessibility statement and the foot "
        "of every page tell it.",
    )
    accessibility_contact: str | None = Field(
        None,
        pattern=r"^(mailto:[^\s@]+@[^\s@]+|https://\S+|tel:\+[0-9-]+)$",
        description="Where somebody for whom a page does not work tells it, `mailto:…`, `https://…` or `tel:+46…`: the "
        "accessibility statement, which the law demands, names it.",
    )
    paper_trust_roots: Path | None = Field(
        None,
        description="PEM file with the certificates of those whose signatures on papers are trusted. Left out: no "
        "signed paper is taken in.",
    )
    mail_url: str | None = Field(
        None,
        pattern=r"^(smtps?://([^\s/@:]+:[^\s/@]+@)?|smtp\+plain://)[^\s/@:]+(:\d{1,5})?$",
        description="Mail server that takes what is sent: `smtp://user:password@host:587` demands STARTTLS, "
        "`smtps://…:465` is encrypted from the start, `smtp+plain://host:25` is not encrypted at all and takes no "
        "password, for a relay that is as near as the database. Letters of the password that an address cannot hold "
        "are written as `%40`. Left out: no mail is sent; development shows on `/sent-mail` what would have been.",
    )
    mail_from: str | None = Field(
        None,
        pattern=r"^[^\s@<>,;:\"()\[\]\\]+@[A-Za-z0-9.-]+$",
        max_length=254,
        description="Address that mails come from, which its domain's SPF and DKIM let the mail server use. Needed "
        "with a mail server. What is written to it is read by nobody here: replies go to `PLATSVERKET_MAIL_IN_DOMAIN`.",
    )
    mail_in_domain: str | None = Field(
        None,
        pattern=r"^[A-Za-z0-9.-]+$",
        max_length=190,
        description="Domain of its own whose mail the mail server hands to `platsverket mail-in`: replies, and what "
        "could not be delivered, come to addresses there. Left out: nobody can answer by mail, and what bounces goes "
        "to the sender's mailbox.",
    )
    mail_in_host: str = Field(
        "127.0.0.1",
        description="Address that `platsverket mail-in` listens on, for the mail server alone: it takes what that has "
        "let through, without encryption or password.",
    )
    mail_in_port: int = Field(8025, ge=1, le=65535, description="Port that it listens on.")
    mail_in_per_minute: int = Field(
        30, ge=1, description="Mails of one sender that it takes; more are put off, and come again by themselves."
    )
    mail_timeout_s: float = Field(
        10, gt=0, le=60, description="Seconds that the mail server may take for each step of taking a mail."
    )
    mail_lease_s: int = Field(
        180,
        ge=2,
        description="Seconds until a mail whose worker has died in the middle is sent by another; longer than a mail "
        "takes, or it may come twice.",
    )
    database_pool_size: int = Field(10, ge=1, description="Connections that one process keeps open to PostgreSQL.")
    detour_factor: float = Field(
        1.3,
        ge=1,
        description="Road distance as a multiple of the straight line, for stated travel time estimates.",
    )
    travel_speed_kmh: float = Field(60, gt=0, description="Speed for stated travel time estimates, km/h.")
    options_per_need: int = Field(24, ge=1, description="How many options of a need reach the optimiser.")
    run_time_limit_s: float = Field(
        30, gt=0, description="Seconds until a matching run has published, unless it says itself."
    )
    run_building_limit_s: float = Field(
        600, gt=0, description="Seconds that a run may look at offers and needs before it searches; then it is failed."
    )
    run_lease_s: int = Field(30, ge=2, description="Seconds without a sign of life until a run is taken back.")
    run_attempts: int = Field(3, ge=1, description="How often a run is started before it is called failed.")
    run_workers: int = Field(
        1,
        ge=1,
        le=64,
        description="Blocks of a run that are solved at a time. 1: by the run itself, which is repeatable; more: by "
        "whichever workers there are.",
    )
    block_lease_s: float = Field(
        5, ge=1, description="Seconds without a sign of life until a run's block is given to another worker."
    )
    proposal_answer_days: int = Field(
        10, ge=1, description="Days that a proposal, or a question for a later end, waits for an answer."
    )
    proposal_reminder_days: int = Field(3, ge=1, description="Days before the deadline that a reminder is sent.")
    bundle_decision_days: int = Field(
        5,
        ge=1,
        description="Days to decide about the rest when one booking of needs that belong together is cancelled; at "
        "most until the first of the rest begins. Without an answer the rest is kept.",
    )
    card_answer_days: int = Field(
        5,
        ge=1,
        description="Days that a manager has to approve that a person is lent, by a link that holds as long; then the "
        "deputy is asked, if one is named.",
    )
    wish_days: int = Field(
        180, ge=1, description="Days that a wish to try another employer is open before its owner has to say so anew."
    )
    identity_days: int = Field(
        14,
        ge=0,
        description="Days after the last day of a person's loan in which the borrower's contact may still read who it "
        "is.",
    )
    withdrawal_answer_days: int = Field(
        5,
        ge=1,
        description="Days that the lender's HR has to decide what becomes of an agreed loan of a person to which "
        "somebody no longer says yes. Without an answer it goes on until the notice has run.",
    )
    inquiry_answer_days: int = Field(
        7,
        ge=1,
        description="Days to answer whether a change of what is asked for would do; at most until what it would be "
        "changed to begins.",
    )
    organisation_offers: int = Field(
        200,
        ge=1,
        description="Offers that one organisation may have at a time, closed ones not counted, unless "
        "`platsverket organisation quota` lets it have others.",
    )
    organisation_closed_periods: int = Field(
        5000, ge=1, description="Closed periods to come that one organisation may have, of all its resources."
    )
    organisation_busy_calendars: int = Field(
        50, ge=1, description="Calendars with busy times that one organisation may have read, of all its resources."
    )
    busy_calendar_minutes: int = Field(
        10, ge=1, le=1440, description="Minutes between two readings of a calendar with busy times."
    )
    organisation_photos: int = Field(
        2000, ge=1, description="Photos that one organisation may have; each takes some 150 kB in the database."
    )
    organisation_needs: int = Field(
        400,
        ge=1,
        description="Needs that one organisation may have waiting at a time, unless `platsverket organisation quota` "
        "lets it have others. Of a series whose dates may be served by different resources each date counts.",
    )
    organisation_runs: int = Field(
        5, ge=1, description="*Find something now* and reasons on request that may wait for one organisation at a time."
    )
    undo_minutes: int = Field(
        10,
        ge=0,
        le=1440,
        description="Minutes in which the closing of an offer, the withdrawal of a request and a coordinator's "
        "decision on a proposal may be undone; proposals that wait for an offer or a request are ended only then.",
    )
    draft_days: int = Field(180, ge=1, description="Days that a draft is kept after it was last saved.")
    idempotency_hours: int = Field(24, ge=1, le=24, description="Hours that the answer to an Idempotency-Key is kept.")
    sweep_interval_s: int = Field(
        15, ge=1, description="Seconds between the scheduled sweeps for lost runs and deadlines."
    )
    clock_settling_minutes: int = Field(
        60,
        ge=0,
        le=1440,
        description="Minutes that deadlines wait after the clock has jumped, or after all was stopped: put right "
        "within them, a wrong clock lets nothing pass.",
    )
    keep_token_days: int = Field(
        90, ge=1, description="Days that an access token's row is kept after it ran out or was revoked."
    )
    keep_notice_days: int = Field(
        365, ge=1, description="Days that a notice is kept, and what whoever scans a label says is wrong."
    )
    keep_mail_days: int = Field(
        30, ge=1, description="Days that it is kept to whom a mail went and when, or why it could not be sent."
    )
    keep_note_days: int = Field(
        30,
        ge=1,
        description="Days that the note on a closed period is kept after the period, as it may tell of a person.",
    )
    keep_upload_days: int = Field(
        30, ge=1, description="Days that what a file that was sent did is told; the file itself is not kept."
    )
    keep_scenario_days: int = Field(
        90, ge=1, description="Days that a coordinator's draft of what would be if is kept after it was last changed."
    )
    keep_card_days: int = Field(
        365, ge=1, description="Days that a capacity card is kept after it was last changed, offered or lent."
    )
    keep_wish_days: int = Field(
        90, ge=1, description="Days that a wish to try another employer is kept after it was taken, ended or expired."
    )
    keep_question_days: int = Field(
        730, ge=1, description="Days that a question about a skill and its answers are kept after it has ended."
    )
    keep_member_days: int = Field(
        730, ge=1, description="Days that a member's name is kept after the member was kept out."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least level that is logged.")
    log_format: Literal["console", "json"] = Field("console", description="`json` writes one object per line.")
    metrics_port: int | None = Field(
        None,
        ge=1,
        le=65470,
        description="Port on which the web process shows figures for Prometheus; a worker on the next one, the "
        "scheduler on the one after, and further processes of `serve --workers` on those that follow. Left out: nobody "
        "shows any. See [metrics](metrics.md).",
    )
    metrics_host: str = Field(
        "127.0.0.1",
        description="Address of the listeners for Prometheus. Nobody has to sign in there: another than this machine's "
        "own has to be out of the world's reach.",
    )
    otlp_endpoint: str | None = Field(
        None,
        pattern=r"^https?://[^\s/@]+(/\S*)?$",
        description="Where traces are sent, as OpenTelemetry over HTTP: `http://127.0.0.1:4318/v1/traces`. Needs the "
        "extra `otel`. Left out: nowhere.",
    )

    @field_validator("trusted_proxies", "reachable_networks")
    @classmethod
    def networks(cls, proxies: str) -> str:
        """Refuse what is no address; a name or `*` would let anybody say where they come from."""
        for each in filter(None, map(str.strip, proxies.split(","))):
            try:
                ip_network(each)
            except ValueError as error:
                raise ValueError(f"{each[:100]!r} is no address or network such as 10.0.0.0/24") from error
        return ",".join(filter(None, map(str.strip, proxies.split(","))))

    @field_validator("paper_trust_roots")
    @classmethod
    def certificates(cls, path: Path | None) -> Path | None:
        """Refuse now, not when the first signed paper comes, a file without certificates."""
        try:
            if path is not None:
                load_pem_x509_certificates(path.read_bytes())
        except OSError as error:
            raise ValueError(f"it cannot be read: {error.strerror}") from error
        except ValueError as error:
            raise ValueError("it is no PEM file with certificates") from error
        return path

    @model_validator(mode="after")
    def nothing_stands_open(self) -> Self:
        """Refuse what must never be on together. Where production was not asked for it is checked by `check_serves`."""
        asked = "environment" in self.model_fields_set
        if asked and (faults := list(self.faults_of_serving())):
            raise _StandsOpenError(faults)
        return self

    @model_validator(mode="after")
    def mail_has_a_sender(self) -> Self:
        """Refuse a mail server without the address that mails come from."""
        if self.mail_url is not None and self.mail_from is None:
            raise _StandsOpenError([InvalidParameter(f"{PREFIX}MAIL_FROM", None, "a mail server needs a sender")])
        return self

    def faults_of_serving(self, host: str | None = None) -> Iterator[InvalidParameter]:
        """Return why nobody may be served with these settings, listening on a host."""
        host = host or self.host
        if self.environment == "development":
            if not is_loopback(host):
                reason = (
                    "in development anybody may choose who to be: only 127.0.0.1, ::1 or localhost may be listened on"
                )
                yield InvalidParameter(f"{PREFIX}HOST", host, reason)
            return
        if self.development_sign_in:
            reason = "development_sign_in cannot be on in production"
            yield InvalidParameter(f"{PREFIX}DEVELOPMENT_SIGN_IN", None, reason)
        if self.secret_key is None:
            yield InvalidParameter(f"{PREFIX}SECRET_KEY", None, "secret_key is required in production")
        elif is_easy_to_guess(self.secret_key):
            reason = (
                "secret_key is easy to guess: python3 -c 'import secrets; print(secrets.token_urlsafe(48))' makes one"
            )
            yield InvalidParameter(f"{PREFIX}SECRET_KEY", None, reason)
        if self.public_url is None or not self.public_url.startswith("https://"):
            reason = "public_url is required in production, and has to begin with https://"
            yield InvalidParameter(f"{PREFIX}PUBLIC_URL", self.public_url, reason)

    def address_at(self, root: str) -> str:
        """Return where users reach this installation, or else where it was asked at, without a slash at the end."""
        return (self.public_url or root).rstrip("/")

    @property
    def address(self) -> str:
        """Where users reach this installation, without a slash at the end."""
        return self.address_at(f"http://{self.host}:{self.port}")

    @property
    def networks_reached(self) -> list[IPv4Network | IPv6Network]:
        """The inner networks in which users may name addresses."""
        return [ip_network(each) for each in self.reachable_networks.split(",") if each]

    @property
    def makes_mail(self) -> bool:
        """Whether notices become mails: where they are sent, or at least shown to who develops."""
        return self.mail_url is not None or self.environment == "development"

    @property
    def invites(self) -> bool:
        """Whether calendars are invited to bookings: mail goes out to them, and their answers come in."""
        return self.makes_mail and self.mail_in_domain is not None

    @property
    def demands_step_up(self) -> bool:
        """Whether also those are asked to confirm who have no passkey, and programs are refused, who never can."""
        return self.environment == "production" if self.step_up_required is None else self.step_up_required

    @property
    def may_choose_member(self) -> bool:
        """Whether anybody may sign in as anybody, as is meant for development only."""
        return self.environment == "development" and self.development_sign_in is not False


@cache
def settings() -> Settings:
    """Return the settings of this process, read once.

    Raises
    ------
    BadInput
        Naming each variable that is wrong, or that is no setting.
    """
    from_files, faults = _from_files()
    faults += _unknown()
    try:
        made = Settings(**from_files)  # type: ignore[arg-type]
    except ValidationError as error:
        raise BadInput.of([*faults, *(each for one in error.errors() for each in _wrong(one))]) from error
    if faults:
        raise BadInput.of(faults)
    return made


def check_serves(host: str | None = None) -> None:
    """Refuse to serve anybody with settings that would let in who does not belong.

    Raises
    ------
    BadInput
        Naming each setting that has to be changed.
    """
    faults = list(settings().faults_of_serving(host))
    if faults and "environment" not in settings().model_fields_set:
        reason = "it is not set, so this is production; write development to try the product on this machine alone"
        faults.append(InvalidParameter(f"{PREFIX}ENVIRONMENT", None, reason))
    if faults:
        raise BadInput.of(faults)


def is_loopback(host: str) -> bool:
    """Tell whether only this machine can reach what listens on a host."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def is_easy_to_guess(secret: str) -> bool:
    """Tell whether fewer guesses would find a secret than are out of anybody's reach, by its first 72 characters."""
    return float(zxcvbn(secret[:72])["guesses_log10"]) < LEAST_GUESSES_LOG10


def _from_files() -> tuple[dict[str, str], list[InvalidParameter]]:
    """Return the secrets that lie in files, and what is wrong with these."""
    found: dict[str, str] = {}
    faults: list[InvalidParameter] = []
    for name in SECRET:
        variable = f"{PREFIX}{name.upper()}"
        path = os.environ.get(f"{variable}_FILE")
        if path is None:
            continue
        if variable in os.environ:
            faults.append(InvalidParameter(f"{variable}_FILE", path, f"{variable} is set as well: set one of them"))
        try:
            found[name] = Path(path).read_text().strip()
        except (OSError, ValueError) as error:
            why = error.strerror if isinstance(error, OSError) else "it is no text"
            faults.append(InvalidParameter(f"{variable}_FILE", path, f"it cannot be read: {why}"))
    return found, faults


def _unknown() -> list[InvalidParameter]:
    """Return what looks like a setting and is none; its value is not told, as it may be a secret."""
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    known |= {f"{PREFIX}{name.upper()}_FILE" for name in SECRET} | set(NOT_SETTINGS)
    faults = []
    for name in sorted(os.environ):
        if name.upper().startswith(PREFIX) and name.upper() not in known:
            near = get_close_matches(name.upper(), known, n=1)
            reason = "there is no such setting" + (f"; did you mean {near[0]}?" if near else "")
            faults.append(InvalidParameter(name, None, reason))
    return faults


def _wrong(error: ErrorDetails) -> Sequence[InvalidParameter]:
    cause = error.get("ctx", {}).get("error")
    if isinstance(cause, _StandsOpenError):
        return cause.faults
    setting = "_".join(map(str, error["loc"]))
    return [InvalidParameter(f"{PREFIX}{setting.upper()}", None if setting in SECRET else error["input"], error["msg"])]
