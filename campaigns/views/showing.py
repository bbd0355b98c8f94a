"""Who is with us, as far as they chose to be shown; and the page where each changes their mind."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, render
from django.utils.functional import cached_property

from campaigns import actions
from campaigns.actions.showing import MY_NAME
from campaigns.filters import WallFilter
from campaigns.forms import ShownForm
from campaigns.models import ActionTaken, Campaign
from sanctuary.people import tokens
from sanctuary.views import FormPage, ListPage, SecretLink


class Wall(ListPage):
    """Organisations first, then people, by name: the order tells nobody when somebody signed."""

    public = True
    template_name = "campaigns/wall.html"
    context_object_name = "names"
    paginate_by = 60

    @cached_property
    def campaign(self) -> Campaign:
        return get_object_or_404(Campaign.objects.public(), slug=self.kwargs["slug"])

    def get_queryset(self):
        shown = ActionTaken.objects.for_campaign(self.campaign).on_the_wall().by_name()
        self.filter = WallFilter(self.request.GET, queryset=shown)
        return self.filter.qs if self.filter.is_valid() else shown.none()

    def get_context_data(self, **kwargs):
        asked = any(self.request.GET.get(name) for name in self.filter.filters)
        return super().get_context_data(campaign=self.campaign, form=self.filter.form, asked=asked, **kwargs)


class MyName(SecretLink, FormPage):
    """The link in each letter about it: take the name off at once, or be shown in another way."""

    template_name = "campaigns/my_name.html"
    form_class = ShownForm

    def refusal(self, request):
        if self.taken is None:
            words = {"words": "This link no longer works"}
            return render(request, "campaigns/name_ended.html", words, status=410)
        return None

    @cached_property
    def taken(self) -> ActionTaken | None:
        try:
            numbers = tokens.read(MY_NAME, self.kwargs["token"])
        except tokens.BadToken:
            return None
        acts = ActionTaken.objects.confirmed().exclude(supporter__email="").filter(supporter__isnull=False)
        return acts.select_related("action__campaign").filter(pk=numbers[0]).first() if len(numbers) == 1 else None

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"kind": self.taken.kind}

    def get_initial(self):
        return {"shown": self.taken.shown}

    def get_context_data(self, **kwargs):
        return super().get_context_data(taken=self.taken, campaign=self.taken.action.campaign, **kwargs)

    def act(self, form):
        taken = actions.show_as(self.taken, form.cleaned_data["shown"])
        said = "Saved." if taken.shown else "Your name is off the page. It still counts."
        messages.success(self.request, said)
        return taken

    def get_success_url(self):
        return self.request.path
