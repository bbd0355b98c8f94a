"""Our group: where it is in its life, and what the network needs to know of it. Helpers look; coordinators change."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from groups import actions
from groups.forms.life import ContactForm, HealthCheckForm, SafeguardingForm, SignForm
from groups.models import CharterSignature, GroupContact, HealthCheck, LocalGroup, RegionalRole
from groups.models.charter import CHARTER
from groups.models.contact import MOST_CONTACTS
from groups.models.due import due_for, next_check_on, safeguarding_of, with_life
from groups.models.path import path_of, tasks_of
from groups.views.room import Room
from sanctuary import access
from sanctuary.people.models import Wording
from sanctuary.views import ActionView, FormPage, Page


class LifeRoom(Room):
    """Whoever helps to run the group may read; a POST is for those who coordinate it."""

    rule = "groups.manage"
    success_message = ""

    @cached_property
    def may_change(self) -> bool:
        return access.allows("groups.coordinate", self.request.user, self.group)

    def post(self, request, *args, **kwargs):
        access.require("groups.coordinate", request.user, self.group)
        return super().post(request, *args, **kwargs)

    def form_valid(self, form):
        response = super().form_valid(form)
        if self.success_message and response.status_code == 302:
            messages.success(self.request, self.success_message)
        return response

    def get_success_url(self):
        return reverse("groups:our_group", args=[self.group.slug])

    def get_context_data(self, **kwargs):
        return super().get_context_data(may_change=self.may_change, **kwargs)


class OurGroup(LifeRoom, Page):
    template_name = "groups/our_group.html"

    @cached_property
    def group(self):
        user = self.request.user
        mine = LocalGroup.objects.visible_to(user).with_part_of(user)
        return get_object_or_404(with_life(mine), slug=self.kwargs["group"])

    def get_context_data(self, **kwargs):
        group, today = self.group, timezone.localdate()
        due = [one for one in due_for(group, today) if not one.for_region]
        supporters = RegionalRole.objects.current(today).filter(region=group.region).select_related("user")
        return super().get_context_data(
            path=path_of(group),
            tasks=tasks_of(group, due, today),
            due=due,
            moves=group.life_moves.all()[:10],
            visits=group.support_visits.all()[:5],
            supporters=supporters,
            **kwargs,
        )


class Contacts(LifeRoom, FormPage):
    form_class = ContactForm
    template_name = "groups/contacts.html"
    success_message = "The contact is saved."

    def act(self, form):
        return actions.add_contact(self.group, by=self.request.user, **form.cleaned_data)

    def get_success_url(self):
        return reverse("groups:contacts", args=[self.group.slug])

    def get_context_data(self, **kwargs):
        contacts = list(GroupContact.objects.for_group(self.group))
        return super().get_context_data(contacts=contacts, has_room=len(contacts) < MOST_CONTACTS, **kwargs)


class OneContact(LifeRoom):
    """Finds the contact of this group. Helpers see no telephone numbers, so for them there is no such page."""

    def require(self, noun=None):
        super().require(noun)
        if not self.may_change:
            raise Http404

    @cached_property
    def contact(self) -> GroupContact:
        return get_object_or_404(GroupContact.objects.for_group(self.group), pk=self.kwargs["pk"])

    def get_success_url(self, noun=None):
        return reverse("groups:contacts", args=[self.group.slug])


class EditContact(OneContact, FormPage):
    form_class = ContactForm
    template_name = "groups/contact.html"
    success_message = "The contact is saved."

    def get_initial(self):
        return {name: getattr(self.contact, name) for name in ContactForm.base_fields}

    def act(self, form):
        self.contact  # noqa: B018 - a wrong number is a 404, whatever was typed
        return actions.change_contact(self.contact, by=self.request.user, **form.cleaned_data)

    def get_context_data(self, **kwargs):
        return super().get_context_data(contact=self.contact, **kwargs)


class RemoveContact(OneContact, ActionView):
    success_message = "The contact is removed."

    def get_object(self):
        self.require()
        return self.contact

    def act(self, noun):
        actions.remove_contact(noun, by=self.request.user)


class SafeguardingPage(LifeRoom, FormPage):
    form_class = SafeguardingForm
    template_name = "groups/safeguarding.html"
    success_message = "The safeguarding page is saved."

    def get_initial(self):
        return SafeguardingForm.answers_of(safeguarding_of(self.group))

    def act(self, form):
        return actions.save_safeguarding(self.group, by=self.request.user, **form.cleaned_data)

    def get_context_data(self, **kwargs):
        return super().get_context_data(known=safeguarding_of(self.group), today=timezone.localdate(), **kwargs)


class Charter(LifeRoom, FormPage):
    form_class = SignForm
    template_name = "groups/charter.html"
    success_message = "Thank you. Your group has signed the Charter."

    @cached_property
    def wording(self) -> Wording:
        try:
            return Wording.objects.current(CHARTER)
        except Wording.DoesNotExist as error:
            raise Http404("The words of the Charter are not set up.") from error

    def get_initial(self):
        return {"version": self.wording.version, "name": self.request.user.name}

    def act(self, form):
        told = form.cleaned_data
        read = Wording.objects.filter(slug=CHARTER, version=told["version"]).first() or self.wording
        return actions.sign_charter(
            self.group, wording=read, name=told["name"], role=told["role"], by=self.request.user
        )

    def get_context_data(self, **kwargs):
        signatures = list(CharterSignature.objects.for_group(self.group))
        is_signed = any(one.wording_id == self.wording.pk for one in signatures)
        return super().get_context_data(wording=self.wording, signatures=signatures, is_signed=is_signed, **kwargs)


class HealthCheckPage(LifeRoom, FormPage):
    form_class = HealthCheckForm
    template_name = "groups/health_check.html"

    @cached_property
    def group(self):
        user = self.request.user
        mine = LocalGroup.objects.visible_to(user).with_part_of(user)
        return get_object_or_404(with_life(mine), slug=self.kwargs["group"])

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"is_draft": "save" in self.request.POST}

    def get_initial(self):
        return HealthCheckForm.answers_of(HealthCheck.objects.drafts().filter(group=self.group).first())

    def act(self, form):
        if "save" in self.request.POST:
            self.success_message = "Your answers are saved. You can go on another day."
            return actions.save_health_check(self.group, by=self.request.user, **form.cleaned_data)
        self.success_message = "Thank you. Your health check is sent."
        return actions.submit_health_check(self.group, by=self.request.user, **form.cleaned_data)

    def get_success_url(self):
        return reverse("groups:health_check", args=[self.group.slug])

    def get_context_data(self, **kwargs):
        sent = list(HealthCheck.objects.submitted().filter(group=self.group).select_related("submitted_by"))
        due_on = next_check_on(self.group)
        return super().get_context_data(history=sent, due_on=due_on, **kwargs)
