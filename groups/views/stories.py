"""Stories in public: each only while its teller's consent lives. What was taken back is gone, and says so."""

from django.core.exceptions import NON_FIELD_ERRORS
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.views.generic import View

from groups.forms.story import StoryForm
from groups.models import Story, StoryConsent
from sanctuary.views import DetailPage, Door, ListPage

FACE = StoryConsent.Use.FACE


def may_show_picture(story: Story, today) -> bool:
    """Whether everybody may see its picture: one that people could know the teller by needs a yes of its own."""
    picture = getattr(story, "picture", None)
    if picture is None:
        return False
    return not picture.shows_face or story.consents.live(today).filter(use=FACE).exists()


class NeverKept:
    """Stands before a base view: no cache keeps the answer, so a story taken back is gone from the next request on."""

    def dispatch(self, request, *args, **kwargs):
        response = super().dispatch(request, *args, **kwargs)
        add_never_cache_headers(response)
        return response


class StoryList(NeverKept, ListPage):
    public = True
    paginate_by = 12
    context_object_name = "stories"

    def get_queryset(self):
        return Story.objects.public(timezone.localdate()).select_related("group")


class StoryPage(NeverKept, DetailPage):
    public = True
    context_object_name = "story"

    def get_queryset(self):
        return Story.objects.public(timezone.localdate()).select_related("group", "picture")

    def get(self, request, *args, **kwargs):
        try:
            return super().get(request, *args, **kwargs)
        except Http404:
            # Gone, not missing: search engines then drop it at once. A draft was never there.
            if Story.objects.filter(slug=kwargs["slug"], published_at__isnull=False).exists():
                return render(request, "groups/story_gone.html", status=410)
            raise

    def get_context_data(self, **kwargs):
        shows_picture = may_show_picture(self.object, timezone.localdate())
        return super().get_context_data(shows_picture=shows_picture, **kwargs)


class StoryImage(NeverKept, Door, View):
    """The picture, by itself and inert."""

    public = True

    def get(self, request, slug):
        today = timezone.localdate()
        story = Story.objects.public(today).select_related("picture").filter(slug=slug).first()
        if story is None or not may_show_picture(story, today):
            raise Http404
        return picture_of(story)


class WritesStory:
    """Stands before a FormPage with a StoryForm: who saves second sees what the first wrote and keeps their own."""

    form_class = StoryForm

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"instance": Story.objects.get(pk=self.story.pk)}

    def get_initial(self):
        return {"seen": self.story.content_hash}

    def form_invalid(self, form):
        if not form.has_error(NON_FIELD_ERRORS, "changed"):
            return super().form_invalid(form)
        now = Story.objects.get(pk=self.story.pk)
        form.data = form.data.copy()
        form.data["seen"] = now.content_hash
        return self.render_to_response(self.get_context_data(form=form, theirs=now), status=422)


def picture_of(story: Story) -> HttpResponse:
    answer = HttpResponse(bytes(story.picture.data), content_type="image/jpeg")
    answer.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'; sandbox"
    answer.headers["Content-Disposition"] = 'inline; filename="picture.jpg"'
    return answer
