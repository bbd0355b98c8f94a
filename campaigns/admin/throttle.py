"""What mailbox providers and our relay can take, for staff to set and to lift."""

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils import timezone

from campaigns.admin.locking import LockedOnPost
from campaigns.models import MailDomain, Throttle
from sanctuary.audit.actions import record
from sanctuary.people.address import InvalidAddress, canon

FIELDS = ["name", "per_minute", "most_a_day", "resting_until", "reason"]
TOO_LITTLE = {"min_value": "Write 1 or more, or leave it empty for no limit."}


class ThrottleForm(forms.ModelForm):
    """In the words of staff."""

    class Meta:
        model = Throttle
        fields = FIELDS
        widgets = {"reason": forms.TextInput(attrs={"class": "vLargeTextField"})}
        labels = {"resting_until": "Send nothing until"}
        help_texts = {
            "per_minute": "All our emails together. Leave empty for no limit. A change counts within half an hour.",
            "most_a_day": "From midnight to midnight. Leave empty for no limit."
            " From a new sending address, start with a small number and raise it day by day.",
            "resting_until": "To start again now, clear the date and the time.",
            "reason": "Why there is a limit or a rest. Colleagues see it while they send.",
        }
        error_messages = {"per_minute": TOO_LITTLE, "most_a_day": TOO_LITTLE}


class DomainForm(forms.ModelForm):
    """One domain, however it was typed, spelled as in our addresses."""

    class Meta:
        model = MailDomain
        fields = ["name"]
        help_texts = {"name": "What comes after the @, such as example.org."}
        error_messages = {"name": {"unique": "There is a limit for this domain already."}}

    def clean_name(self):
        try:
            return canon("x@" + self.cleaned_data["name"].strip().rpartition("@")[2]).rpartition("@")[2]
        except InvalidAddress as error:
            raise ValidationError("Write what comes after the @, such as example.org.", code="no_domain") from error


class DomainInline(admin.StackedInline):
    """A provider often has several."""

    model = MailDomain
    form = DomainForm
    extra = 1
    verbose_name = "domain"
    verbose_name_plural = "Which addresses it is for"


@admin.register(Throttle)
class ThrottleAdmin(LockedOnPost, admin.ModelAdmin):
    form = ThrottleForm
    list_display = ["name", "a_minute", "a_day", "rest"]
    search_fields = ["name", "domains__name"]
    fields = FIELDS
    inlines = [DomainInline]
    actions = None

    @admin.display(description="Most a minute", ordering="per_minute", empty_value="No limit")
    def a_minute(self, throttle):
        return throttle.per_minute and f"{throttle.per_minute:,}"

    @admin.display(description="Most a day", ordering="most_a_day", empty_value="No limit")
    def a_day(self, throttle):
        return throttle.most_a_day and f"{throttle.most_a_day:,}"

    @admin.display(description="Rests until", ordering="resting_until", empty_value="–")
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
