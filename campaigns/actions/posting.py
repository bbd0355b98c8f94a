"""The ways a letter leaves: somebody's own email app, WriteToThem, or paper. Nothing here sends anything."""

from urllib.parse import quote, urlencode

from campaigns.models import Campaign
from campaigns.models.letter import Letter
from sanctuary.places.models import House
from sanctuary.places.models.representatives import ROLES

WRITE_TO_THEM = "https://www.writetothem.com/"
# What the programs that open such links surely take: Windows cuts them off at 2,083 characters.
LONGEST_LINK = 2000

_AREAS = {
    House.COMMONS: "westminstermp",
    **dict.fromkeys((House.SCOTTISH, House.SENEDD, House.ASSEMBLY), "regionalmp"),
    House.COUNCIL: "council",
}
_OFFICES = {
    House.COMMONS: "House of Commons\nLondon\nSW1A 0AA",
    House.LORDS: "House of Lords\nLondon\nSW1A 0PW",
    House.SCOTTISH: "The Scottish Parliament\nEdinburgh\nEH99 1SP",
    House.SENEDD: "Welsh Parliament\nCardiff Bay\nCardiff\nCF99 1SN",
    House.ASSEMBLY: "Parliament Buildings\nBallymiscaw, Stormont\nBelfast\nBT4 3XX",
}


def role_of(house: str) -> str:
    """MP, MSP, MS, MLA, peer or councillor."""
    return ROLES[House(house)]


def office_of(house: str) -> str:
    """Where a letter on paper goes; empty where each has an address of their own."""
    return _OFFICES.get(House(house), "")


def whole_text(letter: Letter) -> str:
    """The letter with who sends it and where they live, as it is pasted or printed."""
    return "\n\n".join([letter.text, "\n".join([letter.name, letter.address, letter.postcode])])


def subject_of(campaign: Campaign, place: str) -> str:
    return f"{campaign.title}: from a constituent in {place}" if place else campaign.title


def mailto(address: str, *, subject: str, text: str) -> str:
    """A link that opens an email with the letter in it; without the letter if it is too long for a link."""
    link = f"mailto:{quote(address, safe='@')}?subject={quote(subject, safe='')}"
    body = "&body=" + quote(text.replace("\n", "\r\n"), safe="")
    return link + body if len(link) + len(body) <= LONGEST_LINK else link


def carries_text(link: str) -> bool:
    return "&body=" in link


def write_to_them(letter: Letter, house: str, campaign_url: str) -> str:
    """WriteToThem's page for this postcode, told which campaign sent them; empty where it asks no postcode."""
    area = _AREAS.get(House(house))
    if not area:
        return ""
    asked = {"pc": letter.postcode, "a": area, "message_type": "campaigning", "fyr_extref": campaign_url}
    return f"{WRITE_TO_THEM}?{urlencode(asked)}"
