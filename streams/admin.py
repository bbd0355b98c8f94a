from django.contrib import admin
from django.db import models

from streams import actions
from streams.models import Convenor, Principle, Resource, Stream, StreamOrganisation


class ConvenorInline(admin.TabularInline):
    model = Convenor
    extra = 0
    autocomplete_fields = ["user"]


class ResourceInline(admin.TabularInline):
    model = Resource
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    extra = 0
    fields = ["title", "version", "summary", "link", "published_on", "is_current"]


@admin.register(Stream)
class StreamAdmin(admin.ModelAdmin):
    list_display = ["name", "audience", "is_open", "order"]
    list_filter = ["is_open"]
    search_fields = ["name", "audience"]
    prepopulated_fields = {"slug": ["name"]}
    inlines = [ResourceInline, ConvenorInline]

    def get_prepopulated_fields(self, request, obj=None):
        # Addresses do not change once they have been printed and linked to.
        return {} if obj else self.prepopulated_fields

    def get_readonly_fields(self, request, obj=None):
        return ["slug"] if obj else []


@admin.register(StreamOrganisation)
class StreamOrganisationAdmin(admin.ModelAdmin):
    list_display = ["organisation", "stream", "is_listed", "joined_on", "left_on"]
    list_filter = ["stream", "is_listed", ("left_on", admin.EmptyFieldListFilter)]
    list_select_related = ["organisation", "stream"]
    search_fields = ["organisation__name"]
    autocomplete_fields = ["organisation", "stream"]
    fields = ["organisation", "stream", "is_listed", "joined_on", "left_on"]
    readonly_fields = ["joined_on", "left_on"]

    def get_readonly_fields(self, request, obj=None):
        return ["organisation", "stream", *self.readonly_fields] if obj else self.readonly_fields

    def save_model(self, request, obj, form, change):
        if change:
            return super().save_model(request, obj, form, change)
        place = actions.join_stream(obj.organisation, obj.stream, is_listed=obj.is_listed, by=request.user)
        obj.pk, obj.joined_on = place.pk, place.joined_on
        return None


@admin.register(Principle)
class PrincipleAdmin(admin.ModelAdmin):
    list_display = ["number", "name"]
    search_fields = ["name"]
    readonly_fields = ["number", "slug"]

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
