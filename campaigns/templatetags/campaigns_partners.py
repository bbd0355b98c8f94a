"""What other pages show of partners, and the links that are counted by whoever passes them on."""

from django import template
from django.db import models

from campaigns import actions
from campaigns.models import Partner, PartnerYes
from sanctuary.people.models import CurrentPermission

register = template.Library()


@register.inclusion_tag("campaigns/panels/partner_choices.html")
def partner_choices_panel(supporter, token):
    """Whom this person lets us tell about them, with a button to end it; and who has had their details before."""
    told = PartnerYes.objects.passed_on().filter(supporter=supporter).order_by("passed_at")
    last_told = dict(told.values_list("link__partner", "passed_at"))
    live = CurrentPermission.objects.live().filter(supporter=supporter, controller=models.OuterRef("controller"))
    known = Partner.objects.annotate(is_live=models.Exists(live))
    known = known.filter(models.Q(is_live=True) | models.Q(pk__in=last_told))
    rows = [{"partner": partner, "told_at": last_told.get(partner.pk)} for partner in known]
    return {
        "token": token,
        "live": [row for row in rows if row["partner"].is_live],
        "left": [row for row in rows if not row["partner"].is_live],
    }


@register.filter
def relay_address(campaign, group) -> str:
    """The page's whole address for this group to pass on: what people do through it is counted for the group."""
    return actions.source_url(campaign, group=group)
