"""Look-up and repair for national staff. What follows from somebody's own act is shown here, never set."""

from allauth.usersessions.models import UserSession
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.core.exceptions import ValidationError
from django.db.models.functions import Lower, Trim
from django.shortcuts import render

from sanctuary.access import ReadOnlyAdmin
from sanctuary.people import actions
from sanctuary.people.address import masked
from sanctuary.people.models import Controller, Merge, Permission, Supporter, Suppression, User, Wording
from sanctuary.people.models.search import found_by

# The library's own page searches by user name, which our people do not have.
admin.site.unregister(UserSession)


@admin.register(Supporter)
class SupporterAdmin(admin.ModelAdmin):
    list_display = ["name", "kind", "masked_email", "outward_code", "region", "created_at"]
    list_filter = ["kind", "organisation_type", "region"]
    search_fields = ["name"]  # opens the box; what it finds is said below
    search_help_text = "The beginnings of names, or of an email address"
    ordering = ["-pk"]
    show_full_result_count = False
    autocomplete_fields = ["works_for"]
    actions = ["put_together"]
    fields = [
        "kind",
        "name",
        "organisation_type",
        "contact_name",
        "job_role",
        "works_for",
        "email",
        "silence",
        "postcode",
        "region",
        "nation",
        "only_big_moments",
        "emails_paused_until",
        "most_a_month",
        "created_at",
    ]
    readonly_fields = [
        "kind",
        "email",
        "silence",
        "postcode",
        "region",
        "nation",
        "only_big_moments",
        "emails_paused_until",
        "most_a_month",
        "created_at",
    ]

    def get_search_results(self, request, queryset, search_term):
        return (queryset.matching(search_term) if search_term else queryset), False

    def get_ordering(self, request):
        """Found people from A to Z, written as in no index: the planner would walk through everybody for a few."""
        return [Lower(Trim("name"))] if request.GET.get("q") else self.ordering

    @admin.action(description="Put two entries of one person together", permissions=["change"])
    def put_together(self, request, queryset):
        """First a page that asks whose address and which name stay; its button comes back here."""
        pair = list(queryset.order_by("pk")[:3])
        if len(pair) != 2:
            messages.error(request, "Tick two entries: those that are about the same person.")
            return None
        chosen = {name: _of(pair, request.POST.get(name)) for name in ("kept", "name")}
        if not all(chosen.values()):
            context = {**self.admin_site.each_context(request), "pair": pair, "title": "Are they the same person?"}
            return render(request, "admin/people/supporter/put_together.html", context)
        return self._merge(request, pair, chosen["kept"], chosen["name"].name)

    def _merge(self, request, pair, kept, name):
        gone = next(each for each in pair if each != kept)
        national = Controller.objects.national()
        try:
            actions.merge_supporters(kept, gone, name=name, controller=national, by=request.user)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, "They are one entry now. For 30 days you can undo this under Merges.")

    @admin.display(description="email")
    def masked_email(self, supporter):
        return masked(supporter.email) if supporter.email else ""

    @admin.display(description="gets no emails")
    def silence(self, supporter):
        """Why nobody emails this address, and since when. Only its owner can end it, from that mailbox."""
        rows = Suppression.objects.covering(supporter.email) if supporter.email else []
        return ", ".join(f"{row.get_reason_display()}, {row.created_at:%-d %B %Y}" for row in rows) or "–"

    def get_readonly_fields(self, request, obj=None):
        person = obj is not None and obj.kind == Supporter.Kind.PERSON
        return [*self.readonly_fields, "organisation_type"] if person else self.readonly_fields

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Permission)
class PermissionAdmin(ReadOnlyAdmin):
    """What people answered to the national charity. Their answers to a group are that group's, and so is its list."""

    list_display = ["occurred_at", "supporter", "controller", "purpose", "change", "basis", "source"]
    list_filter = ["purpose", "change", "basis"]
    list_select_related = ["supporter", "controller"]
    search_fields = ["supporter__name"]  # opens the box; what it finds is said below
    show_full_result_count = False

    def get_search_results(self, request, queryset, search_term):
        found = queryset.filter(found_by(search_term, "supporter__")) if search_term else queryset
        return found, False

    def get_queryset(self, request):
        answers = super().get_queryset(request)
        return answers if request.user.is_superuser else answers.filter(controller__kind=Controller.Kind.NATIONAL)


def _of(pair, number):
    return next((each for each in pair if str(each.pk) == number), None)


@admin.register(Merge)
class MergeAdmin(ReadOnlyAdmin):
    """Merges by national staff. Those of a group are that group's to undo."""

    list_display = ["merged_at", "kept", "merged_by", "undone_at"]
    list_select_related = ["kept", "merged_by"]
    fields = ["kept", "merged_at", "merged_by", "undone_at"]
    ordering = ["-merged_at"]
    actions = ["take_apart"]

    def get_queryset(self, request):
        return super().get_queryset(request).filter(controller__kind=Controller.Kind.NATIONAL)

    @admin.action(description="Undo: they are two people", permissions=["view"])
    def take_apart(self, request, queryset):
        for merge in queryset:
            try:
                actions.undo_merge(merge, by=request.user)
            except ValidationError as error:
                messages.error(request, f"{merge.kept}: {' '.join(error.messages)}")
            else:
                messages.success(request, f"{merge.kept}: two entries again.")


@admin.register(Suppression)
class SuppressionAdmin(ReadOnlyAdmin):
    list_display = ["__str__", "reason", "controller", "created_at"]
    list_filter = ["reason"]
    list_select_related = ["controller"]
    fields = ["reason", "controller", "created_at"]
    show_full_result_count = False


@admin.register(Wording)
class WordingAdmin(ReadOnlyAdmin):
    list_display = ["slug", "version", "language", "created_at"]
    list_filter = ["slug"]
    search_fields = ["slug", "text"]


@admin.register(Controller)
class ControllerAdmin(admin.ModelAdmin):
    list_display = ["name", "kind", "is_charity", "reply_to"]
    list_filter = ["kind", "is_charity"]
    search_fields = ["name"]
    fields = ["kind", "name", "is_charity", "charity_number", "postal_address", "reply_to"]
    # Whether the soft opt-in is open to a sender hangs on is_charity: for superusers alone.
    readonly_fields = ["kind"]

    def get_readonly_fields(self, request, obj=None):
        return ["kind"] if request.user.is_superuser else ["kind", "is_charity", "charity_number"]

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(User)
class UserAdmin(DjangoUserAdmin):
    """Accounts decide who may do what, so only superusers see or touch them here."""

    list_display = ["email", "name", "is_active", "is_staff", "is_superuser", "last_login"]
    list_filter = ["is_active", "is_staff", "is_superuser"]
    search_fields = ["email", "name"]
    ordering = ["email"]
    # The two-box widget has labels that screen readers cannot use.
    filter_horizontal = []
    autocomplete_fields = ["supporter"]
    readonly_fields = ["last_login", "date_joined"]
    fieldsets = [
        (None, {"fields": ["email", "password", "name", "supporter"]}),
        ("Rights", {"fields": ["is_active", "is_staff", "is_superuser", "groups", "user_permissions"]}),
        ("Dates", {"fields": ["last_login", "date_joined"]}),
    ]
    add_fieldsets = [
        (None, {"classes": ["wide"], "fields": ["email", "name", "usable_password", "password1", "password2"]})
    ]

    def has_module_permission(self, request):
        return request.user.is_active and request.user.is_superuser

    def has_view_permission(self, request, obj=None):
        return self.has_module_permission(request)

    def has_add_permission(self, request):
        return self.has_module_permission(request)

    def has_change_permission(self, request, obj=None):
        return self.has_module_permission(request)

    def has_delete_permission(self, request, obj=None):
        return False
