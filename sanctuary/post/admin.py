from django.contrib import admin, messages

from sanctuary.access import ReadOnlyAdmin
from sanctuary.people.address import masked
from sanctuary.post import actions
from sanctuary.post.models import Email, Incoming


@admin.register(Email)
class EmailAdmin(admin.ModelAdmin):
    """The outbox, for looking up and for sending again what failed or got stuck. Its words stay out of sight."""

    list_display = ["kind", "masked_address", "state", "attempts", "created_at", "sent_at", "error"]
    list_filter = ["state", "kind"]
    date_hierarchy = "created_at"
    ordering = ["-created_at"]
    show_full_result_count = False
    fields = [
        "kind",
        "masked_address",
        "state",
        "attempts",
        "error",
        "created_at",
        "not_before",
        "claimed_at",
        "sent_at",
    ]
    readonly_fields = fields
    actions = ["send_again"]

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.display(description="to")
    def masked_address(self, email):
        return masked(email.to)

    @admin.action(description="Send again (they may get it twice)", permissions=["change"])
    def send_again(self, request, queryset):
        again = [email for email in queryset if actions.send_again(email, by=request.user)]
        messages.success(request, f"{len(again)} will be sent again.")


@admin.register(Incoming)
class IncomingAdmin(ReadOnlyAdmin):
    """What came to the return addresses, as numbers by kind and day. Nothing of it is kept to be read."""

    list_display = ["at", "kind", "is_known"]
    list_filter = ["kind", "is_known"]
    date_hierarchy = "at"
    ordering = ["-at"]
    list_display_links = None
