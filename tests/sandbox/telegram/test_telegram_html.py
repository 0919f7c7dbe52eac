"""HTML becomes plain text with entities, or a refusal that says where."""

import pytest

from sandbox.telegram.html import parse_html
from sandbox.telegram.problems import Refused
from sandbox.wire import Json


def entity(kind: str, offset: int, length: int, **more: Json) -> dict[str, Json]:
    return {"type": kind, "offset": offset, "length": length, **more}


@pytest.mark.parametrize(
    ("html", "text", "entities"),
    [
        ("a &lt;&amp;&#33;&#x21;&quot;&nbsp;", 'a <&!!"&nbsp;', []),
        ("<b>x</b>", "x", [entity("bold", 0, 1)]),
        ("📗 <strong>x</strong>", "📗 x", [entity("bold", 3, 1)]),
        ("<i><u>x</u>y</i>", "xy", [entity("underline", 0, 1), entity("italic", 0, 2)]),
        ('<a href="https://e.org/?a=1&amp;b=2">x</a>', "x", [
            entity("text_link", 0, 1, url="https://e.org/?a=1&b=2")]),
        ('<span class="tg-spoiler">x</span>', "x", [entity("spoiler", 0, 1)]),
        ("<blockquote expandable>x</blockquote>", "x", [entity("expandable_blockquote", 0, 1)]),
        ('<pre><code class="language-py">x</code></pre>', "x", [entity("pre", 0, 1)]),
        ("<b></b>x", "x", []),
        ("&#0;&#xd800;", "&#0;&#xd800;", []),
        (
            '<tg-time unix="1795518000" format="wDt">Tue 18:00</tg-time>',
            "Tue 18:00",
            [entity("date_time", 0, 9, unix_time=1795518000, date_time_format="wDt")],
        ),
        (
            '<tg-time unix="0">x</tg-time>',
            "x",
            [entity("date_time", 0, 1, unix_time=0)],
        ),
    ],
)  # fmt: skip
def test_html_is_read_as_telegram_reads_it(
    html: str, text: str, entities: list[dict[str, Json]]
) -> None:
    assert parse_html(html) == (text, entities)


@pytest.mark.parametrize(
    ("html", "problem"),
    [
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("é<x>", 'Unsupported start tag "x" at byte offset 2'),
        ("1 < 2", 'Unsupported start tag "" at byte offset 2'),
        ("<b x", "Unclosed start tag at byte offset 0"),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b><i>x</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("<tg-time>x</tg-time>", 'Tag "tg-time" must have a Unix time in "unix" at byte offset 0'),
        (
            '<tg-time unix="1" format="tD">x</tg-time>',
            'Invalid date-time format "tD" specified at byte offset 0',
        ),
    ],
)
def test_html_that_is_not_right_is_refused(html: str, problem: str) -> None:
    with pytest.raises(Refused) as refused:
        parse_html(html)
    assert refused.value.description == f"Bad Request: can't parse entities: {problem}"
