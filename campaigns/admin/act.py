from django.contrib import admin

from campaigns.models import ActionTaken
from sanctuary.access import ReadOnlyAdmin


@admin.register(ActionTaken)
class ActionTakenAdmin(ReadOnlyAdmin):
    """For looking up. What people did is not for staff to change."""

    list_display = ["action", "supporter", "kind", "shown_as", "created_at", "confirmed_at", "mailing"]
    list_filter = [("confirmed_at", admin.EmptyFieldListFilter), "action__kind", "kind", "shown", "action__campaign"]
    list_select_related = ["action__campaign", "supporter", "mailing"]
    search_fields = ["supporter__name"]
    fields = ["action", "supporter", "kind", "shown_as", "name_checked_at", "created_at", "confirmed_at", "mailing"]
    readonly_fields = ["shown_as"]
    show_full_result_count = False
    actions = None

    @admin.display(description="shown as")
    def shown_as(self, taken):
        """What stands in public, and whether it does."""
        if not taken.shown_name:
            return "Not shown"
        state = "kept off" if taken.name_refused else "on the page" if taken.name_checked_at else "to look at"
        return f"{taken.shown_name} ({state})"
