"""Base views: one level. Every view of ours is `public` or names a `rule`, never both, never neither."""

import time

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.shortcuts import redirect
from django.utils.cache import add_never_cache_headers, get_conditional_response
from django.utils.decorators import decorator_from_middleware
from django.views.generic import DetailView, FormView, ListView, TemplateView, View
from django.views.generic.detail import SingleObjectMixin

from sanctuary import access

# An old session on a shared or stolen machine must not give away many people at once.
SIGNED_IN_WITHIN = 3600


class Door:
    """Who may come in. A view that finds its object through `visible_to(user)` answers 404 for what is hidden."""

    public = False
    rule: str | None = None

    @classmethod
    def as_view(cls, **initkwargs):
        view = super().as_view(**initkwargs)
        view.login_required = not cls.public
        return view

    def require(self, noun=None):
        """Refuse with 403 what may be seen but not done."""
        if self.rule:
            access.require(self.rule, self.request.user, noun)


class Page(Door, TemplateView):
    """A page that shows something which is no list and no single object."""

    def get(self, request, *args, **kwargs):
        self.require()
        return super().get(request, *args, **kwargs)


class ListPage(Door, ListView):
    paginate_by = 50

    def get(self, request, *args, **kwargs):
        self.require()
        return super().get(request, *args, **kwargs)


class DetailPage(Door, DetailView):
    def get_object(self, queryset=None):
        noun = super().get_object(queryset)
        self.require(noun)
        return noun


class FormPage(Door, FormView):
    """A form; what it asks for is done by an action in `act`, whose ValidationError lands beside the field."""

    def dispatch(self, request, *args, **kwargs):
        self.require()
        return super().dispatch(request, *args, **kwargs)

    def act(self, form):
        raise NotImplementedError

    def form_valid(self, form):
        try:
            self.outcome = self.act(form)
        except ValidationError as error:
            form.add_error(None, error)
            return self.form_invalid(form)
        return super().form_valid(form)

    def form_invalid(self, form):
        return self.render_to_response(self.get_context_data(form=form), status=422)


class ActionView(Door, SingleObjectMixin, View):
    """A verb: fetch, require, act, say so, go on. POST only."""

    http_method_names = ["post"]
    success_message = ""

    def post(self, request, *args, **kwargs):
        noun = self.get_object()
        self.require(noun)
        try:
            self.act(noun)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            if self.success_message:
                messages.success(request, self.success_message.format(noun=noun))
        return redirect(self.get_success_url(noun))

    def act(self, noun):
        raise NotImplementedError

    def get_success_url(self, noun):
        return noun.get_absolute_url()


class DrawnFile(Door, SingleObjectMixin, View):
    """A sheet or a picture that the server draws; whoever holds its newest copy is told so, and nothing is drawn."""

    public = True
    http_method_names = ["get", "head"]
    cache_control = "public, max-age=300"
    # Other sites show these pictures beside links to us.
    resource_policy = "cross-origin"

    def get(self, request, *args, **kwargs):
        noun = self.get_object()
        self.require(noun)
        drawing = self.drawing(noun)
        headers = {
            "Cache-Control": self.cache_control,
            "Content-Disposition": f'inline; filename="{self.file_name(noun)}"',
            "Cross-Origin-Resource-Policy": self.resource_policy,
            "ETag": f'"{drawing.key}"',
        }
        fresh = HttpResponse(content_type=drawing.content_type, headers=headers)
        answer = get_conditional_response(request, etag=headers["ETag"], response=fresh)
        if answer is fresh:
            answer.content = drawing.draw()
        return answer

    def drawing(self, noun):
        raise NotImplementedError

    def file_name(self, noun) -> str:
        """Letters of a slug and an ending: it stands in a header."""
        raise NotImplementedError


class LinkCsrf(CsrfViewMiddleware):
    """The usual check, for pages that tell the browser to send no Referer: it then says `Origin: null`.

    The cookie and the form's token must still match; the cookie's `__Host-` name keeps other hosts from setting it.
    """

    def _origin_verified(self, request):
        return request.META["HTTP_ORIGIN"] == "null" or super()._origin_verified(request)

    def _check_referer(self, request):
        pass


check_form = decorator_from_middleware(LinkCsrf)


class SecretLink(Door):
    """Stands before the base of a page whose address is a key: kept by no cache, never passed on to another site."""

    public = True

    @classmethod
    def as_view(cls, **initkwargs):
        view = super().as_view(**initkwargs)
        view.csrf_exempt = True  # from the check by Referer; `dispatch` makes its own
        return view

    def dispatch(self, request, *args, **kwargs):
        def open_page(request):
            return super(SecretLink, self).dispatch(request, *args, **kwargs)

        response = self.refusal(request)
        if response is None:
            response = open_page(request) if self.needs_no_form() else check_form(open_page)(request)
        add_never_cache_headers(response)
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    def refusal(self, request):
        """A page that says why this link opens nothing; None if it opens."""

    def needs_no_form(self) -> bool:
        """Whether this request may come from elsewhere than a form of ours."""
        return False


def asks_again(request) -> str:
    """Where they show that it is still them; empty if they signed in lately, or have no other way than to sign in."""
    at = max((seen["at"] for seen in get_authentication_records(request, request.user)), default=0)
    ways = get_adapter().get_reauthentication_methods(request.user)
    return ways[0]["url"] if ways and time.time() - at > SIGNED_IN_WITHIN else ""
