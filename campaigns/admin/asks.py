from django.contrib import admin

from campaigns.models import Action


@admin.register(Action)
class ActionAdmin(admin.ModelAdmin):
    """Where people can come: the events that belong to a call, chosen by search, at any time while it is open.

    The other words of an action are written with its campaign.
    """

    list_display = ["campaign", "kind", "rank"]
    list_filter = ["campaign__state"]
    list_select_related = ["campaign"]
    search_fields = ["campaign__title"]
    fields = ["campaign", "activities"]
    readonly_fields = ["campaign"]
    autocomplete_fields = ["activities"]
    actions = None

    def get_queryset(self, request):
        return super().get_queryset(request).filter(kind=Action.Kind.ATTEND)

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
