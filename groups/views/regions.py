"""The groups of a region, for those who support them. Members are counted here and never named."""

from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from groups import actions
from groups.forms.regional import MoveForm, VisitForm
from groups.models import LocalGroup, RegionalRole
from groups.models.due import due_for, missing_to_register, next_check_on, with_life, with_people
from groups.models.group import LIVE_STATUSES, REGION_SLUGS
from groups.models.path import BEGINNING, ENDED, path_of, tasks_of
from sanctuary import access
from sanctuary.middleware import passed_second_step
from sanctuary.places.models import Region
from sanctuary.views import FormPage, Page

# Groups that nobody has put on the map yet. National staff look after them.
NOWHERE = "not-placed"
Status = LocalGroup.Status
SHOWN = [
    (Status.ENQUIRY, "Enquiries"),
    (Status.RESEARCHING, "Researching"),
    (Status.FORMING, "Forming"),
    (Status.REGISTERED, "Registered"),
    (Status.ACTIVE, "Active"),
    (Status.DORMANT, "Resting"),
]


class Overseeing:
    """Stands before a base view. National staff pass the second step here too: there are telephone numbers inside."""

    rule = "groups.oversee_region"

    def dispatch(self, request, *args, **kwargs):
        if request.user.is_staff and not passed_second_step(request):
            return redirect("mfa_index")
        return super().dispatch(request, *args, **kwargs)


class InRegion(Overseeing):
    """Finds the region of the address. One that is somebody else's, and none at all, are answered alike."""

    @cached_property
    def region(self) -> str:
        slug, user = self.kwargs["slug"], self.request.user
        region = "" if slug == NOWHERE and user.is_staff else REGION_SLUGS.get(slug)
        if region is None or not access.allows(self.rule, user, region):
            raise Http404
        return region

    def require(self, noun=None):
        super().require(self.region)

    def groups(self):
        """Their groups, with what is written down about each."""
        return with_life(LocalGroup.objects.overseen_by(self.request.user).in_region(self.region))

    def get_context_data(self, **kwargs):
        name = Region(self.region).label if self.region else "Not placed yet"
        return super().get_context_data(region=name, region_slug=self.kwargs["slug"], **kwargs)


class Regions(Overseeing, Page):
    """Where to begin: the regions that this person supports."""

    template_name = "groups/region_list.html"

    def get_context_data(self, **kwargs):
        groups = LocalGroup.objects.overseen_by(self.request.user)
        counts = {
            row["region"]: row
            for row in groups.order_by()
            .values("region")
            .annotate(
                live=Count("pk", filter=Q(status__in=LIVE_STATUSES)),
                beginning=Count("pk", filter=Q(status__in=BEGINNING)),
            )
        }
        mine = RegionalRole.objects.of(self.request.user, timezone.localdate()).values_list("region", flat=True)
        is_staff = self.request.user.is_staff
        shown = [(slug, region) for slug, region in REGION_SLUGS.items() if is_staff or region in set(mine)]
        rows = [{"slug": slug, "name": region.label, **counts.get(region, {})} for slug, region in shown]
        if is_staff and "" in counts:
            rows.append({"slug": NOWHERE, "name": "Not placed yet", **counts[""]})
        return super().get_context_data(regions=rows, **kwargs)


class RegionOverview(InRegion, Page):
    template_name = "groups/region_overview.html"

    def get_context_data(self, **kwargs):
        today, by_state = timezone.localdate(), {}
        groups = self.groups().exclude(status__in=ENDED).order_by("name")
        for group in with_people(groups, today):
            group.due = due_for(group, today)
            by_state.setdefault(group.status, []).append(group)
        states = [{"name": name, "groups": by_state[status]} for status, name in SHOWN if status in by_state]
        return super().get_context_data(states=states, **kwargs)


class RegionGroup(InRegion, FormPage):
    """One group: what is written down about it, the next step of its life, and notes of visits."""

    template_name = "groups/region_group.html"
    form_class = MoveForm
    success_message = "Done."

    @cached_property
    def group(self) -> LocalGroup:
        groups = with_people(self.groups(), timezone.localdate())
        return get_object_or_404(groups, slug=self.kwargs["group"])

    def require(self, noun=None):
        super().require(noun)
        self.group  # noqa: B018 - another region's group is no page, whatever is asked of it

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"group": self.group}

    def act(self, form):
        told = form.cleaned_data
        verbs = {
            Status.RESEARCHING: actions.welcome_enquiry,
            Status.FORMING: actions.begin_forming,
            Status.REGISTERED: actions.register_group,
            Status.ACTIVE: actions.activate_group,
            Status.DORMANT: actions.rest_group,
            Status.CLOSED: actions.close_group,
            Status.DECLINED: actions.decline_enquiry,
        }
        by, reason = self.request.user, told["reason"]
        if told["to"] == Status.MERGED:
            return actions.merge_enquiry(self.group, into=told["into"], by=by, reason=reason)
        return verbs[Status(told["to"])](self.group, by=by, reason=reason)

    def form_valid(self, form):
        response = super().form_valid(form)
        if response.status_code == 302:
            messages.success(self.request, self.success_message)
        return response

    def get_success_url(self):
        return reverse("groups:region_group", args=[self.kwargs["slug"], self.group.slug])

    def get_context_data(self, **kwargs):
        group, today = self.group, timezone.localdate()
        due = due_for(group, today)
        kwargs = {"visit_form": VisitForm(initial={"on": today}), **kwargs}
        return super().get_context_data(
            group=group,
            path=path_of(group),
            tasks=tasks_of(group, due, today),
            due=due,
            missing=missing_to_register(group) if group.status == Status.FORMING else [],
            check_due_on=next_check_on(group) if group.is_live else None,
            enquiries=group.enquiries.all(),
            checks=group.health_checks.submitted()[:5],
            moves=group.life_moves.select_related("recorded_by", "joined_group")[:10],
            visits=group.support_visits.select_related("recorded_by")[:10],
            **kwargs,
        )


class NoteVisit(RegionGroup):
    """The second form of the same page."""

    form_class = VisitForm
    success_message = "Your note is saved."

    def get(self, request, *args, **kwargs):
        return redirect(self.get_success_url())

    def get_form_kwargs(self):
        given = super().get_form_kwargs()
        given.pop("group")
        return given

    def act(self, form):
        return actions.note_visit(self.group, by=self.request.user, **form.cleaned_data)

    def form_invalid(self, form):
        context = self.get_context_data(form=MoveForm(group=self.group), visit_form=form)
        return self.render_to_response(context, status=422)
