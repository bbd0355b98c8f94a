"""Pages that belong to no app, and the two that say whether we are well."""

from django.core.cache import cache
from django.db import connection
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.views.generic import View

from groups.forms import FindGroupForm
from groups.models import Activity, LocalGroup, Story
from sanctuary.printing import brand_picture
from sanctuary.views import Door, DrawnFile, Page

ACTIVITIES_SHOWN = 3


class Healthz(Door, View):
    """The process answers."""

    public = True

    def get(self, request):
        return HttpResponse("ok", content_type="text/plain")


class Readyz(Door, View):
    """The database and the broker answer too."""

    public = True

    def get(self, request):
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        cache.set("readyz", 1, 10)
        return HttpResponse("ok", content_type="text/plain")


class Words(Page):
    """A page of words alone."""

    public = True


class Picture(DrawnFile):
    """Beside links to pages without a picture of their own."""

    def get_object(self):
        return None

    def drawing(self, noun):
        return brand_picture()

    def file_name(self, noun):
        return "city-of-sanctuary.png"


class Home(Page):
    """The front door: find your group, see what is on, do something today."""

    public = True
    template_name = "home.html"

    def get(self, request, *args, **kwargs):
        response = super().get(request, *args, **kwargs)
        # It may show a story, and one that was taken back is gone from the next request on.
        add_never_cache_headers(response)
        return response

    def get_context_data(self, **kwargs):
        live = LocalGroup.objects.live()
        regions = live.count_by_region()
        return super().get_context_data(
            form=FindGroupForm(),
            regions=regions,
            group_count=sum(region["count"] for region in regions),
            spots=live.spots(),
            activities=Activity.objects.public().upcoming(timezone.now()).with_group()[:ACTIVITIES_SHOWN],
            story=Story.objects.public(timezone.localdate()).first(),
            **kwargs,
        )


class SignedIn(Door, View):
    """Straight after signing in: each to their own desk."""

    rule = "signed_in"

    def get(self, request):
        self.require()
        if request.user.is_staff:
            return redirect("admin:index")
        if LocalGroup.objects.run_by(request.user).exists():
            return redirect("groups:manage_home")
        return redirect("home")
