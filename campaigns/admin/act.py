from django.contrib import admin

from campaigns.models import ActionTaken


@admin.register(ActionTaken)
class ActionTakenAdmin(admin.ModelAdmin):
    """For looking up. What people did is not for staff to change."""

    list_display = ["action", "supporter", "created_at", "confirmed_at", "mailing"]
    list_filter = [("confirmed_at", admin.EmptyFieldListFilter), "action__campaign"]
    list_select_related = ["action__campaign", "supporter", "mailing"]
    search_fields = ["supporter__name"]
    fields = ["action", "supporter", "created_at", "confirmed_at", "mailing"]
    show_full_result_count = False
    actions = None

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
