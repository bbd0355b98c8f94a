"""Mailings as staff write them. Previewing, checking, scheduling and watching have pages of their own: see desk.py."""

from django.contrib import admin
from django.http import HttpResponseRedirect
from django.urls import path, reverse

from campaigns import actions
from campaigns.admin import desk, figures
from campaigns.admin.locking import LockedOnPost
from campaigns.forms import MailingForm
from campaigns.models import Campaign, Mailing

WRITTEN = [
    (None, {"fields": ["campaign", "subject", "preheader", "body"]}),
    ("Who gets it", {"fields": ["audience_kind", "audience_group", "audience_stream", "audience_region"]}),
    ("How it is sent", {"fields": ["is_big_moment", "per_minute", "is_urgent"]}),
]
SENT_AS = ["campaign", "subject", "preheader", "body", "who", "is_big_moment", "per_minute", "is_urgent"]
FIXED = [(None, {"fields": SENT_AS})]


@admin.register(Mailing)
class MailingAdmin(LockedOnPost, admin.ModelAdmin):
    form = MailingForm
    list_display = ["subject", "state", "recipients", "starts_at", "campaign", "author"]
    list_filter = ["state"]
    list_select_related = ["campaign", "author"]
    search_fields = ["subject", "campaign__title"]
    actions = None

    def get_queryset(self, request):
        """What groups write to their own people stays with them."""
        return super().get_queryset(request).national()

    @admin.display(description="People")
    def recipients(self, mailing):
        return f"{mailing.counts['recipients']:,}" if mailing.counts else "–"

    @admin.display(description="Who gets it")
    def who(self, mailing):
        return figures.sentence(mailing)

    def get_fieldsets(self, request, obj=None):
        return WRITTEN if obj is None or obj.is_editable else FIXED

    def get_readonly_fields(self, request, obj=None):
        return [] if obj is None or obj.is_editable else ["who"]

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and (obj is None or obj.is_editable)

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and obj is not None and obj.is_editable

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "campaign":
            kwargs["queryset"] = Campaign.objects.exclude(state=Campaign.State.CLOSED)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request, obj, form, change):
        actions.write_mailing(obj, by=request.user)

    def response_add(self, request, obj, post_url_continue=None):
        return self._next(request, obj) or super().response_add(request, obj, post_url_continue)

    def response_change(self, request, obj):
        return self._next(request, obj) or super().response_change(request, obj)

    def _next(self, request, obj):
        """After "Save" one looks at what was written; the other buttons do as they say."""
        if {"_continue", "_addanother", "_popup"} & set(request.POST):
            return None
        return HttpResponseRedirect(reverse("admin:campaigns_mailing_preview", args=[obj.pk]))

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        if obj is not None:
            context |= desk.furniture(obj, "change")
        context["merge_fields"] = actions.FIELDS
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def get_urls(self):
        own = [
            path(f"<int:pk>/{name}/", self.admin_site.admin_view(view), name=f"campaigns_mailing_{name}")
            for name, view in desk.pages(self).items()
        ]
        return own + super().get_urls()
