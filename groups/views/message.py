"""Writing to a group without seeing anybody's address."""

from http import HTTPStatus

from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import cached_property

from groups import actions
from groups.actions.messaging import PURPOSE
from groups.forms.message import MessageForm
from groups.models import LocalGroup, VisitorMessage
from groups.models.message import CONFIRM_WITHIN
from sanctuary.people import tokens
from sanctuary.people.links import fingerprint
from sanctuary.views import FormPage, Page, SecretLink


class WriteTo(FormPage):
    """The form. What is typed waits until its own mailbox has answered."""

    public = True
    form_class = MessageForm
    template_name = "groups/write_to.html"

    @cached_property
    def group(self) -> LocalGroup:
        return get_object_or_404(LocalGroup.objects.live(), slug=self.kwargs["slug"])

    def get_context_data(self, **kwargs):
        can_be = bool(actions.readers(self.group))
        return super().get_context_data(**kwargs | {"group": self.group, "can_be_written_to": can_be, "slim": True})

    def act(self, form):
        return actions.write_to_group(self.group, **form.told())

    def form_valid(self, form):
        answer = super().form_valid(form)
        if answer.status_code == HTTPStatus.FOUND:
            answer.status_code = HTTPStatus.SEE_OTHER
        return answer

    def get_success_url(self):
        return reverse("groups:message_asked", args=[self.group.slug])


class MessageAsked(Page):
    """Look into your mailbox. The same for every address."""

    public = True
    template_name = "groups/write_to_asked.html"

    def get_context_data(self, **kwargs):
        group = get_object_or_404(LocalGroup.objects.live(), slug=self.kwargs["slug"])
        return super().get_context_data(**kwargs | {"group": group, "slim": True})


class SendMessage(SecretLink, Page):
    """The link in the email. It shows a button: scanners that follow links send nothing."""

    template_name = "groups/write_to_confirm.html"

    def refusal(self, request):
        try:
            self.message = self._read()
        except tokens.ExpiredToken:
            return render(request, "groups/write_to_old.html", {"slim": True}, status=410)
        except tokens.BadToken:
            return render(request, "people/link_broken.html", {"slim": True}, status=404)
        return None

    def _read(self) -> VisitorMessage:
        pk, address = tokens.read(PURPOSE, self.kwargs["token"], max_days=CONFIRM_WITHIN.days)
        found = VisitorMessage.objects.select_related("group").filter(pk=pk).first()
        if found is None or fingerprint(found.email) != address:
            raise tokens.ExpiredToken
        return found

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs | {"message": self.message, "group": self.message.group, "slim": True})

    def post(self, request, *args, **kwargs):
        try:
            actions.deliver_message(self.message)
        except ValidationError as error:
            return self.render_to_response(self.get_context_data(error=error.messages[0]), status=422)
        return redirect(request.path)
