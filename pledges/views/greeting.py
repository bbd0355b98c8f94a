"""The list a coordinator greets from."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from groups.views.room import Room
from pledges import actions
from pledges.forms import WelcomeForm
from pledges.models import Pledge
from sanctuary.views import ActionView, ListPage


class ToGreet(Room, ListPage):
    """New pledgers of one group, oldest first."""

    rule = "groups.coordinate"
    template_name = "pledges/pledge_to_greet.html"
    context_object_name = "pledges"

    def get_queryset(self):
        mine = Pledge.objects.visible_to(self.request.user).for_group(self.group).to_greet()
        return mine.with_supporter().with_may_email(self.group.controller_id).order_by("confirmed_at", "pk")

    def get_context_data(self, **kwargs):
        if "form" not in kwargs:
            kwargs["form"] = WelcomeForm(initial={"letter": actions.welcome_words(self.group)})
        context = super().get_context_data(**kwargs)
        return context | {"can_write": any(pledge.may_email for pledge in context["pledges"])}

    def post(self, request, *args, **kwargs):
        self.require()
        form = WelcomeForm(request.POST)
        if not form.is_valid():
            self.object_list = self.get_queryset()
            return self.render_to_response(self.get_context_data(form=form), status=422)
        told = form.cleaned_data
        done = actions.welcome_pledgers(self.group, told["who"], text=told["letter"], by=request.user)
        messages.success(request, self.said(done))
        return redirect("pledges:to_greet", self.group.slug)

    @staticmethod
    def said(done: actions.Welcomed) -> str:
        people = {1: "1 person"}
        parts = []
        if done.written:
            parts.append(f"Your welcome is on its way to {people.get(done.written, f'{done.written} people')}.")
        if done.marked:
            who = people.get(done.marked, f"{done.marked} people")
            parts.append(f"Marked as greeted without an email, because they want none: {who}.")
        return " ".join(parts) or "They had all been greeted already. Nothing was sent."


class Greet(Room, ActionView):
    rule = "groups.coordinate"
    success_message = "Done: {noun.supporter.name} has been greeted."

    def get_object(self):
        self.require()
        mine = Pledge.objects.visible_to(self.request.user).for_group(self.group).with_supporter()
        return get_object_or_404(mine, pk=self.kwargs["pk"])

    def act(self, noun):
        actions.greet_pledger(noun, by=self.request.user)

    def get_success_url(self, noun):
        return reverse("pledges:to_greet", args=[self.kwargs["group"]])
