"""What pledges and endorsements share in the admin: names that wait for a look, one by one or many at once."""

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.urls import path, reverse
from django.utils.html import format_html_join

from pledges.models import Refusal
from pledges.models.naming import address_hint
from sanctuary import access
from sanctuary.views import ActionView

RULE = "pledges.check_names"
VERBS = {
    "approve": ("Approve", "The name may stand in public, as its owner chose."),
    "unfit": ("Refuse: cannot stand in public", "It still counts. Its owner reads why by the link in their email."),
    "double": ("Refuse: we count them already", "This one counts no more."),
    "not_theirs": ("Refuse: not from whom it names", "This one counts no more."),
}


class NameFilter(admin.SimpleListFilter):
    title = "name"
    parameter_name = "name"

    def lookups(self, request, model_admin):
        return [("waits", "Waits for a look"), ("stands", "May stand in public"), ("refused", "Refused")]

    def queryset(self, request, queryset):
        asked = {
            "waits": queryset.to_check,
            "stands": queryset.name_may_stand,
            "refused": lambda: queryset.exclude(name_refusal=""),
        }
        return asked[self.value()]() if self.value() in asked else queryset


class NameDesk(admin.ModelAdmin):
    """Says what there is to know about a name, and does what staff decide. Subclasses name the two verbs."""

    change_form_template = "admin/pledges/named.html"
    actions = ["approve_names", "refuse_unfit", "refuse_double", "refuse_not_theirs"]
    show_full_result_count = False

    def approve(self, noun, *, by):
        raise NotImplementedError

    def refuse(self, noun, *, reason, by):
        raise NotImplementedError

    def get_queryset(self, request):
        return super().get_queryset(request).with_double()

    def has_check_names_permission(self, request):
        return access.allows(RULE, request.user)

    def do(self, verb: str, noun, *, by):
        return self.approve(noun, by=by) if verb == "approve" else self.refuse(noun, reason=verb, by=by)

    @admin.display(description="Same name", boolean=True)
    def has_double(self, noun):
        return noun.is_double

    @admin.display(description="Address")
    def hint(self, noun):
        return address_hint(str(noun.supporter or noun.name), noun.supporter.email if noun.supporter else noun.email)

    @admin.display(description="Names like it")
    def alike(self, noun):
        names = type(noun).objects.like(noun)
        return format_html_join("", "{} ({})<br>", ((row.supporter.name, row.supporter.outward_code) for row in names))

    def _do_each(self, request, queryset, verb):
        done = 0
        for noun in queryset:
            try:
                self.do(verb, noun, by=request.user)
                done += 1
            except ValidationError as error:
                who = noun.supporter or f"{noun.name} (not confirmed)"
                self.message_user(request, f"{who}: {error.messages[0]}", messages.ERROR)
        if done:
            words = "approved" if verb == "approve" else "refused"
            self.message_user(request, f"Names {words}: {done}.", messages.SUCCESS)

    @admin.action(description="Approve names", permissions=["check_names"])
    def approve_names(self, request, queryset):
        self._do_each(request, queryset, "approve")

    @admin.action(description=VERBS["unfit"][0], permissions=["check_names"])
    def refuse_unfit(self, request, queryset):
        self._do_each(request, queryset, Refusal.UNFIT)

    @admin.action(description=VERBS["double"][0], permissions=["check_names"])
    def refuse_double(self, request, queryset):
        self._do_each(request, queryset, Refusal.DOUBLE)

    @admin.action(description=VERBS["not_theirs"][0], permissions=["check_names"])
    def refuse_not_theirs(self, request, queryset):
        self._do_each(request, queryset, Refusal.NOT_THEIRS)

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        verbs = VERBS.items() if obj and obj.may_be_looked_at and self.has_check_names_permission(request) else []
        context |= {"verbs": [(verb, *words) for verb, words in verbs], "named": obj}
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def get_urls(self):
        name = f"pledges_{self.model._meta.model_name}"
        views = {verb: CheckName.as_view(model=self.model, desk=self, verb=verb) for verb in VERBS}
        own = [
            path(f"<int:pk>/name/{verb}/", self.admin_site.admin_view(view), name=f"{name}_{verb}")
            for verb, view in views.items()
        ]
        return own + super().get_urls()

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class CheckName(ActionView):
    """One decision about one name, from a button on its page."""

    rule = RULE
    desk: NameDesk | None = None
    verb = ""

    def act(self, noun):
        self.desk.do(self.verb, noun, by=self.request.user)
        messages.success(self.request, f"Done. {VERBS[self.verb][1]}")

    def get_success_url(self, noun):
        return reverse(f"admin:pledges_{noun._meta.model_name}_change", args=[noun.pk])
