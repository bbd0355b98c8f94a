"""Groups that were handed back: national staff find somebody, or let the group rest."""

from django.contrib import admin

from groups import actions
from groups.admin.group import do_each
from groups.models import HandBack
from sanctuary.access import ReadOnlyAdmin


@admin.register(HandBack)
class HandBackAdmin(ReadOnlyAdmin):
    list_display = ["group", "last_day", "asked_by", "asked_at", "settled_at", "settled_by"]
    list_filter = [("settled_at", admin.EmptyFieldListFilter)]
    search_fields = ["group__name"]
    actions = ["let_rest", "settle"]

    def get_queryset(self, request):
        return super().get_queryset(request).with_group()

    def has_change_permission(self, request, obj=None):
        # The list's actions need this permission; a single row is only looked at.
        return obj is None and admin.ModelAdmin.has_change_permission(self, request)

    @admin.action(description="Let the group rest, and settle it", permissions=["change"])
    def let_rest(self, request, queryset):
        do_each(request, queryset, _let_rest, "resting now")

    @admin.action(description="Settled: somebody carries on", permissions=["change"])
    def settle(self, request, queryset):
        do_each(request, queryset, actions.settle_hand_back, "settled")


def _let_rest(told, *, by):
    actions.rest_group(told.group, by=by)
    actions.settle_hand_back(told, by=by)
