"""Pages from templates: `page` shows one, `see_other` goes on to one after a form, with a word about what was done."""

import re
from collections.abc import Iterable, Mapping, MutableMapping
from functools import cache, lru_cache
from hashlib import blake2b
from itertools import count
from pathlib import Path
from typing import Any

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined, nodes
from jinja2.runtime import Context
from jinja2.visitor import NodeTransformer
from litestar import Litestar, Request, Response
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.response import Redirect, Template
from litestar.response.base import ASGIResponse
from litestar.template import TemplateConfig
from markupsafe import Markup, escape

from api.http.forms.kept import page_address
from api.http.forms.once import keep_outcome
from api.http.forms.posted import FormFields
from api.http.request_context import current_scope
from api.http.visitor import visitor_of
from api.language import format as written
from api.language import i18n
from api.language.faults import fault, in_page_order, problem_text
from api.language.labels import label
from api.pages.overtaken import opened_with
from core.database.drafts import MOST_OF_AN_ORGANISATION
from core.settings import settings
from resources.photos.images import MOST_PIXELS
from resources.photos.rules import LARGEST_BYTES

HERE = Path(__file__).parents[1]
STATIC = HERE / "static"

KEPT_BY_THE_BROWSER = {"cache-control": "private, no-cache"}
"""For an empty form of something new: going back shows the very form again, with its token, and not another one.

Its form is sent to an address of its own (`?sent`), as a browser forgets the page of an address that it posts to."""

_DAY = re.compile(r"\d{4}-\d\d-\d\d(\N{NO-BREAK SPACE}\d\d:\d\d)?")

FLASH = "flash"
"""Where the session keeps what the next page says once: `message` and `tone`, and perhaps `link` and `link_text`."""


def page(
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Template:
    """Return a page made from a template under ``api/templates``."""
    return _Written(
        template, context=dict(context or {}), status_code=status, headers=dict(headers or {}), media_type="text/html"
    )


def told_apart(names: Iterable[str]) -> list[str]:
    """Return names for links and buttons of a list, of which no two are the same: the second is numbered."""
    told = list(names)
    taken, found = set(told), dict[str, None]()
    for name in told:
        numbered = (f"{name} ({n})" for n in count(2))
        new = name if name not in found else next(each for each in numbered if each not in taken)
        taken.add(new)
        found[new] = None
    return list(found)


class _Written(Template):
    """A page that is written where it is asked for, in its handler's thread.

    Litestar would write it on the event loop, where all wait for the longest page.
    """

    def __init__(self, template_name: str, **values: Any) -> None:
        super().__init__(template_name, **values)
        scope = current_scope.get()
        if scope is not None:
            context = self.create_template_context(Request(scope))
            self.content = environment(i18n.language()).get_template(template_name).render(context).encode()

    def create_template_context(self, request: Request[Any, Any, Any]) -> dict[str, Any]:
        """Return the context with the request, and with what makes the hidden fields of each form as `csrf_input`."""
        made = super().create_template_context(request)
        return {**made, "csrf_input": FormFields(request, made["csrf_input"])}

    def to_asgi_response(self, app: Litestar | None, request: Request[Any, Any, Any], **values: Any) -> ASGIResponse:
        """Return what is sent."""
        if not self.content:
            return super().to_asgi_response(app, request, **values)
        return Response.to_asgi_response(self, app, request, **values)


def see_other(
    request: Request[Any, Any, Any],
    path: str,
    message: str = "",
    tone: str = "success",
    *,
    flash: dict[str, Any] | None = None,
) -> Redirect:
    """Go on to another page after a form was handled; it shows the message once. Tones: success, info, warning."""
    flash = flash or ({"message": message, "tone": tone} if message else {})
    keep_outcome(request, path, flash)
    return go_on(request, path, flash)


def go_on(request: Request[Any, Any, Any], path: str, flash: dict[str, Any]) -> Redirect:
    """Go on to another page, which shows the flash message once."""
    if flash:
        request.session[FLASH] = flash
    return Redirect(path, status_code=303)


def template_config() -> TemplateConfig[JinjaTemplateEngine]:
    """Return Litestar's configuration of our templates."""
    return TemplateConfig(instance=JinjaTemplateEngine.from_environment(environment()))


class _Context(Context):
    """What a template knows, and how it calls what it is given."""

    def call(self, called: Any, *given: Any, **named: Any) -> Any:
        """Call something; Jinja's own looks at each of thousands several times for what a few of its own ask for."""
        if hasattr(called, "jinja_pass_arg"):
            return super().call(called, *given, **named)
        named.pop("_block_vars", None)
        named.pop("_loop_vars", None)
        return called(*given, **named)


class _OfOneLanguage(Environment):
    """An environment in which the templates' own words stand in a language from the start, not looked up each time."""

    spoken = ""
    context_class = _Context

    def make_globals(self, d: MutableMapping[str, Any] | None) -> dict[str, Any]:
        """Return what a template may name. Jinja's own goes on looking whether it is changed, name by name."""
        return {**self.globals, **(d or {})}

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        parsed = super()._parse(source, name, filename)
        return _Translation(self.spoken).visit(parsed) if self.spoken else parsed


class _Translation(NodeTransformer):
    """Puts the words of a language in the place of each text that stands in a template without values."""

    def __init__(self, spoken: str) -> None:
        self._language = spoken

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802 (the name is Jinja's)
        """Translate `_("…")`."""
        match node:
            case nodes.Call(node=nodes.Name(name="_"), args=[nodes.Const(value=text)], kwargs=[]):
                return nodes.Const(_words(self._language, text), lineno=node.lineno)
        return self.generic_visit(node)


@cache
def environment(spoken: str = "") -> Environment:
    """Return the templates' environment: escaped, strict about unknown names, with our labels and formats.

    It speaks each reader's language, or the one that is given alone.
    """
    made = _OfOneLanguage(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,  # it would look at each file of a page each time; the code stays as it is too
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
    )
    made.spoken = spoken
    made.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=i18n.gettext, ngettext=i18n.ngettext, pgettext=i18n.pgettext, newstyle=True
    )
    made.globals["_"] = _in_words  # Jinja's own takes a copy of the context for each word in a loop
    made.filters.update(
        day=lambda date: _unbroken(written.day(date)),
        clock_time=written.clock_time,
        moment=lambda instant: _unbroken(written.moment(instant)),
        deadline=lambda instant: _unbroken(written.deadline(instant)),
        period=lambda span: _unbroken(written.period(span)),
        unbroken=_unbroken,
        whole_days=_whole_days,
        choices=_choices,
        number=written.number,
        money=written.money,
        kilometres=written.kilometres,
        metres=written.metres,
        percent=written.percent,
    )
    made.globals.update(
        asset=asset,
        opened_with=opened_with,
        most_drafts=MOST_OF_AN_ORGANISATION,
        page_address=page_address,
        visitor_of=visitor_of,
        flashed=_flashed,
        language=i18n.language,
        languages=i18n.LANGUAGES,
        said=i18n.said,
        fault=fault,
        in_page_order=in_page_order,
        problem_text=problem_text,
        label=label,
        csrf=_csrf,
        undo_minutes=settings().undo_minutes,
        idempotency_hours=settings().idempotency_hours,
        photo_kinds=", ".join(f"image/{kind.lower()}" for kind in MOST_PIXELS),
        photo_megabytes=LARGEST_BYTES // 1_000_000,
        operator=settings().operator,
    )
    return made


def _in_words(text: str, **values: object) -> Markup:
    """Return a text of a template in the reader's language, with values, which are escaped."""
    return _markup(i18n.language(), text) % values if values else _words(i18n.language(), text)


@cache
def _words(language: str, text: str) -> Markup:
    return _markup(language, text) % {}


@cache
def _markup(language: str, text: str) -> Markup:
    with i18n.speaking(language):
        return Markup(i18n.gettext(text))  # noqa: S704 (the templates' and the catalogues' own)


@lru_cache(maxsize=10_000)
def _unbroken(text: str) -> Markup:
    """Show a written day, moment or period so that it breaks nowhere but between its start and its end."""
    parts = re.split(r"(?<=–) |(?<=–)(?=\d{4}-)", text)
    between = Markup(" ") if "– " in text else Markup("<wbr>")
    return between.join(Markup('<span class="pv-when">{}</span>').format(part) for part in parts)


def _whole_days(text: str) -> Markup:
    """Show a text so that no date in it breaks at its hyphens."""
    return Markup(_DAY.sub(r'<span class="pv-when">\g<0></span>', str(escape(text))))  # noqa: S704


def _choices(options: Iterable[tuple[object, str]], chosen: str) -> Markup:
    """Return what may be chosen in a field; a tuple is the same for everybody, and written once."""
    listed = _of_everybody(options) if isinstance(options, tuple) else _options(options)
    value = escape(chosen)
    return Markup(listed.replace(f'<option value="{value}">', f'<option value="{value}" selected>', 1))  # noqa: S704


def _options(options: Iterable[tuple[object, str]]) -> str:
    return "\n".join(f'<option value="{escape(value)}">{escape(text)}</option>' for value, text in options)


@lru_cache(maxsize=16)
def _of_everybody(options: tuple[tuple[object, str], ...]) -> str:
    return _options(options)


def asset(name: str) -> str:
    """Return the address of a file under ``static``, which changes with its content so that browsers may keep it."""
    return f"/static/{name}?v={_digest(name)}"


@cache
def _digest(name: str) -> str:
    path = STATIC / name
    return blake2b(path.read_bytes(), digest_size=6).hexdigest() if path.exists() else "missing"


def _csrf(fields: FormFields) -> Markup:
    """Mark a form's hidden fields as HTML; what stands in them is escaped or made of letters and digits."""
    return Markup(fields.next())  # noqa: S704


class _Flash(msgspec.Struct):
    """What the next page says once."""

    message: str
    tone: str
    link: str | None = None
    link_text: str = ""


def _flashed(request: Request[Any, Any, Any]) -> _Flash | None:
    session = request.scope.get("session")
    kept = session.pop(FLASH, None) if isinstance(session, dict) else None
    try:
        return msgspec.convert(kept, _Flash | None)
    except msgspec.ValidationError:  # as another version of ours has written it
        return None
