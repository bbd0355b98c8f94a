"""A national call on a group's desk: words to send on, and a place to say that it is done."""

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property

from campaigns import actions
from campaigns.models import Campaign, Relay
from groups.views.room import Room
from sanctuary.views import ActionView, Page


class RelayRoom(Room):
    """Stands before a base view; finds the live campaign of the address."""

    rule = "groups.coordinate"

    @cached_property
    def campaign(self) -> Campaign:
        return get_object_or_404(Campaign.objects.live(), slug=self.kwargs["slug"])

    @property
    def relay(self) -> Relay | None:
        return self.campaign.relays.for_group(self.group).first()


class RelayKit(RelayRoom, Page):
    """What to send on, in words that fit an email, a message and a notice."""

    template_name = "campaigns/relay.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(campaign=self.campaign, relay=self.relay, **kwargs)


class PassOn(RelayRoom, ActionView):
    """ "We have passed it on." """

    success_message = "Thank you. The national team sees that your group has passed this on."

    def get_object(self):
        self.require()
        return self.campaign

    def act(self, noun):
        actions.relay_campaign(noun, self.group, by=self.request.user)

    def get_success_url(self, noun):
        return reverse("groups:today", args=[self.group.slug])


class TakeBack(RelayRoom, ActionView):
    """It was said by mistake."""

    success_message = "Taken back. The call is on your list again."

    def get_object(self):
        self.require()
        if self.relay is None:
            raise Http404
        return self.relay

    def act(self, noun):
        actions.take_back_relay(noun, by=self.request.user)

    def get_success_url(self, noun):
        return reverse("campaigns:relay", args=[self.group.slug, self.campaign.slug])
