"""A group's public page: edited, looked at, published, put back."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone

from groups import actions
from groups.forms.page import PageForm
from groups.models import GroupRole, LocalGroup, PageVersion
from groups.models.page import WORDS, fingerprint
from groups.views.room import Room
from sanctuary.views import ActionView, FormPage, Page

ACTIVITIES_SHOWN = 6
VERSIONS_SHOWN = 10


def shown_on_page(group: LocalGroup) -> dict:
    """What a live group's page shows beside its own words."""
    names = [role.first_name for role in GroupRole.objects.shown_in_public(timezone.localdate()).filter(group=group)]
    return {
        "activities": group.activities.public().upcoming(timezone.now()).with_group()[:ACTIVITIES_SHOWN],
        "first_names": list(dict.fromkeys(filter(None, names))),
        "can_be_written_to": bool(actions.readers(group)),
    }


class PageEdit(Room, FormPage):
    """A draft of one's own: nothing is public before it was looked at."""

    rule = "groups.coordinate"
    form_class = PageForm
    template_name = "groups/page_form.html"

    def draft(self) -> PageVersion | None:
        return PageVersion.objects.draft_of(self.request.user, self.group)

    def get_initial(self):
        source = self.draft() or self.group
        return {name: getattr(source, name) for name in WORDS}

    def get_context_data(self, **kwargs):
        draft = self.draft()
        stands_on = draft.stands_on if draft else fingerprint(self.group)
        return super().get_context_data(
            **{"stands_on": self.request.POST.get("stands_on", stands_on)}
            | kwargs
            | {
                "draft": draft,
                "versions": self.group.page_versions.published().with_author()[:VERSIONS_SHOWN],
                "mine": self.group.roles.current(timezone.localdate())
                .coordinating()
                .filter(user=self.request.user)
                .first(),
            },
        )

    def act(self, form):
        stands_on = self.request.POST.get("stands_on", "")[:24]
        return actions.save_draft(self.group, by=self.request.user, stands_on=stands_on, **form.cleaned_data)

    def form_valid(self, form):
        try:
            self.outcome = self.act(form)
        except ValidationError as error:
            if error.code != "changed_meanwhile":
                raise
            return self.changed_meanwhile(form)
        return redirect("groups:page_preview", self.group.slug)

    def changed_meanwhile(self, form):
        """Both texts are shown, nothing typed is lost, and the next press goes over what stands now."""
        self.group.refresh_from_db()
        context = self.get_context_data(form=form, theirs=self.group, stands_on=fingerprint(self.group))
        return self.render_to_response(context, status=422)


class PagePreview(Room, Page):
    """The public page as it would be, for its author alone."""

    rule = "groups.coordinate"
    template_name = "groups/page_preview.html"

    def get(self, request, *args, **kwargs):
        self.require()
        self.draft = PageVersion.objects.draft_of(request.user, self.group)
        if self.draft is None:
            return redirect("groups:page_edit", self.group.slug)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        is_own = self.draft.mailbox and self.group.roles.filter(user__email__iexact=self.draft.mailbox).exists()
        for name, value in self.draft.words().items():
            setattr(self.group, name, value)
        self.group.member_count = self.group.memberships.current().count()
        return super().get_context_data(
            draft=self.draft, is_own_mailbox=is_own, is_preview=True, **shown_on_page(self.group), **kwargs
        )


class PageVerb(Room, ActionView):
    """Something done with one's own draft."""

    rule = "groups.coordinate"

    def get_object(self):
        self.require()
        return self.group

    def get_success_url(self, noun):
        return reverse("groups:page_edit", args=[self.group.slug])


class PagePublish(PageVerb):
    """The draft becomes the page, unless somebody else's did meanwhile."""

    def post(self, request, *args, **kwargs):
        group = self.get_object()
        draft = PageVersion.objects.draft_of(request.user, group)
        if draft is None:
            return redirect("groups:page_edit", group.slug)
        try:
            actions.publish_draft(draft, by=request.user)
        except ValidationError:
            return self.show_both(draft)
        messages.success(request, "Your page is published.")
        return redirect("groups:page_edit", group.slug)

    def show_both(self, draft):
        page = PageEdit()
        page.setup(self.request, *self.args, **self.kwargs)
        return page.changed_meanwhile(PageForm(initial=draft.words()))


class PageDrop(PageVerb):
    success_message = "Your changes are thrown away. The page stays as it is."

    def act(self, noun):
        actions.drop_draft(noun, by=self.request.user)


class PagePutBack(PageVerb):
    """An earlier text as a draft, to look at before it is public again."""

    def get_object(self):
        self.require()
        return get_object_or_404(self.group.page_versions.published(), pk=self.kwargs["pk"])

    def act(self, noun):
        actions.draft_from(noun, by=self.request.user)

    def get_success_url(self, noun):
        return reverse("groups:page_preview", args=[self.group.slug])


class PageName(PageVerb):
    """My first name on the page, or not."""

    def act(self, noun):
        agrees = self.request.POST.get("agrees") == "yes"
        actions.choose_to_be_named(noun, by=self.request.user, agrees=agrees)
        messages.success(self.request, "Your first name is on the page." if agrees else "Your name is not on the page.")
