"""Codes in the links that groups, partners and streams pass on, so that each learns what came of it.

A link can be shown before anything is kept: the code of a group, a partner or a stream is its own short name. Its row
is made when the first person acts through it.
"""

from urllib.parse import urlencode

from django.db import transaction

from campaigns.models import Campaign, Partner, SourceLink
from campaigns.models.source import CODE, OWNERS
from groups.models import LocalGroup
from sanctuary.people import links


def source_url(campaign: Campaign, *, group: LocalGroup | None = None, partner: Partner | None = None) -> str:
    """The whole address of a campaign's page, with the code of whoever passes it on. Writes nothing."""
    kind, owner = ("group", group) if group else ("partner", partner)
    code = source_code(campaign, kind, owner) if owner else ""
    page = links.absolute("campaigns:detail", campaign.slug)
    return f"{page}?{urlencode({'from': code})}" if code else page


def source_code(campaign: Campaign, kind: str, owner) -> str:
    """As its link was first made, or as it will be: a group that changes its name keeps its link."""
    taken = SourceLink.objects.filter(campaign=campaign)
    made = taken.filter(**{kind: owner}).values_list("code", flat=True).first()
    return made or next(code for code in _codes(kind, owner) if not taken.filter(code=code).exists())


def _codes(kind: str, owner) -> list[str]:
    """Its short name; or its number, if that name is too long or was another's when the other's link was made."""
    codes = [f"{kind}-{owner.slug}", f"{kind}-{owner.pk}"]
    return [code for code in codes if CODE.fullmatch(code)]


@transaction.atomic
def find_source(campaign: Campaign, code: str) -> SourceLink | None:
    """What a code in a link stands for, made at its first use. None for a code that nobody gave out."""
    if not CODE.fullmatch(code or ""):
        return None
    found = SourceLink.objects.filter(campaign=campaign, code=code).first()
    return found or _first_use(campaign, code)


def _first_use(campaign: Campaign, code: str) -> SourceLink | None:
    kind, _, name = code.partition("-")
    owner = _owner(campaign, kind, name)
    return _link_of(campaign, kind, owner, code) if owner and code in _codes(kind, owner) else None


def _link_of(campaign: Campaign, kind: str, owner, code: str) -> SourceLink:
    made = {"code": code, "label": str(owner)[:120]}
    return SourceLink.objects.get_or_create(campaign=campaign, **{kind: owner}, defaults=made)[0]


def _owner(campaign: Campaign, kind: str, name: str):
    if kind not in OWNERS:
        return None
    rows = OWNERS[kind].objects.all()
    if kind == "partner":
        rows = rows.filter(campaigns__campaign=campaign)
    by_number = rows.filter(pk=int(name)).first() if name.isdecimal() and len(name) < 16 else None
    return rows.filter(slug=name).first() or by_number


def source_of_mail(campaign: Campaign, mailing) -> SourceLink | None:
    """Who acts from a group's own email came by that group."""
    group = mailing.group if mailing else None
    return _link_of(campaign, "group", group, source_code(campaign, "group", group)) if group else None
