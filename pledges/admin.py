"""Looking after pledges: staff look at organisations' names before they are public."""

from django.contrib import admin, messages
from django.core.exceptions import ValidationError

from pledges import actions
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
class PledgeAdmin(admin.ModelAdmin):
    list_display = ["pledger", "kind", "group", "created_at", "confirmed_at", "is_listed", "name_checked_at"]
    list_filter = [
        "kind",
        "is_listed",
        ("confirmed_at", admin.EmptyFieldListFilter),
        ("name_checked_at", admin.EmptyFieldListFilter),
    ]
    list_select_related = ["supporter", "group"]
    search_fields = ["supporter__name__istartswith", "name__istartswith", "=supporter__email"]
    show_full_result_count = False
    date_hierarchy = "created_at"
    actions = ["approve_names"]
    inlines = [IntendedActionInline]
    fields = [
        "pledger",
        "mailbox",
        "kind",
        "wording",
        "permission_wording",
        "group",
        "wants_email",
        "is_listed",
        "name_checked_at",
        "name_checked_by",
        "created_at",
        "confirmed_at",
        "withdrawn_at",
        "greeted_at",
        "greeted_by",
    ]
    readonly_fields = fields

    @admin.display(description="who")
    def pledger(self, pledge):
        return str(pledge.supporter or f"{pledge.name} (not confirmed)")

    @admin.display(description="email")
    def mailbox(self, pledge):
        address = pledge.supporter.email if pledge.supporter else pledge.email
        return masked(address) if address else ""

    @admin.action(description="Approve organisation names", permissions=["change"])
    def approve_names(self, request, queryset):
        approved = 0
        for pledge in queryset:
            try:
                actions.approve_organisation_name(pledge, by=request.user)
                approved += 1
            except ValidationError as error:
                self.message_user(request, f"{self.pledger(pledge)}: {error.messages[0]}", messages.ERROR)
        if approved:
            self.message_user(request, f"Names approved: {approved}.", messages.SUCCESS)

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
