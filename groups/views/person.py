"""One person's page, for those who coordinate their group."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from groups import actions
from groups.forms.person import ForgetForm, NoteForm
from groups.models import Membership, Note
from groups.models.alike import pairs_in
from groups.models.email_state import EmailState
from groups.views.room import Room
from sanctuary.people.models import Merge
from sanctuary.places.models import OutwardCode
from sanctuary.views import ActionView, FormPage


class PersonRoom(Room):
    """A room about one current member of the group. Another group's member and none are answered alike."""

    @cached_property
    def members(self):
        mine = Membership.objects.visible_to(self.request.user).current().filter(group=self.group)
        return mine.select_related("supporter__works_for", "group__controller").with_email_state()

    @cached_property
    def member(self):
        return get_object_or_404(self.members, pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs):
        return super().get_context_data(member=self.member, person=self.member.supporter, **kwargs)

    def get_success_url(self, noun=None):
        return reverse("groups:member", args=[self.group.slug, self.member.pk])


class Member(PersonRoom, FormPage):
    rule = "groups.see_members"
    form_class = NoteForm
    template_name = "groups/membership_detail.html"

    def get_context_data(self, **kwargs):
        member = self.member
        merges = Merge.objects.undoable(timezone.now())
        return super().get_context_data(
            place=OutwardCode.objects.filter(code=member.supporter.outward_code).first(),
            emails=EmailState.of(member),
            notes=member.notes.newest_first(),
            timeline=actions.timeline_of(member),
            pairs=pairs_in(self.group, member),
            merges=merges.filter(kept=member.supporter, controller=self.group.controller).select_related("merged_by"),
            **kwargs,
        )

    def act(self, form):
        note = actions.add_note(self.member, form.cleaned_data["text"], by=self.request.user)
        messages.success(self.request, "Note saved.")
        return note


class NoteRoom(PersonRoom):
    """About one note on this person."""

    def get_object(self):
        return get_object_or_404(Note.objects.filter(membership=self.member), pk=self.kwargs["note"])


class CorrectNote(NoteRoom, FormPage):
    """Only who wrote it has this page; the others can remove the note."""

    rule = "groups.see_members"
    form_class = NoteForm
    template_name = "groups/note_form.html"

    @cached_property
    def note(self):
        note = self.get_object()
        if note.written_by_id != self.request.user.pk:
            raise Http404
        return note

    def get_initial(self):
        return {"text": self.note.text}

    def get_form(self, form_class=None):
        form = super().get_form(form_class)
        form.fields["text"].label = "Your note"
        return form

    def get_context_data(self, **kwargs):
        return super().get_context_data(note=self.note, **kwargs)

    def act(self, form):
        note = actions.correct_note(self.note, form.cleaned_data["text"], by=self.request.user)
        messages.success(self.request, "Note changed.")
        return note


class RemoveNote(NoteRoom, ActionView):
    rule = "groups.see_members"
    success_message = "Note removed."

    def act(self, note):
        actions.remove_note(note, by=self.request.user)


class ForgetMember(PersonRoom, FormPage):
    """They asked the group to delete what it holds."""

    rule = "groups.see_members"
    form_class = ForgetForm
    template_name = "groups/membership_forget.html"

    def act(self, form):
        actions.forget_member(self.member, silence=form.cleaned_data["silence"], by=self.request.user)
        messages.success(self.request, "Done. Your group holds nothing about this person any more.")

    def get_success_url(self):
        return reverse("groups:members", args=[self.group.slug])
