"""The life of groups, for repair and look-up: who supports a region, and what groups have told the network."""

from django.contrib import admin
from django.db import models

from groups import actions
from groups.admin.group import do_each
from groups.models import Enquiry, GroupContact, HealthCheck, LifeMove, RegionalRole, Safeguarding
from sanctuary.access import ReadOnlyAdmin


@admin.register(RegionalRole)
class RegionalRoleAdmin(admin.ModelAdmin):
    """Roles are given here, and end by the action of the list."""

    list_display = ["user", "region", "started_on", "ended_on"]
    list_filter = ["region", ("ended_on", admin.EmptyFieldListFilter)]
    list_select_related = ["user"]
    search_fields = ["user__name", "user__email"]
    autocomplete_fields = ["user"]
    fields = ["user", "region", "started_on"]
    actions = ["end_today"]

    def has_change_permission(self, request, obj=None):
        return obj is None and super().has_change_permission(request)

    def has_delete_permission(self, request, obj=None):
        return False

    def save_model(self, request, obj, form, change):
        told = form.cleaned_data
        role = actions.start_regional_role(told["user"], told["region"], on=told["started_on"], by=request.user)
        obj.pk = role.pk

    @admin.action(description="End today", permissions=["change"])
    def end_today(self, request, queryset):
        do_each(request, queryset, actions.end_regional_role, "ended")


@admin.register(GroupContact)
class GroupContactAdmin(ReadOnlyAdmin):
    list_display = ["name", "role", "group", "telephone", "email"]
    list_select_related = ["group"]
    search_fields = ["name", "group__name"]


@admin.register(Safeguarding)
class SafeguardingAdmin(ReadOnlyAdmin):
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    list_display = ["group", "lead_name", "lead_checked_on", "lead_trained_on", "deputy_name", "policy_reviewed_on"]
    list_select_related = ["group"]
    search_fields = ["group__name"]


@admin.register(HealthCheck)
class HealthCheckAdmin(ReadOnlyAdmin):
    """Drafts are the group's alone."""

    list_display = ["group", "submitted_at", "state", "voice", "activities", "volunteers", "money"]
    list_filter = ["state", "voice", "money"]
    list_select_related = ["group"]
    search_fields = ["group__name"]

    def get_queryset(self, request):
        return super().get_queryset(request).submitted()


@admin.register(LifeMove)
class LifeMoveAdmin(ReadOnlyAdmin):
    list_display = ["group", "before", "after", "at", "recorded_by", "reason"]
    list_filter = ["after"]
    list_select_related = ["group", "recorded_by"]
    search_fields = ["group__name"]


@admin.register(Enquiry)
class EnquiryAdmin(ReadOnlyAdmin):
    """Those whose mailbox has answered; the others are not ours to read."""

    list_display = ["area", "name", "email", "confirmed_at", "group"]
    list_select_related = ["group"]
    search_fields = ["area", "name", "email"]

    def get_queryset(self, request):
        return super().get_queryset(request).confirmed()
