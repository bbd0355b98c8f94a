"""Names before they stand in public: staff look at each organisation's, and at what is no plain name of a person."""

from typing import ClassVar

from django.contrib import admin, messages
from django.urls import path, reverse

from campaigns import actions
from campaigns.models import ShownName
from sanctuary.access import ReadOnlyAdmin
from sanctuary.views import ActionView


class StateFilter(admin.SimpleListFilter):
    """What waits comes first: that is what the list is for."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [("", "To look at"), ("shown", "On the page"), ("refused", "Kept off the page"), ("all", "All")]

    def choices(self, changelist):
        for value, words in self.lookup_choices:
            query = changelist.get_query_string({self.parameter_name: value} if value else {}, [self.parameter_name])
            yield {"selected": (self.value() or "") == value, "query_string": query, "display": words}

    def queryset(self, request, queryset):
        if self.value() == "shown":
            return queryset.on_the_wall()
        if self.value() == "refused":
            return queryset.filter(name_refused=True)
        return queryset if self.value() == "all" else queryset.filter(name_checked_at__isnull=True)


@admin.register(ShownName)
class ShownNameAdmin(ReadOnlyAdmin):
    """Look, then let it stand or keep it off. What people chose is not for staff to change."""

    list_display = ["shown_name", "shown_place", "kind", "campaign", "organisation_type", "name_state"]
    list_filter = [StateFilter, "kind", "shown", "action__campaign"]
    list_select_related = ["action__campaign", "supporter", "name_checked_by"]
    search_fields = ["shown_name"]
    ordering = ["kind", "shown_name", "pk"]
    show_full_result_count = False
    actions = ["let_stand", "keep_off"]
    change_form_template = "admin/campaigns/shownname/change_form.html"
    fields = [
        "shown_name",
        "shown_place",
        "shown",
        "kind",
        "organisation_type",
        "supporter",
        "contact",
        "campaign",
        "name_state",
        "name_checked_at",
        "name_checked_by",
    ]
    readonly_fields = ["contact", "campaign", "name_state"]

    def get_queryset(self, request):
        return super().get_queryset(request).wanting_to_be_shown()

    @admin.display(ordering="action__campaign__title")
    def campaign(self, taken):
        return taken.action.campaign

    @admin.display(description="contact person")
    def contact(self, taken):
        return ", ".join(filter(None, [taken.supporter.contact_name, taken.supporter.job_role])) or "–"

    @admin.display(description="state")
    def name_state(self, taken):
        if taken.name_refused:
            return "Kept off the page"
        return "On the page" if taken.name_checked_at else "To look at"

    @admin.action(description="Let these names stand in public", permissions=["view"])
    def let_stand(self, request, queryset):
        news = sum(actions.check_name(taken, by=request.user) for taken in queryset)
        self.message_user(request, f"On the page now: {news}.", messages.SUCCESS)

    @admin.action(description="Keep these names off the page", permissions=["view"])
    def keep_off(self, request, queryset):
        news = sum(actions.refuse_name(taken, by=request.user) for taken in queryset)
        self.message_user(request, f"Kept off the page: {news}.", messages.SUCCESS)

    def get_urls(self):
        one = [("check", "check_name"), ("refuse", "refuse_name")]
        own = [
            path(
                f"<int:pk>/{where}/",
                self.admin_site.admin_view(NameVerb.as_view(verb=verb)),
                name=f"campaigns_shownname_{where}",
            )
            for where, verb in one
        ]
        return own + super().get_urls()


class NameVerb(ActionView):
    """One name, from a button on its page."""

    rule = "campaigns.check_names"
    model = ShownName
    verb = ""
    said: ClassVar = {"check_name": "The name is on the page.", "refuse_name": "The name is kept off the page."}

    def act(self, taken):
        getattr(actions, self.verb)(taken, by=self.request.user)
        messages.success(self.request, self.said[self.verb])

    def get_success_url(self, taken):
        return reverse("admin:campaigns_shownname_changelist")
