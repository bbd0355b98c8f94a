"""Giving a partner its list: a page that says how many people, to whom and under which agreement; then the file."""

from urllib.parse import urlencode

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Coalesce
from django.http import StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import cached_property

from campaigns import actions
from campaigns.forms.allying import ListForm
from campaigns.models import CampaignPartner, PartnerYes
from sanctuary.people.spreadsheet import csv_file
from sanctuary.views import FormPage, asks_again


def with_list(rows):
    """Annotate partners of campaigns with `people_count`, whom a list would hold today, and `last_given_at`."""
    theirs = PartnerYes.objects.filter(link=models.OuterRef("pk")).order_by()
    live = theirs.live().values("link").annotate(n=models.Count("pk")).values("n")
    last = theirs.values("link").annotate(at=models.Max("passed_at")).values("at")
    return rows.annotate(people_count=Coalesce(models.Subquery(live), 0), last_given_at=models.Subquery(last))


class GiveList(FormPage):
    """One partner of one campaign. The file is made as it is sent, and kept nowhere."""

    rule = "campaigns.export_partner"
    template_name = "admin/campaigns/campaignpartner/list.html"
    form_class = ListForm
    model_admin: admin.ModelAdmin | None = None

    @cached_property
    def link(self) -> CampaignPartner:
        rows = with_list(CampaignPartner.objects.select_related("partner", "campaign"))
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs):
        site = self.model_admin.admin_site.each_context(self.request)
        titles = {"title": f"The list for {self.link.partner}", "opts": CampaignPartner._meta}
        return super().get_context_data(**site, **titles, link=self.link, left=self.link.yeses.left().count(), **kwargs)

    def form_valid(self, form):
        if asks := asks_again(self.request):
            messages.info(self.request, "Thank you. Now press the button for the list once more.")
            return redirect(f"{asks}?{urlencode({'next': self.request.path})}")
        try:
            given = actions.give_list(self.link, by=self.request.user, reason=form.cleaned_data["reason"])
        except ValidationError as error:
            form.add_error(None, error)
            return self.form_invalid(form)
        return _file(given)


def _file(given: actions.PartnerList) -> StreamingHttpResponse:
    pieces = csv_file(actions.LIST_HEAD, actions.rows_of(given))
    answer = StreamingHttpResponse(pieces, content_type="text/csv; charset=utf-8")
    name = f"{given.link.partner.slug}-{given.link.campaign.slug}-{timezone.localdate():%Y-%m-%d}.csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "private, no-store"
    return answer
