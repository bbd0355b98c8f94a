"""What the pages of a group's own email share."""

from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property

from campaigns.models import Mailing
from groups.views.room import Room

State = Mailing.State
STEPS = [("write", "Write"), ("who", "Who"), ("check", "Look and send")]


def url(mailing: Mailing, page: str) -> str:
    return reverse(f"campaigns:group_mail_{page}", args=[mailing.group.slug, mailing.pk])


class MailRoom(Room):
    """Stands before the base of a page about one email of the group: another group's is no email at all."""

    rule = "groups.coordinate"
    step = ""

    @cached_property
    def mailing(self) -> Mailing:
        return get_object_or_404(self.mailings(), pk=self.kwargs["pk"])

    def mailings(self):
        rows = Mailing.objects.of_group(self.group)
        return rows.select_related("campaign", "controller", "group", "author", "approved_by")

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        mailing = context.setdefault("mailing", self.mailing if "pk" in self.kwargs else None)
        return context | {"steps": self._steps(mailing)}

    def _steps(self, mailing: Mailing | None) -> list[dict]:
        here = [name for name, _ in STEPS].index(self.step) if self.step else -1
        return [
            {
                "text": words,
                "href": url(mailing, name) if mailing and mailing.pk else "",
                "now": index == here,
                "past": index < here,
            }
            for index, (name, words) in enumerate(STEPS)
        ]


class Written(MailRoom):
    """A page on which a draft is changed. Of two who change it at once the second is told, and loses no word."""

    def dispatch(self, request, *args, **kwargs):
        self.theirs = None
        return super().dispatch(request, *args, **kwargs)

    def get_initial(self):
        return super().get_initial() | {"seen": self.mailing.content_hash}

    def form_invalid(self, form):
        errors: list[ValidationError] = form.non_field_errors().as_data()
        if any(error.code == "changed" for error in errors):
            self.theirs = self.mailings().get(pk=self.mailing.pk)
            # What they wrote has been shown now: saving again is a choice.
            form.data = form.data.copy()
            form.data["seen"] = self.theirs.content_hash
        return super().form_invalid(form)

    def get_context_data(self, **kwargs):
        return super().get_context_data(theirs=self.theirs, **kwargs)
