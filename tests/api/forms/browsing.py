"""What a browser sends of a page's form, as the HTML standard has it: what a control cannot show is not sent."""

import re
from html.parser import HTMLParser

Sent = dict[str, list[str]]

_SHOWABLE = {
    "date": r"\d{4}-\d\d-\d\d",
    "time": r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,3})?)?",
    "number": r"-?\d+(\.\d+)?([eE][-+]?\d+)?",
}


def sent(html: str, action: str, button: tuple[str, str] | None = None) -> Sent:
    """Return the fields that the form with an action sends when a button of it is pressed."""
    reader = _Reader(action)
    reader.feed(html)
    assert reader.found, f"there is no form with the action {action}"
    fields = reader.fields
    if button:
        fields.setdefault(button[0], []).append(button[1])
    return fields


class _Reader(HTMLParser):
    def __init__(self, action: str) -> None:
        super().__init__()
        self.action, self.found, self._inside = action, False, False
        self.fields: Sent = {}
        self._select = self._area = None
        self._options: list[tuple[str, bool]] = []
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = given.get("action") == self.action
            self.found |= self._inside
        elif self._inside and tag == "input":
            self._input(given)
        elif self._inside and tag == "select":
            self._select, self._options = given["name"], []
        elif tag == "option":
            self._options.append((given["value"], "selected" in given))
        elif self._inside and tag == "textarea":
            self._area, self._text = given["name"], ""

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        elif tag == "select" and self._select is not None:
            chosen = [value for value, selected in self._options if selected]
            self._add(self._select, (chosen or [value for value, _ in self._options[:1]])[-1])
            self._select = None
        elif tag == "textarea" and self._area is not None:
            lines = re.sub(r"\r\n?", "\n", self._text).removeprefix("\n")
            self._add(self._area, lines.replace("\n", "\r\n"))
            self._area = None

    def _input(self, given: dict[str, str]) -> None:
        kind, value = given.get("type", "text"), re.sub(r"[\r\n]", "", given.get("value", ""))
        if kind in {"submit", "button"} or (kind in {"checkbox", "radio"} and "checked" not in given):
            return
        if kind in _SHOWABLE and not re.fullmatch(_SHOWABLE[kind], value):
            value = ""
        self._add(given["name"], value)

    def _add(self, name: str, value: str) -> None:
        self.fields.setdefault(name, []).append(value)
