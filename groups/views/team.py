"""Who does what for a group: now and before, invited, and stepping down."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from groups import actions
from groups.forms.team import HandoverForm, InviteForm
from groups.models import GroupRole, HandBack, Invitation
from groups.models.role import roles_to_give
from groups.views.room import Room
from sanctuary.people.models import User
from sanctuary.templatetags.ui import short_date
from sanctuary.views import ActionView, FormPage

FORMER_SHOWN = 20


class Team(Room, FormPage):
    """Who does what, and the form that asks somebody else to join."""

    rule = "groups.coordinate"
    form_class = InviteForm
    template_name = "groups/team.html"

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"roles": self.gives}

    @cached_property
    def gives(self):
        return roles_to_give(self.request.user, self.group)

    def get_context_data(self, **kwargs):
        today = timezone.localdate()
        roles = self.group.roles.select_related("user").order_by("started_on", "pk")
        invitations = self.group.invitations.unanswered().with_people().order_by("invited_at")
        return super().get_context_data(
            today=today,
            now=timezone.now(),
            gives=self.gives,
            roles=sorted(roles.not_over(today), key=_by_weight),
            former=roles.over(today).order_by("-ended_on", "pk")[:FORMER_SHOWN],
            invitations=invitations,
            hand_back=HandBack.objects.open().filter(group=self.group).first(),
            **kwargs,
        )

    def act(self, form):
        return actions.invite(self.group, by=self.request.user, **form.cleaned_data)

    def get_success_url(self):
        messages.success(self.request, f"We have sent a letter to {self.outcome.email}.")
        return reverse("groups:team", args=[self.group.slug])


def _by_weight(role: GroupRole) -> int:
    return GroupRole.Role.values.index(role.role)


class TeamVerb(Room, ActionView):
    """A press of a button in the list of the team."""

    rule = "groups.coordinate"

    def get_success_url(self, noun):
        return reverse("groups:team", args=[self.group.slug])


class EndRole(TeamVerb):
    """One's own role, or one that one may give: asked once more before it ends."""

    http_method_names = ["get", "head", "post"]

    def get(self, request, *args, **kwargs):
        role = self.get_object()
        context = {"group": self.group, "role": role, "is_own": role.user_id == request.user.pk}
        return render(request, "groups/end_role.html", context)

    def get_object(self):
        self.require()
        return get_object_or_404(self.group.roles.not_over(timezone.localdate()), pk=self.kwargs["pk"])

    def act(self, noun):
        is_own = noun.user_id == self.request.user.pk
        if not is_own and noun.role not in roles_to_give(self.request.user, self.group):
            raise ValidationError("Only a coordinator can end the role of a coordinator.", code="not_yours_to_end")
        actions.end_role(noun, by=self.request.user)
        messages.success(self.request, f"{noun.user} is not {noun.get_role_display().lower()} any more.")

    def get_success_url(self, noun):
        # Whoever ended their own way in is not sent to a closed door.
        own = noun.user_id == self.request.user.pk
        return reverse("groups:manage_home") if own else super().get_success_url(noun)


class InvitationVerb(TeamVerb):
    def get_object(self):
        self.require()
        return get_object_or_404(self.group.invitations.unanswered(), pk=self.kwargs["pk"])


class InvitationAgain(InvitationVerb):
    success_message = "We have sent the letter again."

    def act(self, noun):
        if noun.role not in roles_to_give(self.request.user, self.group):
            raise ValidationError("You cannot give this role.", code="not_yours_to_give")
        actions.send_again(noun, by=self.request.user)


class InvitationRevoke(InvitationVerb):
    success_message = "The invitation is taken back. Its link opens nothing any more."

    def act(self, noun):
        if noun.role not in roles_to_give(self.request.user, self.group):
            raise ValidationError("You cannot take this invitation back.", code="not_yours_to_give")
        actions.revoke_invitation(noun, by=self.request.user)


class Handover(Room, FormPage):
    """I am stepping down: to whom, and when."""

    rule = "groups.coordinate"
    form_class = HandoverForm
    template_name = "groups/handover.html"

    @cached_property
    def role(self) -> GroupRole | None:
        """My own role as coordinator, if it has no last day yet."""
        mine = self.group.roles.open().filter(user=self.request.user, role=GroupRole.Role.COORDINATOR)
        return mine.select_related("group").first()

    @cached_property
    def team(self) -> list[tuple[int, str]]:
        """Everybody else who does something now and does not coordinate already."""
        roles = self.group.roles.current(timezone.localdate()).filter(user__is_active=True)
        already = roles.open().filter(role=GroupRole.Role.COORDINATOR).values("user")
        others = User.objects.filter(group_roles__in=roles).exclude(pk__in=already).distinct().order_by("name", "pk")
        return [(user.pk, str(user)) for user in others]

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"team": self.team}

    def get_context_data(self, **kwargs):
        waiting = Invitation.objects.unanswered().filter(replaces=self.role).first() if self.role else None
        return super().get_context_data(role=self.role, waiting=waiting, now=timezone.now(), **kwargs)

    def post(self, request, *args, **kwargs):
        return super().post(request, *args, **kwargs) if self.role else redirect(self.get_success_url())

    def act(self, form):
        given = form.cleaned_data
        if given["successor"] == "national":
            return actions.hand_back(self.role, on=given["on"], by=self.request.user)
        email = given["email"]
        if given["successor"] != "email":
            email = User.objects.get(pk=given["successor"]).email
        return actions.start_handover(self.role, email=email, on=given["on"], by=self.request.user)

    def form_valid(self, form):
        answer = super().form_valid(form)
        if isinstance(getattr(self, "outcome", None), HandBack):
            day = short_date(form.cleaned_data["on"])
            messages.success(
                self.request, f"The national team know. Your last day is {day}. Thank you for all you did."
            )
            return redirect("groups:manage_home")
        if hasattr(self, "outcome"):
            messages.success(self.request, "We have asked them. Until they say yes, nothing changes.")
        return answer

    def get_success_url(self):
        return reverse("groups:team", args=[self.group.slug])
