"""The Declaration to read, and the names behind it."""

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from pledges.filters import EndorserFilter
from pledges.models import Declaration, Endorsement
from sanctuary.views import ListPage, Page

PREVIEWED_ORGANISATIONS, PREVIEWED_PEOPLE = 6, 3


def declaration() -> Declaration:
    """The one that there is; 404 before it is set up."""
    return get_object_or_404(Declaration.objects.with_parts(), slug="birmingham")


class ReadDeclaration(Page):
    public = True
    template_name = "pledges/declaration.html"

    def get_context_data(self, **kwargs):
        year, week, _ = timezone.localdate().isocalendar()
        names = Endorsement.objects.on_wall().with_label().shuffled(f"{year}-{week}")
        some = [*names.of_organisations()[:PREVIEWED_ORGANISATIONS], *names.of_people()[:PREVIEWED_PEOPLE]]
        return super().get_context_data(declaration=declaration(), names=some, **kwargs)


class Endorsers(ListPage):
    """Names as their owners chose, after staff have looked. The order tells nobody who came when."""

    public = True
    paginate_by = 100
    template_name = "pledges/endorsers.html"
    context_object_name = "names"

    def get_queryset(self):
        self.filter = EndorserFilter(self.request.GET, queryset=Endorsement.objects.for_wall())
        return self.filter.qs

    def get_context_data(self, **kwargs):
        asked = self.filter.form.cleaned_data if self.filter.form.is_bound else {}
        return super().get_context_data(
            declaration=Declaration.objects.filter(slug="birmingham").first(),
            filter=self.filter,
            chips=self.filter.chips(),
            list_href=reverse("pledges:endorsers"),
            region=asked.get("region") or "",
            **kwargs,
        )
