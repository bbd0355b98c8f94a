"""A box for each partner that asks people itself, in its own words, and never ticked for anybody."""

from collections.abc import Iterable, Iterator

from django import forms
from django.forms import BoundField

from campaigns.models import CampaignPartner

TICKED = {"on", "True"}


class PartnerConsents(forms.Form):
    """Stands before a form of somebody who acts. `partners` are those of the campaign, in their order."""

    def __init__(self, *args, partners: Iterable[CampaignPartner] = (), **kwargs):
        super().__init__(*args, **kwargs)
        self.partners = {f"partner_{link.pk}": link for link in partners if link.shows_consent and link.wording}
        for name, link in self.partners.items():
            self.fields[name] = forms.BooleanField(label=link.wording.text, required=False)
            # Carried from an earlier page: only what was ticked there is ticked here.
            self.initial[name] = str(self.initial.get(name)) in TICKED

    def partner_boxes(self) -> Iterator[tuple[BoundField, CampaignPartner]]:
        for name, link in self.partners.items():
            yield self[name], link

    def ticked(self) -> list[CampaignPartner]:
        return [link for name, link in self.partners.items() if self.cleaned_data.get(name)]
