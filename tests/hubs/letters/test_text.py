"""A letter's text: marks for members alone, and Markdown in which nothing of a writer's becomes HTML."""

import pytest

from core.errors import BadInput
from core.time import clock
from hubs.letters.rules import LetterDraft
from hubs.letters.text import as_html, for_reader

LETTER = "Hej!\n\n{{new_members}}\n\n## Frågor\n\n- för alla\n{{members}}\n- för medlemmar\n{{/members}}\n\nVi ses"


def test_members_read_all_and_others_what_is_for_them() -> None:
    assert for_reader(LETTER, is_member=True, new_members="Nya: Bo.") == (
        "Hej!\n\nNya: Bo.\n\n## Frågor\n\n- för alla\n- för medlemmar\n\nVi ses\n"
    )
    assert for_reader(LETTER, is_member=False, new_members="Nya: Bo.") == "Hej!\n\n## Frågor\n\n- för alla\n\nVi ses\n"


@pytest.mark.parametrize(
    "words",
    ["{{members}}\ninget slut", "slut\n{{/members}}", "{{members}}\n{{members}}\n{{/members}}", "Nya: {{new_members}}"],
)
def test_marks_that_could_show_too_much_are_refused(words: str) -> None:
    with pytest.raises(BadInput) as refused:
        LetterDraft(subject="Hubben", words=words, send_at=clock.now())
    assert [each.property for each in refused.value.parameters] == ["words"]


def test_simple_markdown_is_html_below_the_page_s_own_heading() -> None:
    html = as_html("# Hej\n\n- **ett**\n- [två](https://example.se/a?b=1&c=2)\n\nrad\nrad")
    assert html == (
        "<h2>Hej</h2>\n<ul>\n<li><strong>ett</strong></li>\n"
        '<li><a href="https://example.se/a?b=1&amp;c=2" class="ds-link">två</a></li>\n</ul>\n<p>rad<br>\nrad</p>\n'
    )


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[här](javascript:alert(1))",
        "[här](JaVaScRiPt:alert(1))",
        "[här](data:text/html;base64,PHNjcmlwdD4=)",
        '[här](https://e.se/"onmouseover="alert(1))',
        "![bild](https://e.se/a.png)",
        "&lt;script&gt;",
    ],
)
def test_nothing_that_somebody_writes_becomes_more_than_text_and_links(hostile: str) -> None:
    html = as_html(hostile)
    assert not any(each in html for each in ("<script", "<img", 'href="javascript', 'href="data', '"onmouseover'))
