"""The letter of a campaign as staff write it: locked when the campaign is no draft any more."""

from django.contrib import admin, messages
from django.db import connection

from campaigns import actions
from campaigns.admin.locking import LockedOnPost
from campaigns.forms.letter_desk import LetterAskForm
from campaigns.models import Campaign, DevolvedNote, LetterAsk, LocalFact


class OnlyInDraft:
    """What people were asked stands once somebody has approved it."""

    def has_add_permission(self, request, obj=None):
        return super().has_add_permission(request, obj) and _is_draft(obj)

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and _is_draft(obj)

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and _is_draft(obj)


def _is_draft(ask) -> bool:
    return ask is None or ask.action.campaign.state == Campaign.State.DRAFT


class DevolvedNoteInline(OnlyInDraft, admin.TabularInline):
    model = DevolvedNote
    verbose_name = "nation where this is decided elsewhere"
    verbose_name_plural = "Nations where this is decided elsewhere"
    extra = 0
    max_num = 4


class LocalFactInline(OnlyInDraft, admin.TabularInline):
    model = LocalFact
    verbose_name_plural = "Facts"
    extra = 0


@admin.register(LetterAsk)
class LetterAskAdmin(LockedOnPost, admin.ModelAdmin):
    form = LetterAskForm
    inlines = [DevolvedNoteInline, LocalFactInline]
    list_display = ["question", "campaign", "house", "fact_count"]
    list_filter = ["action__campaign__state"]
    search_fields = ["question", "action__campaign__title"]
    actions = None

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("action__campaign").prefetch_related("facts")

    def get_object(self, request, object_id, from_field=None):
        found = super().get_object(request, object_id, from_field)
        if found is not None and request.method == "POST" and connection.in_atomic_block:
            Campaign.objects.select_for_update(of=("self",)).get(actions=found.action_id)
        return found

    @admin.display(ordering="action__campaign__title")
    def campaign(self, ask):
        return ask.action.campaign

    @admin.display(description="Facts")
    def fact_count(self, ask):
        return len(ask.facts.all())

    def get_fields(self, request, obj=None):
        words = ["action", "house", "question", "prompt_1", "prompt_2", "prompt_3"]
        return [*words, "pasted"] if self.has_change_permission(request, obj) else words

    def get_readonly_fields(self, request, obj=None):
        return ["action"] if obj else []

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and _is_draft(obj)

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and _is_draft(obj)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        facts = form.cleaned_data.get("pasted") or []
        for fact in facts:
            form.instance.facts.update_or_create(constituency_code=fact["constituency_code"], defaults=fact)
        if facts:
            messages.success(request, f"{len(facts)} facts were taken over.")
        actions.note_campaign_edit(form.instance.action.campaign, by=request.user)
