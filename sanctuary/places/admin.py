"""Who sits where, for staff to look up. All of it comes from files and services, so nothing is edited here."""

from django.contrib import admin

from sanctuary.places.models import Constituency, Load, Representative

# What to do where something is not loaded.
COMMANDS = {
    Load.What.POSTCODES: "load_directory",
    Load.What.WESTMINSTER: "load_constituencies",
    Load.What.SCOTTISH: "load_constituencies",
    Load.What.SCOTTISH_REGION: "load_constituencies",
    Load.What.SENEDD: "load_constituencies",
    Load.What.COMMONS: "load_members",
    Load.What.LORDS: "load_members --house lords",
    Load.What.MSPS: "load_representatives --house scottish",
    Load.What.MSS: "load_representatives --house senedd",
    Load.What.MLAS: "load_representatives --house assembly",
    Load.What.COUNCILLORS: "load_representatives --house council",
}


class LoadedAdmin(admin.ModelAdmin):
    """A list to read, which says above how old it is and what is not loaded."""

    change_list_template = "admin/places/change_list.html"
    actions = None

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def changelist_view(self, request, extra_context=None):
        loads = {load.what: load for load in Load.objects.all()}
        told = [{"name": what.label, "load": loads.get(what), "command": COMMANDS[what]} for what in self.shown_loads]
        return super().changelist_view(request, {"loads": told, **(extra_context or {})})


@admin.register(Constituency)
class ConstituencyAdmin(LoadedAdmin):
    shown_loads = list(Load.What)[:5]
    list_display = ["name", "code", "kind", "nation"]
    list_filter = ["kind", "nation"]
    search_fields = ["name", "code"]


class InOffice(admin.SimpleListFilter):
    title = "in office"
    parameter_name = "in_office"

    def lookups(self, request, model_admin):
        return [("yes", "In office"), ("no", "Has left")]

    def queryset(self, request, queryset):
        return queryset if self.value() is None else queryset.filter(until__isnull=self.value() == "yes")


@admin.register(Representative)
class RepresentativeAdmin(LoadedAdmin):
    shown_loads = list(Load.What)[5:]
    list_display = ["name", "house", "constituency", "ward", "email", "until"]
    list_filter = ["house", InOffice]
    list_select_related = ["constituency"]
    search_fields = ["name", "constituency__name", "ward", "district_code"]
