"""Campaigns as staff write them. What may be written depends on the state; the state moves only by its verbs."""

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.urls import path, reverse

from campaigns import actions
from campaigns.admin.locking import LockedOnPost
from campaigns.admin.numbers import NumbersMixin
from campaigns.admin.partner import PartnerInline
from campaigns.forms import ApproveCampaignForm, CampaignForm
from campaigns.models import Action, Campaign
from sanctuary import access
from sanctuary.views import ActionView

State = Campaign.State
WORDS = ["title", "slug", "ask", "why", "decision_maker", "deadline", "coalition", "goals", "principles"]
WORDS += ["relay_text", "next_steps"]
# Once approved, the ask stands. What came of it is written when something has.
WRITABLE = {
    State.DRAFT: WORDS,
    State.APPROVED: ["deadline", "relay_text", "next_steps"],
    State.LIVE: ["why", "deadline", "relay_text", "next_steps", "results_note"],
    State.RESTING: ["why", "deadline", "relay_text", "next_steps", "results_note"],
    State.CLOSED: ["results_note"],
}
STAMPS = ["owner", "approved_by", "approved_at", "purpose_note"]
FIGURES = ["counts", "constituencies", "passed_on"]

# What can be done from each state, the likeliest first: verb, words on the button, and what happens then.
STEPS = {
    State.APPROVED: [
        ("make_live", "Make it live", "The page opens to everybody and people can add their names."),
        ("return_to_draft", "Change the words", "The approval is void and somebody must approve it again."),
    ],
    State.LIVE: [
        ("rest_campaign", "Let it rest", "The page stays, but nobody can add a name for now."),
        ("close_campaign", "Close it", "For good. The page then tells what came of it."),
    ],
    State.RESTING: [
        ("make_live", "Make it live again", "People can add their names again."),
        ("close_campaign", "Close it", "For good. The page then tells what came of it."),
    ],
}
DONE = {
    "make_live": "The campaign is live.",
    "return_to_draft": "The campaign is a draft again.",
    "rest_campaign": "The campaign is resting.",
    "close_campaign": "The campaign is closed. Write what came of it below.",
}


class ActionInline(admin.StackedInline):
    """What people are asked to do, at most one of each kind. The lowest rank is what the page asks first."""

    model = Action
    fields = ["kind", "rank", "statement"]
    extra = 1
    max_num = len(Action.Kind)

    def has_add_permission(self, request, obj=None):
        return super().has_add_permission(request, obj) and (obj is None or obj.state == State.DRAFT)

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and (obj is None or obj.state == State.DRAFT)

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and (obj is None or obj.state == State.DRAFT)


@admin.register(Campaign)
class CampaignAdmin(LockedOnPost, NumbersMixin, admin.ModelAdmin):
    form = CampaignForm
    inlines = [ActionInline, PartnerInline]
    list_display = ["title", "state", "owner", "deadline", "names", "groups"]
    list_filter = ["state"]
    list_select_related = ["owner"]
    search_fields = ["title", "ask"]
    actions = None

    def get_queryset(self, request):
        return super().get_queryset(request).with_names_count().with_relay_count()

    @admin.display(description="Names", ordering="names_count")
    def names(self, campaign):
        return f"{campaign.names_count:,}"

    @admin.display(ordering="relay_count")
    def groups(self, campaign):
        return f"{campaign.relay_count:,}"

    @admin.display(description="Passed on by")
    def passed_on(self, campaign):
        return (
            ", ".join(campaign.relays.order_by("group__name").values_list("group__name", flat=True)) or "No group yet"
        )

    def get_fields(self, request, obj=None):
        if obj is None:
            return WORDS
        return [*WORDS, *STAMPS, *FIGURES, *([] if obj.state in (State.DRAFT, State.APPROVED) else ["results_note"])]

    def get_readonly_fields(self, request, obj=None):
        if obj is None:
            return []
        return [name for name in self.get_fields(request, obj) if name not in WRITABLE[obj.state]]

    def get_prepopulated_fields(self, request, obj=None):
        return {"slug": ["title"]} if obj is None else {}

    def has_delete_permission(self, request, obj=None):
        is_draft = obj is not None and obj.state == State.DRAFT and not obj.mailings.exists()
        return is_draft and super().has_delete_permission(request, obj)

    def save_model(self, request, obj, form, change):
        if not change:
            obj.owner = request.user
        super().save_model(request, obj, form, change)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        if form.has_changed() or any(formset.has_changed() for formset in formsets):
            actions.note_campaign_edit(form.instance, by=request.user)

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        if obj is not None:
            context |= {
                "states": State.choices,
                "steps": STEPS.get(obj.state, []),
                "approve_form": ApproveCampaignForm(initial={"purpose_note": obj.purpose_note}),
                "can_approve": access.allows("campaigns.approve", request.user, obj),
            }
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def get_urls(self):
        steps = {verb for choices in STEPS.values() for verb, *_ in choices}
        views = {"approve": ApproveCampaign.as_view()} | {verb: CampaignStep.as_view(verb=verb) for verb in steps}
        own = [
            path(f"<int:pk>/{name}/", self.admin_site.admin_view(view), name=f"campaigns_campaign_{name}")
            for name, view in sorted(views.items())
        ]
        return own + super().get_urls()


class CampaignStep(ActionView):
    """One verb of a campaign, from a button on its page."""

    rule = "campaigns.manage"
    model = Campaign
    verb = ""

    def act(self, campaign):
        getattr(actions, self.verb)(campaign, by=self.request.user)
        messages.success(self.request, DONE[self.verb])

    def get_success_url(self, campaign):
        return reverse("admin:campaigns_campaign_change", args=[campaign.pk])


class ApproveCampaign(CampaignStep):
    """A second person says how it furthers the charity's purposes."""

    rule = "campaigns.approve"

    def act(self, campaign):
        form = ApproveCampaignForm(self.request.POST)
        if not form.is_valid():
            raise ValidationError([error for errors in form.errors.values() for error in errors])
        actions.approve_campaign(campaign, by=self.request.user, purpose_note=form.cleaned_data["purpose_note"])
        messages.success(self.request, "You approved this campaign. It can be made live now.")
