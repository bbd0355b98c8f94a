"""Doing something with many members at once: a page to check comes first, and it can be undone for some days."""

from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Prefetch
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone

from groups import actions
from groups.filters.member import BY_NAME
from groups.forms import BulkForm, ChosenForm, RemoveForm
from groups.models import Membership, Removal
from groups.views.export import export
from groups.views.members import MemberList, Members
from sanctuary.views import ActionView, FormPage, ListPage

NAMES_SHOWN = 100
NAMES_SHOWN_EACH = 5


def people(count: int) -> str:
    return "1 person" if count == 1 else f"{count:,} people"


class MembersDo(MemberList):
    """The button under the list. What is wrong is said on the list itself, with every tick where it was."""

    def get(self, request, *args, **kwargs):
        self.require()
        return redirect(f"{self.list_href}?{request.GET.urlencode()}")

    def post(self, request, *args, **kwargs):
        self.require()
        form = BulkForm(request.POST)
        if not form.is_valid():
            return self._say(form)
        if form.cleaned_data["do"] == "export":
            return export(self, form.chosen_from(self.filter.qs))
        return redirect(f"{reverse('groups:members_remove', args=[self.group.slug])}?{self._who(form)}")

    def _say(self, form):
        self.object_list = self.get_queryset()
        answer = self.render_to_response(self.get_context_data(bulk=form, ticked=form.cleaned_data.get("who", [])))
        answer.status_code = 422
        return answer

    def _who(self, form) -> str:
        if form.cleaned_data["everyone"]:
            return f"everyone=1&{self.filter.asked()}"
        return urlencode({"who": form.cleaned_data["who"]}, doseq=True)


class RemoveMembers(Members, FormPage):
    """Who it is about stands in the address, so that looking once more, and going back, change nothing."""

    form_class = RemoveForm
    template_name = "groups/members_remove.html"

    def dispatch(self, request, *args, **kwargs):
        self.require()
        form = ChosenForm(request.GET)
        self.chosen = form.chosen_from(self.filter.qs) if form.is_valid() else self.filter.queryset.none()
        self.count = self.chosen.count()
        if not self.count:
            messages.info(request, "Nobody was taken off: they are not on your list.")
            return redirect(self.list_href)
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"now": self.count, "initial": {"count": self.count}}

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            people=self.chosen.with_supporter()[:NAMES_SHOWN],
            count=self.count,
            rest_count=max(0, self.count - NAMES_SHOWN),
            list_href=self.list_href,
            **kwargs,
        )

    def act(self, form):
        return actions.remove_members(self.group, self.chosen.values_list("pk", flat=True), by=self.request.user)

    def get_success_url(self):
        messages.success(
            self.request, f"You took {people(self.count)} off your list. You can put them back for 7 days."
        )
        return self.list_href


class RemovedMembers(Members, ListPage):
    """Who was taken off in the last days, and how to put them back."""

    context_object_name = "removals"
    paginate_by = 20
    template_name = "groups/members_removed.html"

    def get_queryset(self):
        removals = Removal.objects.visible_to(self.request.user).filter(group=self.group)
        some = Membership.objects.with_supporter().order_by(*BY_NAME)[:NAMES_SHOWN_EACH]
        return (
            removals.undoable(timezone.now())
            .with_members()
            .prefetch_related(Prefetch("memberships", some, to_attr="some_members"))
        )

    def get_context_data(self, **kwargs):
        return super().get_context_data(list_href=self.list_href, **kwargs)


class PutBack(Members, ActionView):
    def get_object(self):
        return get_object_or_404(
            Removal.objects.visible_to(self.request.user).filter(group=self.group), pk=self.kwargs["pk"]
        )

    def act(self, removal):
        count = actions.put_back(removal, by=self.request.user)
        messages.success(self.request, f"{people(count).capitalize()} back on your list.")

    def get_success_url(self, removal):
        return self.list_href
