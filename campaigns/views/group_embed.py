"""A group's pledge form on its own website: made, copied and taken back by its coordinators."""

from django.contrib import messages
from django.shortcuts import get_object_or_404
from django.urls import reverse

from campaigns import actions
from campaigns.forms.embedding import GroupEmbedForm
from campaigns.models import Embed
from groups.views.room import Room
from sanctuary.views import ActionView, FormPage


class GroupEmbed(Room, FormPage):
    rule = "groups.coordinate"
    template_name = "campaigns/group_embed.html"
    form_class = GroupEmbedForm

    def get_context_data(self, **kwargs):
        embeds = Embed.objects.active().for_group(self.group).select_related("campaign")
        return super().get_context_data(embeds=embeds, **kwargs)

    def act(self, form):
        return actions.make_embed(group=self.group, by=self.request.user, **form.cleaned_data)

    def get_success_url(self):
        messages.success(self.request, "Your form is ready. Copy the words below into your website.")
        return reverse("campaigns:group_embed", args=[self.group.slug])


class EndGroupEmbed(Room, ActionView):
    rule = "groups.coordinate"
    success_message = "Taken back. The form is shown on no website any more."

    def get_object(self):
        self.require()
        return get_object_or_404(Embed.objects.for_group(self.group), pk=self.kwargs["pk"])

    def act(self, noun):
        actions.end_embed(noun, by=self.request.user)

    def get_success_url(self, noun):
        return reverse("campaigns:group_embed", args=[self.group.slug])
