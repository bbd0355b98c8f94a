"""Stories as national staff read and open them. Who told one is not here."""

from django.contrib import admin, messages
from django.core.exceptions import ValidationError

from groups import actions
from groups.models import Story
from sanctuary.access import ReadOnlyAdmin


@admin.register(Story)
class StoryAdmin(ReadOnlyAdmin):
    list_display = ["title", "shown_as", "group", "checked", "published"]
    list_filter = [("published_at", admin.EmptyFieldListFilter)]
    list_select_related = ["group"]
    search_fields = ["title", "shown_as"]
    fields = [
        "title",
        "shown_as",
        "content_note",
        "text",
        "group",
        "asked_at",
        "approved_at",
        "checked_by",
        "published_at",
    ]
    actions = ["publish", "unpublish"]

    def get_queryset(self, request):
        """Nobody at the national charity reads words that their teller has not agreed to, or has taken back."""
        return super().get_queryset(request).agreed()

    @admin.display(boolean=True, description="Checked")
    def checked(self, story):
        return story.is_checked

    @admin.display(boolean=True, description="Published")
    def published(self, story):
        return story.is_published

    @admin.action(description="Publish: everybody can read it", permissions=["view"])
    def publish(self, request, queryset):
        for story in queryset:
            try:
                actions.publish_story(story, by=request.user, seen=story.content_hash)
            except ValidationError as error:
                messages.error(request, f"{story}: {' '.join(error.messages)}")
            else:
                messages.success(request, f"{story} is published.")

    @admin.action(description="Take off the website", permissions=["view"])
    def unpublish(self, request, queryset):
        for story in queryset:
            actions.unpublish_story(story, by=request.user)
        messages.success(request, "Done: they are on no page now.")
