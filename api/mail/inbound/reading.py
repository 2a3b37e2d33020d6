"""What stands in a mail that came in, as far as it can be read: nothing in it is trusted, and nothing of it kept."""

import re
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.utils import getaddresses
from html.parser import HTMLParser

from mailparser_reply import EmailReplyParser

from marketplace.mail.rules import Reply

_WORDS = {
    Reply.YES: {"ja", "ja tack", "jag accepterar", "accepterar", "acceptera", "yes", "yes please", "accept"},
    Reply.NO: {"nej", "nej tack", "jag avböjer", "avböjer", "avböj", "no", "no thanks", "no thank you", "decline"},
    Reply.CONFIRM: {"bekräfta", "bekräftar", "jag bekräftar", "bekräftas", "confirm", "confirmed", "i confirm"},
}
"""Whole lines, in either language: a mail may be answered in another than its own."""
_SWEDISH_DOUBTS = {"men", "om", "inte", "utom", "förutom", "förutsatt", "förutsättning", "villkor", "dock", "vänta"}
_DOUBTS = _SWEDISH_DOUBTS | {"but", "if", "not", "unless", "except", "provided", "however", "wait"}
"""A yes with one of these below it is none: nobody was asked for conditions."""
_MOST_LINES, _LONGEST_LINE = 40, 200
"""Of what is looked through for an answer: the parser's patterns take seconds for long hostile texts."""
_MOST_LETTERS = 20_000
_LONGEST_SENDER = 1000
_MOST_PARTS = 50
"""Within others: hundreds take the parser a minute. Nobody forwards as many mails in one."""
_PARSER = EmailReplyParser(languages=["sv", "en"])
_AUTOMATIC = {"bulk", "junk", "list", "auto_reply"}


@dataclass(frozen=True)
class Incoming:
    """A mail that came in: from whom it says it is, and itself; nothing where it cannot be read."""

    sender: str
    message: Message | None


def read(content: bytes) -> Incoming:
    """Return a mail as far as it can be read.

    By the library's old policy: the new one takes minutes for a head of a megabyte that is made for it.
    """
    if content.lower().count(b"multipart/") > _MOST_PARTS:
        return Incoming("", None)
    try:
        message = message_from_bytes(content)
        senders = message.get_all("from", [])
        addresses = getaddresses([str(senders[0])[:_LONGEST_SENDER]]) if len(senders) == 1 else []
        return Incoming(addresses[0][1] if len(addresses) == 1 else "", message)
    except Exception:  # whatever the library trips over in what anybody may send
        return Incoming("", None)


def is_automatic(envelope_sender: str | None, message: Message) -> bool:
    """Tell whether a program has sent a mail, as one that says that somebody is away (RFC 3834, and before it)."""
    if not envelope_sender or message.get_content_type() == "multipart/report":
        return True
    told = str(message.get("auto-submitted", "no")).partition(";")[0].strip().lower()
    others = ("x-autoreply", "x-autorespond", "list-id")
    is_of_many = str(message.get("precedence", "")).strip().lower() in _AUTOMATIC
    return told != "no" or is_of_many or any(name in message for name in others)


def reply_in(message: Message | None) -> Reply:
    """Return what a reply says: its first line has to be a word for it, and nothing else."""
    try:
        lines = _written(message) if message else []
    except Exception:  # as above
        return Reply.UNCLEAR
    if not lines:
        return Reply.UNCLEAR
    first, rest = _bare(lines[0]), " ".join(lines[1:])
    if _DOUBTS & set(re.findall(r"\w+", rest.casefold())):
        return Reply.UNCLEAR
    return next((reply for reply, words in _WORDS.items() if first in words), Reply.UNCLEAR)


def _written(message: Message) -> list[str]:
    """Return the lines that somebody wrote above what is quoted, without greeting and signature."""
    texts = [each for each in message.walk() if each.get_content_disposition() != "attachment"]
    kinds = ("text/plain", "text/html")
    body = next((each for kind in kinds for each in texts if each.get_content_type() == kind), None)
    if body is None:
        return []
    content = body.get_payload(decode=True)
    assert isinstance(content, bytes)
    text = content[:_MOST_LETTERS].decode(body.get_content_charset("utf-8"), "replace")
    if body.get_content_type() == "text/html":
        text = _text_of(text)
    lines = [" ".join(each.split())[:_LONGEST_LINE] for each in text.splitlines()]
    above = "\n".join(lines[:_MOST_LINES])
    first = _PARSER.read(re.sub(r"\n{3,}", "\n\n", above)).replies[0]
    return [] if first.headers else [each for each in first.body.splitlines() if each and each[0] != ">"]


def _bare(line: str) -> str:
    return line.strip(" .!,*_\"'”“’-").casefold()


class _Text(HTMLParser):
    """The words of HTML, a line for each block, without what is quoted."""

    _BLOCKS = frozenset({"p", "div", "br", "li", "tr", "h1", "h2", "hr"})
    _LEFT_OUT = frozenset({"blockquote", "style", "script", "head", "title"})

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._inside = 0

    def handle_starttag(self, tag: str, _attrs: object) -> None:
        """Begin a line, or what is left out."""
        self._inside += tag in self._LEFT_OUT
        if tag in self._BLOCKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        """End what is left out."""
        self._inside -= tag in self._LEFT_OUT and self._inside > 0
        if tag in self._BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        """Keep words."""
        if not self._inside:
            self.parts.append(" ".join(data.split("\n")))


def _text_of(html: str) -> str:
    parser = _Text()
    parser.feed(html)
    return "".join(parser.parts)
