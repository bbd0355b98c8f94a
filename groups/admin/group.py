from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import models
from django.forms import ModelForm

from groups import actions
from groups.models import Activity, GroupRole, LocalGroup
from sanctuary.places.forms import PostcodeField


class LocalGroupForm(ModelForm):
    postcode = PostcodeField(required=False, help_text="Where the group's dot stands on the map.")

    class Meta:
        model = LocalGroup
        fields = ["name", "area", "postcode", "about", "languages", "mailbox", "founded_on"]

    def clean_postcode(self):
        """As the group keeps it: text, empty when there is none."""
        return str(self.cleaned_data["postcode"] or "")


class GroupRoleInline(admin.TabularInline):
    """Roles are added here. They end by the action in the list of roles, which looks after the last coordinator."""

    model = GroupRole
    extra = 0
    autocomplete_fields = ["user"]
    fields = ["user", "role", "started_on", "ended_on"]
    readonly_fields = ["ended_on"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("user", "group")

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


def _say(request, done, refused, verb):
    if done:
        messages.success(request, f"{done} {verb}.")
    for words in refused:
        messages.error(request, words)


def do_each(request, rows, act, verb):
    """Do it to each row by itself: one refusal does not undo the others."""
    done, refused = 0, []
    for row in rows:
        try:
            act(row, by=request.user)
            done += 1
        except ValidationError as error:
            refused += error.messages
    _say(request, done, refused, verb)


@admin.register(LocalGroup)
class LocalGroupAdmin(admin.ModelAdmin):
    form = LocalGroupForm
    list_display = ["name", "area", "region", "status", "founded_on"]
    list_filter = ["status", "region"]
    search_fields = ["name", "area"]
    readonly_fields = ["slug", "status", "region", "nation"]
    fields = ["name", "slug", "status", "area", "postcode", "region", "nation", "about", "languages", "mailbox"]
    inlines = [GroupRoleInline]
    actions = ["register", "activate", "rest", "close"]

    def get_fields(self, request, obj=None):
        return [*self.fields, "founded_on"] if obj else LocalGroupForm.Meta.fields

    def has_delete_permission(self, request, obj=None):
        # A group that has ended is closed: what it did stays true.
        return False

    def save_model(self, request, obj, form, change):
        if not change:
            obj.pk = actions.found_group(by=request.user, **form.cleaned_data).pk
            obj.refresh_from_db()
            return
        super().save_model(request, obj, form, change)
        if "postcode" in form.changed_data:
            actions.move_group(obj, postcode=form.cleaned_data["postcode"], by=request.user)

    def save_formset(self, request, form, formset, change):
        for role in formset.save(commit=False):
            actions.start_role(role.group, role.user, role.role, on=role.started_on, by=request.user)

    @admin.action(description="Register: put them in the public directory", permissions=["change"])
    def register(self, request, queryset):
        do_each(request, queryset, actions.register_group, "registered")

    @admin.action(description="Mark as active", permissions=["change"])
    def activate(self, request, queryset):
        do_each(request, queryset, actions.activate_group, "active now")

    @admin.action(description="Mark as dormant", permissions=["change"])
    def rest(self, request, queryset):
        do_each(request, queryset, actions.rest_group, "dormant now")

    @admin.action(description="Close for good, and end every role", permissions=["change"])
    def close(self, request, queryset):
        do_each(request, queryset, actions.close_group, "closed")


@admin.register(GroupRole)
class GroupRoleAdmin(admin.ModelAdmin):
    list_display = ["user", "role", "group", "started_on", "ended_on"]
    list_filter = ["role", ("ended_on", admin.EmptyFieldListFilter)]
    list_select_related = ["user", "group"]
    search_fields = ["user__name", "user__email", "group__name"]
    actions = ["end_today"]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        # The list's action needs this permission; a single role is only looked at.
        return obj is None and super().has_change_permission(request)

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.action(description="End today", permissions=["change"])
    def end_today(self, request, queryset):
        do_each(request, queryset, actions.end_role, "ended")


@admin.register(Activity)
class ActivityAdmin(admin.ModelAdmin):
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    list_display = ["title", "group", "starts_at", "area", "is_public", "is_venue_private"]
    list_filter = ["kind", "is_public"]
    list_select_related = ["group"]
    search_fields = ["title", "group__name", "area"]
    date_hierarchy = "starts_at"
    autocomplete_fields = ["group", "principles"]
