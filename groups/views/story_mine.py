"""The teller's own pages, by the link in their letter: read, change, agree, and take back at any time."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from groups import actions
from groups.actions.storytelling import MINE
from groups.forms.story import AgreeForm
from groups.models import Story
from groups.models.story import CONSENTS
from groups.views.stories import WritesStory, picture_of
from sanctuary.people import tokens
from sanctuary.views import FormPage, Page, SecretLink


class TellerLink(SecretLink):
    """Finds the story a link was made for, or shows a page that helps."""

    def refusal(self, request):
        try:
            (story_id,) = tokens.read(MINE, self.kwargs["token"])
        except tokens.BadToken:
            return render(request, "people/link_broken.html", {"slim": True}, status=404)
        self.story = Story.objects.with_parts().filter(pk=story_id).first()
        if self.story is None:
            return render(request, "groups/story_forgotten.html", {"slim": True}, status=410)
        return None

    def get_context_data(self, **kwargs):
        mine = {"story": self.story, "token": self.kwargs["token"], "slim": True}
        return super().get_context_data(**kwargs | mine)

    def home(self):
        return reverse("groups:story_mine", args=[self.kwargs["token"]])


class MyStory(TellerLink, FormPage):
    """What it says, who may read it, and the button that agrees."""

    form_class = AgreeForm
    template_name = "groups/story_mine.html"

    def get_form_kwargs(self):
        picture = getattr(self.story, "picture", None)
        return super().get_form_kwargs() | {"has_face": picture is not None and picture.shows_face}

    def get_initial(self):
        live = self.story.consents.live(timezone.localdate())
        return {"seen": self.story.content_hash, "uses": [consent.use for consent in live]}

    def get_context_data(self, **kwargs):
        today = timezone.localdate()
        live = [(consent, CONSENTS[consent.use]) for consent in self.story.consents.live(today).order_by("pk")]
        is_public = Story.objects.public(today).filter(pk=self.story.pk).exists()
        return super().get_context_data(live=live, is_public=is_public, **kwargs)

    def act(self, form):
        given = form.cleaned_data
        return actions.approve_story(self.story, seen=given["seen"], uses=given["uses"], years=given["years"])

    def get_success_url(self):
        messages.success(self.request, "Thank you. You agreed to this text. You can take it back here at any time.")
        return self.home()


class ChangeMyStory(TellerLink, WritesStory, FormPage):
    """The teller's own words come first."""

    template_name = "groups/story_change.html"

    def act(self, form):
        return actions.edit_story(self.story, by=self.story, **form.cleaned_data)

    def get_success_url(self):
        messages.success(self.request, "Saved. Read it once more, then agree to it below.")
        return self.home()


class TakeBackStory(TellerLink, Page):
    """A button, never the link itself: scanners that follow links take nothing back."""

    template_name = "groups/story_take_back.html"

    def post(self, request, *args, **kwargs):
        if request.POST.get("use") in CONSENTS:
            actions.withdraw_use(self.story, request.POST["use"], by=self.story)
            messages.success(request, "Done. That has ended.")
            return redirect(self.home())
        actions.withdraw_story(self.story, by=self.story)
        return redirect(self.home())


class MyPicture(TellerLink, Page):
    def get(self, request, *args, **kwargs):
        if getattr(self.story, "picture", None) is None:
            raise Http404
        return picture_of(self.story)
