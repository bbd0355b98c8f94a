"""Saying that you come: the form, and the page behind the link in the letters."""

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import View

from groups import actions
from groups.forms.booking import BookingForm, GuestsForm
from groups.models import Activity, Booking
from groups.views import ics
from sanctuary.people import links, tokens
from sanctuary.views import FormPage, Page, SecretLink


class OfActivity:
    """Stands before a base view: about one activity of the public calendar."""

    @cached_property
    def activity(self) -> Activity:
        return get_object_or_404(Activity.objects.public().with_group().with_seats(), pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs):
        return super().get_context_data(activity=self.activity, slim=True, **kwargs)


class Book(OfActivity, FormPage):
    """I would like to come. Closed for what is over, cancelled or hidden: the activity's own page says why."""

    public = True
    form_class = BookingForm
    template_name = "groups/booking_form.html"

    def dispatch(self, request, *args, **kwargs):
        if not self.activity.takes_bookings(timezone.now()):
            return redirect(self.activity.get_absolute_url())
        return super().dispatch(request, *args, **kwargs)

    def act(self, form):
        return actions.ask_booking(self.activity, **form.booking())

    def form_valid(self, form):
        response = super().form_valid(form)
        if response.status_code == 302:
            response.status_code = 303
        return response

    def get_success_url(self):
        return reverse("groups:book_asked", args=[self.activity.pk, self.activity.slug])


class BookAsked(OfActivity, Page):
    """Check your email. It says nothing about whose, so that its address opens nothing."""

    public = True
    template_name = "groups/booking_asked.html"


class BookingLink(SecretLink):
    """Finds the booking that a link was made for, or shows a page that helps."""

    def refusal(self, request):
        try:
            pk, address = tokens.read(actions.BOOKING, self.kwargs["token"])
        except (tokens.BadToken, ValueError):
            return render(request, "people/link_broken.html", {"slim": True}, status=404)
        self.booking = Booking.objects.with_activity().filter(pk=pk).first()
        known = self.booking and self.booking.email and links.fingerprint(self.booking.email) == address
        return None if known else self.gone()

    def gone(self):
        return render(self.request, "groups/booking_old.html", {"slim": True}, status=410)


class BookingPage(BookingLink, FormPage):
    """What you booked: confirm it, see where it is, change how many come, or cancel. Looking changes nothing."""

    form_class = GuestsForm
    template_name = "groups/booking_detail.html"

    def get_initial(self):
        return {"guests": self.booking.guests}

    def post(self, request, *args, **kwargs):
        verb = {"confirm": actions.confirm_booking, "cancel": actions.cancel_booking}.get(request.POST.get("do"))
        if verb is None:
            return super().post(request, *args, **kwargs)
        try:
            outcome = verb(self.booking)
        except Booking.DoesNotExist:
            return self.gone()
        except ValidationError as error:
            return self.render_to_response(self.get_context_data(problem=" ".join(error.messages)), status=422)
        if outcome is None and not Booking.objects.filter(pk=self.booking.pk).exists():
            return render(request, "groups/booking_dropped.html", {"slim": True})
        return redirect(self.address_of(outcome or self.booking))

    def act(self, form):
        return actions.change_booking(self.booking, guests=form.cleaned_data["guests"])

    def get_success_url(self):
        return self.address_of(self.booking)

    def address_of(self, booking):
        return reverse("groups:booking", args=[actions.booking_token(booking)])

    def get_context_data(self, **kwargs):
        kwargs.setdefault("form", GuestsForm(initial=self.get_initial()))
        activity = self.booking.activity
        mine = {
            "booking": self.booking,
            "activity": activity,
            "state": self.booking.state,
            "token": self.kwargs["token"],
            "is_over": activity.is_over(timezone.now()),
            "takes_bookings": activity.takes_bookings(timezone.now()),
            "slim": True,
        }
        return super().get_context_data(**mine | kwargs)


class BookingIcs(BookingLink, View):
    """For the calendar of somebody who is coming: with the venue."""

    http_method_names = ["get", "head"]

    def get(self, request, token) -> HttpResponse:
        if self.booking.state != Booking.State.COMING:
            return self.gone()
        activity = self.booking.activity
        return ics.answer([activity], name=activity.title, filename=f"activity-{activity.pk}", is_booked=True)
