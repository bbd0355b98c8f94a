"""Coalitions and partners as staff write them. What people said yes to is nobody's to edit."""

from django.contrib import admin, messages
from django.db import models
from django.urls import path
from django.utils import timezone
from django.utils.formats import date_format

from campaigns import actions
from campaigns.admin.listing import GiveList, with_list
from campaigns.admin.locking import LockedOnPost
from campaigns.forms.allying import PartnerForm
from campaigns.models import Campaign, CampaignPartner, Coalition, Partner
from sanctuary.access import ReadOnlyAdmin

State = Campaign.State
URLS = {models.URLField: {"assume_scheme": "https"}}
# What an approver looks at; the agreement is no part of it.
TOLD = {"name", "website", "question", "with_postcode", "privacy_url", "contact_email", "is_active"}


class PartnerInline(admin.StackedInline):
    """Who owns the campaign with us. Fixed with the words when the campaign is approved."""

    model = CampaignPartner
    fields = ["partner", "role", "order", "shows_consent", "asks"]
    readonly_fields = ["asks"]
    extra = 0
    verbose_name = "partner"
    verbose_name_plural = "Partners"

    @admin.display(description="its question")
    def asks(self, link):
        words = link.wording or link.partner.wording if link.pk else None
        return str(words.text) if words else "–"

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("partner__wording", "wording")

    def has_add_permission(self, request, obj=None):
        return super().has_add_permission(request, obj) and _is_draft(obj)

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and _is_draft(obj)

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and _is_draft(obj)


def _is_draft(campaign: Campaign | None) -> bool:
    return campaign is None or campaign.state == State.DRAFT


@admin.register(Coalition)
class CoalitionAdmin(admin.ModelAdmin):
    list_display = ["name", "website"]
    search_fields = ["name"]
    fields = ["name", "about", "website"]
    formfield_overrides = URLS

    def save_model(self, request, obj, form, change):
        if form.has_changed():
            actions.save_coalition(obj, by=request.user)


@admin.register(Partner)
class PartnerAdmin(LockedOnPost, admin.ModelAdmin):
    form = PartnerForm
    list_display = ["name", "is_active", "may_export", "agreement_on"]
    list_filter = ["is_active", "may_export"]
    search_fields = ["name"]
    prepopulated_fields = {"slug": ["name"]}
    formfield_overrides = URLS
    fieldsets = [
        (None, {"fields": ["name", "slug", "website", "contact_email", "is_active"]}),
        ("What it asks people", {"fields": ["question", "with_postcode", "privacy_url"]}),
        ("Its lists", {"fields": ["may_export", "agreement_on", "agreement_note"]}),
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("wording", "controller")

    def get_prepopulated_fields(self, request, obj=None):
        return self.prepopulated_fields if obj is None else {}

    def has_delete_permission(self, request, obj=None):
        return False

    def save_model(self, request, obj, form, change):
        approved = Campaign.objects.filter(partners__partner=obj, state=State.APPROVED) if change else []
        before = {campaign.pk for campaign in approved}
        told = not change or bool(TOLD & set(form.changed_data))
        actions.save_partner(obj, question=form.cleaned_data["question"], by=request.user, told=told)
        if before and told:
            messages.warning(request, "A campaign with this partner was approved. It is a draft again.")


@admin.register(CampaignPartner)
class CampaignPartnerAdmin(ReadOnlyAdmin):
    """What each partner has on each campaign: its link to pass on, and its list."""

    list_display = ["partner", "campaign", "role", "shows_consent", "people", "last_given"]
    list_display_links = ["partner"]
    list_select_related = ["partner", "campaign"]
    list_filter = ["partner"]
    search_fields = ["partner__name", "campaign__title"]
    fields = [
        "partner",
        "campaign",
        "role",
        "shows_consent",
        "wording",
        "with_postcode",
        "people",
        "last_given",
        "link",
    ]

    def get_queryset(self, request):
        return with_list(super().get_queryset(request))

    @admin.display(description="people who say yes")
    def people(self, link):
        return f"{link.people_count:,}"

    @admin.display(description="last list")
    def last_given(self, link):
        return date_format(timezone.localtime(link.last_given_at), "j F Y, H:i") if link.last_given_at else "–"

    @admin.display(description="its link to pass on")
    def link(self, link):
        return actions.source_url(link.campaign, partner=link.partner)

    def get_urls(self):
        give = GiveList.as_view(model_admin=self)
        own = [path("<int:pk>/list/", self.admin_site.admin_view(give), name="campaigns_campaignpartner_list")]
        return own + super().get_urls()
