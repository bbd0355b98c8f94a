from django.contrib import admin

from campaigns.forms.allying import SourceLinkForm
from campaigns.models import SourceLink
from sanctuary.people import links


@admin.register(SourceLink)
class SourceLinkAdmin(admin.ModelAdmin):
    """Links that are counted by themselves, and what came of each."""

    form = SourceLinkForm
    list_display = ["label", "campaign", "code", "acts", "first_time"]
    list_filter = ["campaign"]
    list_select_related = ["campaign"]
    search_fields = ["label", "code"]
    autocomplete_fields = ["campaign"]
    actions = None

    def get_queryset(self, request):
        return super().get_queryset(request).with_results()

    def get_fields(self, request, obj=None):
        return ["campaign", "label", "code", *(["link", "acts", "first_time"] if obj else [])]

    def get_readonly_fields(self, request, obj=None):
        return ["campaign", "code", "link", "acts", "first_time"] if obj else []

    @admin.display(description="link to pass on")
    def link(self, source):
        return f"{links.absolute('campaigns:detail', source.campaign.slug)}?from={source.code}"

    @admin.display(ordering="acts_count")
    def acts(self, source):
        return f"{source.acts_count:,}"

    @admin.display(description="of these, first time", ordering="first_count")
    def first_time(self, source):
        return f"{source.first_count:,}"

    def has_delete_permission(self, request, obj=None):
        return obj is not None and not obj.acts.exists() and super().has_delete_permission(request, obj)

    def save_model(self, request, obj, form, change):
        if not change:
            obj.created_by = request.user
        super().save_model(request, obj, form, change)
