"""All the rules over one message."""

from collections.abc import Collection, Iterable

from sanctuary.post.sink.lint import content, form
from sanctuary.post.sink.lint.letter import Given, Letter

RULES = (*form.RULES, *content.RULES)


def lint(
    wire: bytes,
    *,
    recipients: Collection[str],
    hosts: Collection[str],
    says: Iterable[str] = (),
    mail_from: str | None = None,
    personal: Iterable[str] = (),
    may_show: Collection[str] = (),
    local: bool = False,
) -> list[str]:
    """What is wrong with one bulk message, as "rule: words"; empty when it is good.

    `wire` is what stood between DATA and the final dot, still stuffed (`Accepted.wire`). `hosts`: where links may lead.
    `says`: what both parts must show, such as name, number and postal address. `personal`: the person's names, which
    no link may hold. `may_show`: further addresses that may stand in it. `local`: links into this machine may be http.
    """
    given = Given(
        tuple(recipients),
        {host.lower() for host in hosts},
        tuple(says),
        mail_from,
        tuple(filter(None, personal)),
        {address.lower() for address in may_show},
        local,
    )
    letter = Letter(wire, given)
    return [f"{rule.__name__.replace('_', '-')}: {words}" for rule in RULES for words in rule(letter)]
