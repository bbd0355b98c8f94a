"""Pages that belong to no app, and the two that say whether we are well."""

from django.core.cache import cache
from django.db import connection
from django.http import HttpResponse
from django.views.generic import View

from sanctuary.views import Door, Page


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


class Home(Page):
    public = True
    template_name = "home.html"
