"""A made-up partner of a campaign, people who said yes to it, and links that are counted."""

from datetime import date

from campaigns.actions import find_source, save_partner
from campaigns.models import ActionTaken, Campaign, CampaignPartner, Coalition, Partner, PartnerYes, SourceLink
from campaigns.models.partner_yes import PURPOSE
from groups.models import LocalGroup
from sanctuary.people.actions import grant
from sanctuary.people.models import User

NAME = "Example Voices, made up"
QUESTION = f"May {NAME}, email me about its own campaigns? It gets my name and email address."
YESES, BY_POSTER, BY_GROUP = 30, 60, 40


def fill(staff: User, coordinator: User, campaign: Campaign) -> None:
    partner = save_partner(_partner(), question=QUESTION, by=staff)
    campaign.coalition = Coalition.objects.create(name="Welcome Together, made up", about="Groups that try things out.")
    campaign.save(update_fields=["coalition"])
    link = CampaignPartner.objects.create(
        campaign=campaign, partner=partner, shows_consent=True, wording=partner.wording
    )
    acts = list(ActionTaken.objects.confirmed().for_campaign(campaign).select_related("supporter").order_by("pk"))
    for taken in acts[:YESES]:
        _says_yes(taken, link)
    _came_by(campaign, acts, staff, LocalGroup.objects.coordinated_by(coordinator).first())


def _partner() -> Partner:
    where = "https://voices.example.org"
    return Partner(
        name=NAME,
        slug="example-voices",
        website=where,
        privacy_url=f"{where}/privacy/",
        contact_email="hello@voices.example.org",
        may_export=True,
        agreement_on=date(2026, 1, 5),
        agreement_note="A made-up agreement in a made-up folder",
    )


def _says_yes(taken: ActionTaken, link: CampaignPartner) -> None:
    source = f"action:{taken.action_id}"
    controllers = [link.partner.controller]
    at = taken.confirmed_at
    grant(taken.supporter, controllers=controllers, purposes=[PURPOSE], wording=link.wording, source=source, at=at)
    said = {"wording": link.wording, "with_postcode": link.with_postcode, "source": source, "given_at": at}
    PartnerYes.objects.create(link=link, supporter=taken.supporter, **said)


def _came_by(campaign: Campaign, acts: list[ActionTaken], staff: User, group: LocalGroup) -> None:
    """Some of the names came by a poster, some by the demonstration's own group, and some by the partner."""
    poster = {"label": "Poster in libraries", "created_by": staff}
    made, _ = SourceLink.objects.get_or_create(campaign=campaign, code="library-poster", defaults=poster)
    ways = [made] * BY_POSTER + [find_source(campaign, f"group-{group.slug}")] * BY_GROUP
    ways += [find_source(campaign, "partner-example-voices")] * YESES
    for taken, source in zip(acts, ways, strict=False):
        taken.source = source
    ActionTaken.objects.bulk_update(acts[: len(ways)], ["source"])
