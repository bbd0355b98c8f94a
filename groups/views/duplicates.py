"""Members who might be the same person, put together and taken apart by those who know them."""

from django.contrib import messages
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property

from groups import actions
from groups.forms.person import JoinForm
from groups.models.alike import pairs_in
from groups.models.email_state import EmailState
from groups.views.person import PersonRoom
from groups.views.room import Room
from sanctuary.people.actions import undo_merge
from sanctuary.people.models import Merge
from sanctuary.views import ActionView, FormPage, ListPage


class Duplicates(Room, ListPage):
    rule = "groups.see_members"
    context_object_name = "pairs"
    paginate_by = 20
    template_name = "groups/membership_duplicates.html"

    def get_queryset(self):
        return pairs_in(self.group)


class PairRoom(PersonRoom):
    @cached_property
    def other(self):
        return get_object_or_404(self.members.exclude(pk=self.member.pk), pk=self.kwargs["other"])


class JoinMembers(PairRoom, FormPage):
    rule = "groups.see_members"
    form_class = JoinForm
    template_name = "groups/membership_join.html"

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"one": self.member, "other": self.other}

    def get_context_data(self, **kwargs):
        both = [{"member": each, "emails": EmailState.of(each)} for each in (self.member, self.other)]
        return super().get_context_data(other=self.other, both=both, **kwargs)

    def act(self, form):
        kept, gone = form.kept(), form.gone()
        actions.merge_members(kept, gone, name=form.chosen_name(), by=self.request.user)
        messages.success(self.request, "Done. They are one person now. You can undo this for 30 days.")
        return kept

    def get_success_url(self, noun=None):
        return reverse("groups:member", args=[self.group.slug, self.outcome.pk])


class KeepApart(PairRoom, ActionView):
    rule = "groups.see_members"
    success_message = "Thank you. We will not ask about these two again."

    def get_object(self):
        return self.other

    def act(self, other):
        actions.keep_apart(self.member, other, by=self.request.user)

    def get_success_url(self, noun):
        return reverse("groups:duplicates", args=[self.group.slug])


class UndoJoin(PersonRoom, ActionView):
    rule = "groups.see_members"
    success_message = "Done. They are two people again."

    def get_object(self):
        ours = Merge.objects.filter(kept=self.member.supporter, controller=self.group.controller)
        return get_object_or_404(ours, pk=self.kwargs["merge"])

    def act(self, merge):
        undo_merge(merge, by=self.request.user)
