"""What mailbox providers and our relay can take, for staff to set and to lift."""

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils import timezone

from campaigns.admin.locking import LockedOnPost
from campaigns.models import MailDomain, Throttle
from sanctuary.audit.actions import record

FIELDS = ["name", "per_minute", "most_a_day", "resting_until", "reason"]


class DomainForm(forms.ModelForm):
    """One domain, however it was typed."""

    class Meta:
        model = MailDomain
        fields = ["name"]

    def clean_name(self):
        name = self.cleaned_data["name"].strip().lower().rpartition("@")[2]
        if "." not in name.strip(".") or any(letter in name for letter in " /,;"):
            raise ValidationError("Write what stands behind the @, such as example.org.", code="no_domain")
        return name


class DomainInline(admin.StackedInline):
    """A provider often has several."""

    model = MailDomain
    form = DomainForm
    extra = 1


@admin.register(Throttle)
class ThrottleAdmin(LockedOnPost, admin.ModelAdmin):
    list_display = ["name", "per_minute", "most_a_day", "rest"]
    search_fields = ["name", "domains__name"]
    fields = FIELDS
    inlines = [DomainInline]
    actions = None

    @admin.display(description="Rests until", ordering="resting_until")
    def rest(self, throttle):
        is_resting = throttle.resting_until and throttle.resting_until > timezone.now()
        return throttle.resting_until if is_resting else None

    def get_readonly_fields(self, request, obj=None):
        return ["name"] if obj is not None and obj.is_relay else []

    def get_inlines(self, request, obj):
        """The relay's limit is for every domain."""
        return [] if obj is not None and obj.is_relay else self.inlines

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and (obj is None or not obj.is_relay)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        if form.has_changed() or any(formset.has_changed() for formset in formsets):
            record("campaigns.edit_throttle", form.instance, by=request.user, changed=form.changed_data)
