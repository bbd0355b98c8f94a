"""Looking after pledges: staff look at organisations' names before they are public."""

from django.contrib import admin

from pledges import actions
from pledges.admin.naming import NameDesk, NameFilter
from pledges.models import IntendedAction, Pledge
from sanctuary.people.address import masked


class IntendedActionInline(admin.TabularInline):
    model = IntendedAction
    extra = 0
    can_delete = False
    readonly_fields = ["kind", "due_on", "done_at"]

    def has_add_permission(self, request, obj=None):
        return False

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm("pledges.view_pledge")


@admin.register(Pledge)
class PledgeAdmin(NameDesk):
    list_display = [
        "pledger",
        "kind",
        "group",
        "hint",
        "has_double",
        "created_at",
        "confirmed_at",
        "is_listed",
        "name_checked_at",
        "name_refusal",
    ]
    list_filter = [
        NameFilter,
        "kind",
        "is_listed",
        ("confirmed_at", admin.EmptyFieldListFilter),
        ("name_checked_at", admin.EmptyFieldListFilter),
    ]
    list_select_related = ["supporter", "group"]
    search_fields = ["supporter__name__istartswith", "name__istartswith", "=supporter__email"]
    date_hierarchy = "created_at"
    inlines = [IntendedActionInline]
    fields = [
        "pledger",
        "mailbox",
        "hint",
        "alike",
        "kind",
        "wording",
        "permission_wording",
        "group",
        "wants_email",
        "is_listed",
        "name_checked_at",
        "name_checked_by",
        "name_refusal",
        "created_at",
        "confirmed_at",
        "withdrawn_at",
        "greeted_at",
        "greeted_by",
    ]
    readonly_fields = fields

    def approve(self, noun, *, by):
        return actions.approve_organisation_name(noun, by=by)

    def refuse(self, noun, *, reason, by):
        return actions.refuse_organisation_name(noun, reason=reason, by=by)

    @admin.display(description="who")
    def pledger(self, pledge):
        return str(pledge.supporter or f"{pledge.name} (not confirmed)")

    @admin.display(description="email")
    def mailbox(self, pledge):
        address = pledge.supporter.email if pledge.supporter else pledge.email
        return masked(address) if address else ""
