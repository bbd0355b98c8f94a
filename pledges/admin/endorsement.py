"""Endorsements: staff look at names before they stand on the wall."""

from django.contrib import admin

from pledges import actions
from pledges.admin.naming import NameDesk, NameFilter
from pledges.models import Endorsement
from sanctuary.people.address import masked


@admin.register(Endorsement)
class EndorsementAdmin(NameDesk):
    list_display = [
        "endorser",
        "kind",
        "shown",
        "hint",
        "has_double",
        "confirmed_at",
        "name_checked_at",
        "name_refusal",
    ]
    list_filter = [NameFilter, "kind", "shown", ("confirmed_at", admin.EmptyFieldListFilter)]
    search_fields = ["supporter__name__istartswith", "name__istartswith", "=supporter__email"]
    list_select_related = ["supporter"]
    ordering = ["-confirmed_at", "-pk"]
    fields = [
        "endorser",
        "mailbox",
        "hint",
        "alike",
        "kind",
        "organisation",
        "contact",
        "shown",
        "wording",
        "permission_wording",
        "wants_email",
        "name_checked_at",
        "name_checked_by",
        "name_refusal",
        "created_at",
        "confirmed_at",
        "withdrawn_at",
    ]
    readonly_fields = fields

    def approve(self, noun, *, by):
        return actions.approve_endorser_name(noun, by=by)

    def refuse(self, noun, *, reason, by):
        return actions.refuse_endorser_name(noun, reason=reason, by=by)

    @admin.display(description="who")
    def endorser(self, endorsement):
        return str(endorsement.supporter or f"{endorsement.name} (not confirmed)")

    @admin.display(description="email")
    def mailbox(self, endorsement):
        address = endorsement.supporter.email if endorsement.supporter else endorsement.email
        return masked(address) if address else ""

    @admin.display(description="kind of organisation")
    def organisation(self, endorsement):
        return (endorsement.supporter or endorsement).get_organisation_type_display()

    @admin.display(description="who speaks for it")
    def contact(self, endorsement):
        told = endorsement.supporter or endorsement
        return ", ".join(part for part in (told.contact_name, told.job_role) if part)
