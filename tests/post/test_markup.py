from html.parser import HTMLParser

import pytest

from sanctuary.post.markup import to_html, to_text


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("one\ntwo\n\nthree", "one two\n\nthree"),
        ("**bold** and *soft*", "bold and soft"),
        ("[Add your name](((action_link)))", "Add your name: ((action_link))"),
        ("<https://example.org/a>", "https://example.org/a"),
        ("## Why\n\nBecause.", "Why\n\nBecause."),
        ("- one\n- two\n\nafter", "- one\n- two\n\nafter"),
        ("3. three\n4. four", "3. three\n4. four"),
        ("> said", "> said"),
        ("a  \nb", "a\nb"),
        ("![a heart](https://example.org/h.png)", "a heart"),
        ("Dear ((first_name|friend)),", "Dear ((first_name|friend)),"),
        ("2 < 3 & <b>x</b>", "2 < 3 & <b>x</b>"),
        ("", ""),
    ],
)
def test_text_reads_well_alone(written, text):
    assert to_text(written) == text


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "[x](data:text/html,1)",
        '<img src=x onerror="alert(1)">',
        "[x](https://example.org 'a\" onmouseover=alert(1)')",
    ],
)
def test_html_holds_nothing_that_runs(hostile):
    seen = Seen()
    seen.feed(to_html(hostile))
    assert seen.tags <= {"p", "a", "img"}
    assert set(seen.attributes) <= {"href", "src", "alt", "title"}
    assert not str(seen.attributes.get("href", "")).startswith(("javascript:", "data:"))


class Seen(HTMLParser):
    """Which tags and attributes a browser would find."""

    def __init__(self):
        super().__init__()
        self.tags, self.attributes = set(), {}

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= dict(attrs)


def test_html_keeps_fields_and_links():
    assert to_html("[Sign](((action_link)))") == '<p><a href="((action_link))">Sign</a></p>\n'
    assert to_html("Dear ((first_name|friend)),") == "<p>Dear ((first_name|friend)),</p>\n"
