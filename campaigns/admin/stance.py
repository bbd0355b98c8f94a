"""The ledger of what representatives said: staff read what supporters tell, and write lines of their own."""

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import models

from campaigns import actions
from campaigns.models import Stance

OWN = ["campaign", "representative", "name", "house", "place", "position", "said_on", "source", "source_url", "words"]
STAMPS = ["recorded_at", "recorded_by", "checked_at", "checked_by", "refused_at"]


class Waiting(admin.SimpleListFilter):
    title = "read by us"
    parameter_name = "read"

    def lookups(self, request, model_admin):
        return [("waiting", "Waiting to be read"), ("yes", "Counts in public"), ("refused", "Does not count")]

    def queryset(self, request, queryset):
        asked = {
            "waiting": Stance.objects.unchecked,
            "yes": Stance.objects.checked,
            "refused": lambda: Stance.objects.filter(refused_at__isnull=False),
        }.get(self.value())
        return queryset.filter(pk__in=asked().values("pk")) if asked else queryset


@admin.register(Stance)
class StanceAdmin(admin.ModelAdmin):
    """A line that was read is not written over: a new one takes its place."""

    list_display = ["name", "place", "position", "said_on", "source", "campaign", "is_read"]
    list_filter = [Waiting, "position", "house", "campaign"]
    list_select_related = ["campaign"]
    search_fields = ["name", "place"]
    raw_id_fields = ["representative"]
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    show_full_result_count = False
    actions = ["check_them", "refuse_them"]

    @admin.display(description="Counts", boolean=True)
    def is_read(self, stance):
        return stance.is_checked

    def get_fields(self, request, obj=None):
        return OWN if obj is None else [*OWN, *STAMPS]

    def get_readonly_fields(self, request, obj=None):
        return [] if obj is None else [*OWN, *STAMPS]

    def has_change_permission(self, request, obj=None):
        """The verbs of the list, and nothing on the page of a line: to save it would say that it was read."""
        return obj is None and super().has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        return False

    def save_model(self, request, obj, form, change):
        if obj.representative and obj.representative.constituency:
            seat = obj.representative.constituency
            obj.constituency_code, obj.place = seat.code, seat.name
        actions.record_stance(obj, by=request.user)

    @admin.action(description="They count in public", permissions=["change"])
    def check_them(self, request, queryset):
        self._each(request, queryset, actions.check_stance, "They count now")

    @admin.action(description="They do not count", permissions=["change"])
    def refuse_them(self, request, queryset):
        self._each(request, queryset, actions.refuse_stance, "They do not count")

    def _each(self, request, queryset, verb, words):
        done = 0
        for stance in queryset:
            try:
                verb(stance, by=request.user)
                done += 1
            except ValidationError as error:
                self.message_user(request, f"{stance}: {error.messages[0]}", messages.ERROR)
        self.message_user(request, f"{words}: {done}.", messages.SUCCESS)
