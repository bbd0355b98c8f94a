from django.contrib import admin

from campaigns.models import ActionTaken
from sanctuary.access import ReadOnlyAdmin


@admin.register(ActionTaken)
class ActionTakenAdmin(ReadOnlyAdmin):
    """For looking up. What people did is not for staff to change."""

    list_display = ["action", "supporter", "created_at", "confirmed_at", "mailing"]
    list_filter = [("confirmed_at", admin.EmptyFieldListFilter), "action__campaign"]
    list_select_related = ["action__campaign", "supporter", "mailing"]
    search_fields = ["supporter__name"]
    fields = ["action", "supporter", "created_at", "confirmed_at", "mailing"]
    show_full_result_count = False
    actions = None
