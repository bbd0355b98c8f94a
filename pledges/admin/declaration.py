"""The words of the Declaration. A change of them is a new version; whoever has endorsed keeps theirs."""

from django.contrib import admin
from django.db import models

from pledges import actions
from pledges.models import Declaration, DeclarationPrinciple, SummitGoal


class PartInline(admin.StackedInline):
    """Campaigns point at them, so none is added or taken away here."""

    fields = ["number", "name", "text"]
    readonly_fields = ["number"]
    extra = 0
    can_delete = False

    def has_add_permission(self, request, obj=None):
        return False


class PrincipleInline(PartInline):
    model = DeclarationPrinciple


class GoalInline(PartInline):
    model = SummitGoal


@admin.register(Declaration)
class DeclarationAdmin(admin.ModelAdmin):
    list_display = ["title", "version", "adopted_on"]
    inlines = [PrincipleInline, GoalInline]
    fields = [
        "title",
        "version",
        "adopted_on",
        "adopted_at",
        "text",
        "superseded_by_note",
        "superseded_source",
        "historic_count",
        "historic_words",
        "historic_year",
        "historic_source",
    ]
    readonly_fields = ["version"]
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    actions = None

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        actions.note_declaration_edit(form.instance, by=request.user)

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
