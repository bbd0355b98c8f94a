"""The national shield: raised and lowered here, and nowhere else."""

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.forms import ModelForm

from groups import actions
from groups.admin.group import do_each
from groups.models import Shield


class ShieldForm(ModelForm):
    """Over what, and why. Empty region and group mean the whole network."""

    class Meta:
        model = Shield
        fields = ["region", "group", "reason"]

    def clean(self):
        given = super().clean()
        if given.get("region") and given.get("group"):
            raise ValidationError("Choose a region or a group, not both.", code="two_scopes")
        return given

    def validate_constraints(self):
        """To raise it twice is harmless: the action finds the one that is up."""


@admin.register(Shield)
class ShieldAdmin(admin.ModelAdmin):
    form = ShieldForm
    list_display = ["scope", "is_up", "raised_at", "raised_by", "lowered_at", "lowered_by", "reason"]
    list_filter = [("lowered_at", admin.EmptyFieldListFilter)]
    search_fields = ["group__name", "reason"]
    autocomplete_fields = ["group"]
    actions = ["lower"]

    def get_queryset(self, request):
        return super().get_queryset(request).with_scope()

    def has_change_permission(self, request, obj=None):
        # The list's action needs this permission; a single shield is only looked at.
        return obj is None and super().has_change_permission(request)

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.display(boolean=True, description="Up now")
    def is_up(self, obj):
        return obj.is_up

    def save_model(self, request, obj, form, change):
        obj.pk = actions.raise_shield(by=request.user, **form.cleaned_data).pk
        obj.refresh_from_db()

    @admin.action(description="Lower: show places and people again", permissions=["change"])
    def lower(self, request, queryset):
        do_each(request, queryset, actions.lower_shield, "lowered")
