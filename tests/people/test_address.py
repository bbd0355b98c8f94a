"""One spelling for an address: the same mailbox is always one key, and two mailboxes are never one."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanctuary.people.address import InvalidAddress, canon, mac, masked

BLANKS = [" ", "\t", "\n", "\r\n", "\u00a0", "\u200b", "\u200d", "\u2003", "\ufeff", "\u2060", "\u00ad"]
LOCALS = st.from_regex(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]{1,20}(\.[a-z0-9+_-]{1,10}){0,2}", fullmatch=True)
LABELS = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True).filter(lambda label: label[2:4] != "--")
DOMAINS = st.builds(lambda labels: ".".join([*labels, "org"]), st.lists(LABELS, min_size=1, max_size=3))
ADDRESSES = st.builds("{}@{}".format, LOCALS, DOMAINS)
ENDS = st.lists(st.sampled_from(BLANKS), max_size=4).map("".join)


@given(ADDRESSES)
def test_canon_of_a_plain_address_is_itself(address):
    assert canon(address) == address


@given(st.one_of(st.text(max_size=80), st.builds("{}@{}".format, st.text(max_size=20), st.text(max_size=40))))
def test_canon_of_anything_is_idempotent_or_refused(text):
    try:
        once = canon(text)
    except InvalidAddress:
        return
    assert canon(once) == once
    assert re.fullmatch(r"[!-~]+@[a-z0-9.-]+", once)


@given(ADDRESSES, ENDS, ENDS, st.data())
def test_canon_of_the_same_mailbox_is_one_key(address, before, after, data):
    swaps = data.draw(st.lists(st.booleans(), min_size=len(address), max_size=len(address)))
    cased = "".join(c.upper() if swap else c for c, swap in zip(address, swaps, strict=True))
    assert canon(before + cased + after) == address
    assert mac(before + cased + after) == mac(address)


@given(ADDRESSES, ADDRESSES)
def test_mac_of_two_mailboxes_is_two_keys(one, other):
    assert (mac(one) == mac(other)) == (one == other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("a.b@example.org", "ab@example.org"), ("ab+news@example.org", "ab@example.org")],
    ids=["dots", "plus"],
)
def test_canon_folds_nothing_that_may_be_another_person(one, other):
    assert canon(one) != canon(other)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("amira@B\u00dcCHER.example", "amira@xn--bcher-kva.example"),
        ("amira@bu\u0308cher.example", "amira@xn--bcher-kva.example"),
        ("Amira@XN--BCHER-KVA.example", "amira@xn--bcher-kva.example"),
        ("a@b@example.org", None),
        ("  o'neill@example.org\u200b\n", "o'neill@example.org"),
    ],
    ids=["umlaut", "two code points", "A-label", "two signs", "blanks"],
)
def test_canon_of_other_spellings(typed, kept):
    if kept is None:
        with pytest.raises(InvalidAddress):
            canon(typed)
    else:
        assert canon(typed) == kept


@pytest.mark.parametrize(
    "text",
    [
        "",
        "@",
        "amira",
        "a@localhost",
        "a@[192.0.2.1]",
        "a@192.0.2.1",
        '"a b"@example.org',
        '"a@b"@example.org',
        "x" * 65 + "@example.org",
        "m\u0131ke@example.org",
        "\u212aate@example.org",
        "a@example.org, b@example.org",
        "a@example.org\nBcc: b@example.org",
        "a\x00@example.org",
        "a@exa\x00mple.org",
        "a@-example.org",
        "a@example..org",
        ".a@example.org",
        "a.@example.org",
        "a@" + "b" * 64 + ".org",
        "x@" + "example." * 40 + "org",
        "\ud800@example.org",
        "a" * 1_000_000 + "@example.org",
    ],
    ids=lambda text: repr(text[:24]),
)
def test_canon_of_no_address_is_refused(text):
    with pytest.raises(InvalidAddress):
        canon(text)


def test_masked_address_keeps_one_letter():
    assert masked("amira@example.org") == "a***@example.org"
