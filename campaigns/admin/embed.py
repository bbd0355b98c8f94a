"""Our forms on other people's websites, as staff hand them out."""

from django import forms
from django.contrib import admin
from django.utils.html import format_html

from campaigns import actions
from campaigns.forms.embedding import HostsField
from campaigns.models import Embed
from sanctuary.audit.actions import record

FIELDS = ["label", "campaign", "group", "allowed_hosts", "is_active"]


class EmbedForm(forms.ModelForm):
    """In the words of staff."""

    allowed_hosts = HostsField()

    class Meta:
        model = Embed
        fields = FIELDS
        labels = {"label": "What is it for?", "is_active": "It is shown"}
        help_texts = {"is_active": "Take the tick away to end it. It shows an end at once, on every website."}


@admin.register(Embed)
class EmbedAdmin(admin.ModelAdmin):
    form = EmbedForm
    list_display = ["label", "what", "group", "websites", "is_active"]
    list_filter = ["is_active"]
    list_select_related = ["campaign", "group"]
    search_fields = ["label", "campaign__title", "group__name"]
    autocomplete_fields = ["campaign", "group"]
    actions = None

    @admin.display(description="Form")
    def what(self, embed):
        return str(embed.campaign) if embed.campaign else "Welcome pledge"

    @admin.display(description="On")
    def websites(self, embed):
        return ", ".join(embed.ancestors)

    @admin.display(description="What the website's people put into their page")
    def snippet(self, embed):
        return format_html(
            '<textarea aria-label="What to copy into the website" readonly rows="6" cols="80" dir="ltr">{}</textarea>',
            embed.snippet,
        )

    @admin.display(description="How it looks")
    def look(self, embed):
        return format_html(
            '<iframe src="{}" title="How it looks" width="400" height="600" loading="lazy"></iframe>', embed.look_url
        )

    def get_fields(self, request, obj=None):
        return FIELDS[:-1] if obj is None else [*FIELDS, "snippet", "look"]

    def get_readonly_fields(self, request, obj=None):
        """What it shows stays: a website that asked for one form must not wake up with another."""
        return [] if obj is None else ["campaign", "group", "snippet", "look"]

    def has_delete_permission(self, request, obj=None):
        return False

    def save_model(self, request, obj, form, change):
        if change:
            super().save_model(request, obj, form, change)
            record("campaigns.edit_embed", obj, by=request.user, changed=form.changed_data)
            return
        told = {name: form.cleaned_data[name] for name in FIELDS if name in form.cleaned_data}
        made = actions.make_embed(by=request.user, **told)
        obj.pk, obj.token, obj.created_at = made.pk, made.token, made.created_at
        obj._state.adding = False
