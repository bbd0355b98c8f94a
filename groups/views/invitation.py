"""The link in an invitation: look, sign in with a code from the same mailbox, say yes."""

from allauth.account.views import RequestLoginCodeView
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from groups import actions
from groups.forms.team import AcceptForm
from groups.models import Invitation
from groups.models.invitation import PURPOSE
from sanctuary.people import tokens
from sanctuary.people.address import masked
from sanctuary.people.links import fingerprint
from sanctuary.views import FormPage, SecretLink


class InvitationLink(SecretLink):
    """Finds the invitation of a link. One that is over says so, to whoever holds the link."""

    def refusal(self, request):
        try:
            self.invitation = self._read()
        except tokens.BadToken:
            return render(request, "people/link_broken.html", {"slim": True}, status=404)
        if self.invitation.accepted_by_id and self.invitation.accepted_by_id == request.user.pk:
            return redirect("groups:manage_home")
        if not self.invitation.is_open(timezone.now()):
            return render(request, "groups/invitation_closed.html", {"slim": True}, status=410)
        return None

    def _read(self) -> Invitation:
        pk, address = tokens.read(PURPOSE, self.kwargs["token"])
        found = Invitation.objects.select_related("group", "invited_by", "replaces").filter(pk=pk).first()
        # An accepted one has forgotten its address: its link tells only that it was used.
        if found is None or (found.email and fingerprint(found.email) != address):
            raise tokens.BadToken
        return found

    @property
    def is_owner(self) -> bool:
        user = self.request.user
        return user.is_authenticated and actions.owns_mailbox(user, self.invitation.email)

    def get_context_data(self, **kwargs):
        shown = {
            "invitation": self.invitation,
            "group": self.invitation.group,
            "address": masked(self.invitation.email),
            "is_owner": self.is_owner,
            "token": self.kwargs["token"],
            "slim": True,
        }
        return super().get_context_data(**kwargs | shown)


class AcceptInvitation(InvitationLink, FormPage):
    """What is asked, and the button. It says yes only for the account that owns the invited mailbox."""

    form_class = AcceptForm
    template_name = "groups/invitation.html"

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"has_name": bool(getattr(self.request.user, "name", ""))}

    def post(self, request, *args, **kwargs):
        if not self.is_owner:
            return self.render_to_response(self.get_context_data(form=self.form_class(has_name=True)), status=403)
        return super().post(request, *args, **kwargs)

    def act(self, form):
        name = form.cleaned_data.get("name", "")
        return actions.accept_invitation(self.invitation, by=self.request.user, name=name)

    def get_success_url(self):
        group = self.invitation.group
        if self.outcome.started_on > timezone.localdate():
            messages.success(self.request, f"Thank you. You begin on {self.outcome.started_on:%-d %B %Y}.")
            return reverse("groups:manage_home")
        messages.success(self.request, f"Thank you. You are now part of the team of {group.name}.")
        return reverse("groups:manage_home")


class InvitationCode(InvitationLink, RequestLoginCodeView):
    """A code to the invited mailbox, and to no other: the first step in. Asks nothing, so it takes nothing."""

    http_method_names = ["post"]
    template_name = "groups/invitation.html"

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"data": {"email": self.invitation.email}}

    def post(self, request, *args, **kwargs):
        try:
            actions.open_account(self.invitation)
        except ValidationError:
            return render(request, "groups/invitation_closed.html", {"slim": True}, status=410)
        return super().post(request, *args, **kwargs)

    def form_invalid(self, form):
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def get_success_url(self):
        back = reverse("groups:invitation", args=[self.kwargs["token"]])
        return f"{reverse('account_confirm_login_code')}?next={back}"
