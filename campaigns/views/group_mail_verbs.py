"""The buttons of a group's email: one verb each, then back to the page they stand on."""

from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse

from campaigns import actions
from campaigns.admin import figures
from campaigns.admin.desk import OneVerb
from campaigns.views.mail_room import MailRoom, url
from sanctuary.access import require
from sanctuary.views import ActionView, Page


class GroupMailVerb(OneVerb, MailRoom, ActionView):
    """A button, then back to the page it stands on."""

    # Where on that page the next button is: on a phone it is far down.
    at = ""

    def get_object(self, queryset=None):
        self.require()
        return self.mailing

    def get_success_url(self, mailing):
        return url(mailing, self.back) + self.at


class GroupMailApprove(GroupMailVerb):
    """A second person of the group has read it."""

    verb, said = "approve_mailing", "You approved this email as it stands now."

    def act(self, mailing):
        require("campaigns.approve_group_mailing", self.request.user, mailing)
        super().act(mailing)

    def details(self):
        return {"seen": self.request.POST.get("seen", "")}


class GroupMailPause(GroupMailVerb):
    verb, back, said = "pause_mailing", "one", "Sending is paused."

    def details(self):
        # Their name, never their address: the other people of the desk read it.
        return {"reason": f"{self.request.user.name or 'A colleague'} paused it."}


class GroupMailDelete(GroupMailVerb):
    verb, said = "delete_group_mailing", "The draft is deleted."

    def get_success_url(self, mailing):
        return reverse("campaigns:group_mail", args=[self.group.slug])


class GroupMailStop(MailRoom, Page):
    """Stopping cannot be undone, so it asks first."""

    template_name = "campaigns/group_mail_stop.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(now=figures.progress(self.mailing), **kwargs)

    def post(self, request, *args, **kwargs):
        self.require()
        actions.stop_mailing(self.mailing, by=request.user)
        messages.success(request, "Sending has stopped. Nobody else will get this email.")
        return redirect(url(self.mailing, "one"))
