"""Stories on a group's desk: write down, ask the teller, look for dangers, take back on their behalf."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property

from groups import actions
from groups.forms.story import NewStoryForm, PictureForm
from groups.models import Story
from groups.views.room import Room
from groups.views.stories import NeverKept, WritesStory, picture_of
from sanctuary.views import ActionView, FormPage, ListPage, Page


class GroupStories(Room, ListPage):
    rule = "groups.coordinate"
    context_object_name = "stories"
    template_name = "groups/group_story_list.html"

    def get_queryset(self):
        return self.group.stories.visible_to(self.request.user).with_parts().order_by("withdrawn_at", "-pk")


class NewStory(Room, FormPage):
    rule = "groups.coordinate"
    form_class = NewStoryForm
    template_name = "groups/group_story_form.html"

    def act(self, form):
        given = {name: value for name, value in form.cleaned_data.items() if name != "seen"}
        return actions.begin_story(self.group, by=self.request.user, **given)

    def get_success_url(self):
        return reverse("groups:group_story", args=[self.group.slug, self.outcome.pk])


class StoryRoom(Room):
    """Stands before a base view; finds the group's story of the address."""

    rule = "groups.coordinate"

    @cached_property
    def story(self) -> Story:
        mine = self.group.stories.visible_to(self.request.user).with_parts()
        return get_object_or_404(mine, pk=self.kwargs["pk"])

    def require(self, noun=None):
        super().require(self.group)
        self.story  # noqa: B018 - another group's story is no page, whatever the form says

    def get_context_data(self, **kwargs):
        return super().get_context_data(story=self.story, **kwargs)

    def home(self):
        return reverse("groups:group_story", args=[self.group.slug, self.story.pk])


class GroupStory(StoryRoom, Page):
    """Where it stands, and the next step."""

    template_name = "groups/group_story.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            leaks=actions.leaks_of(self.story),
            may_check=self.story.author_id != self.request.user.pk,
            **kwargs,
        )


class EditStory(StoryRoom, WritesStory, FormPage):
    template_name = "groups/group_story_form.html"

    def act(self, form):
        return actions.edit_story(self.story, by=self.request.user, **form.cleaned_data)

    def get_success_url(self):
        return self.home()


class StoryPicturePage(StoryRoom, FormPage):
    form_class = PictureForm
    template_name = "groups/group_story_picture.html"

    def act(self, form):
        given = form.cleaned_data
        face = given["shows_face"]
        return actions.set_picture(
            self.story, given["picture"], words=given["words"], shows_face=face, by=self.request.user
        )

    def get_success_url(self):
        return self.home()


class StoryPictureShown(NeverKept, StoryRoom, Page):
    def get(self, request, *args, **kwargs):
        self.require()
        if getattr(self.story, "picture", None) is None:
            raise Http404
        return picture_of(self.story)


class StoryStep(StoryRoom, ActionView):
    """One step with a story; `seen` is what the person had before them."""

    def get_object(self):
        self.require()
        return self.story

    def get_success_url(self, noun):
        return self.home()

    @property
    def seen(self) -> str:
        return self.request.POST.get("seen", "")


class AskTeller(StoryStep):
    success_message = "The letter is on its way. It says nothing of what it is about."

    def act(self, noun):
        if noun.asked_at and not self.request.POST.get("again"):
            raise ValidationError("They have been asked already.", code="asked")
        actions.ask_teller(noun, by=self.request.user)


class CheckStory(StoryStep):
    success_message = "Thank you. The national team can open it now."

    def act(self, noun):
        actions.check_story(noun, by=self.request.user, seen=self.seen)


class RemoveStoryPicture(StoryStep):
    success_message = "The picture is gone."

    def act(self, noun):
        actions.remove_picture(noun, by=self.request.user)


class WithdrawStory(StoryStep):
    """On behalf of the teller, who need not say why."""

    def act(self, noun):
        actions.withdraw_story(noun, by=self.request.user)
        messages.success(self.request, "Taken back. It is on no page of ours from now on.")
