"""Partners of a campaign, and people who said yes to them."""

from campaigns import actions
from campaigns.models import Campaign, CampaignPartner, Coalition, Partner, SourceLink
from tests import factories as make

QUESTION = "May {} email me about its own campaigns? It gets my name and email address."


def a_partner(name="Example Voices", *, agreed=True, by=None, **fields) -> Partner:
    """With a question of its own and, unless said otherwise, an agreement about lists."""
    slug = name.lower().replace(" ", "-")
    agreement = {"may_export": True, "agreement_on": "2026-01-05", "agreement_note": "Folder 7"} if agreed else {}
    about = {"website": f"https://{slug}.example.org", "contact_email": f"hello@{slug}.example.org"}
    partner = Partner(name=name, slug=slug, **about | agreement | fields)
    return actions.save_partner(partner, question=QUESTION.format(name), by=by or "clock")


def linked(campaign: Campaign, partner: Partner, **fields) -> CampaignPartner:
    """On a campaign as if approved with it."""
    asks = {"shows_consent": True, "wording": partner.wording, "with_postcode": partner.with_postcode}
    return CampaignPartner.objects.create(campaign=campaign, partner=partner, **asks | fields)


def acts(action, *ticked, name="Ada Example", email="ada@example.org", confirmed=True, **told):
    """Somebody acts, with these partners' boxes ticked. Returns their supporter once confirmed, else the wish."""
    told = {"postcode": "LS7 3HJ", "wants_email": False} | told
    taken = actions.start_act(action, name=name, email=email, ticked=ticked, **told)
    return actions.confirm_action(taken).supporter if confirmed else taken


def an_action(owner, **fields):
    return make.ActionFactory(campaign=make.CampaignFactory(owner=owner, **fields))


def furnish_partners(campaign: Campaign) -> None:
    """The campaign is owned with a partner that asks people itself, and part of a coalition."""
    linked(campaign, a_partner("Example Voices", privacy_url="https://example-voices.example.org/privacy"))
    campaign.coalition = Coalition.objects.create(name="Welcome Together", about="Made up, for trying things out.")
    campaign.save(update_fields=["coalition"])
    SourceLink.objects.create(campaign=campaign, code="library-poster", label="Poster in libraries")
