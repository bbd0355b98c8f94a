"""The public directory: where is my group?"""

from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt

from groups.filters import GroupFilter
from groups.forms import FindGroupForm
from groups.models import LocalGroup
from groups.models.group import REGION_SLUGS
from groups.views.page import shown_on_page
from sanctuary.places.models import OutwardCode, is_loaded
from sanctuary.places.postcode import InvalidPostcode, parse
from sanctuary.views import DetailPage, FormPage, ListPage, Page

NEAR_COUNT = 3
NEAR_MILES = 40


# It changes nothing, so it needs no cookie: it works for those who allow none, and the pages with the box set none.
@method_decorator(csrf_exempt, name="dispatch")
class FindGroup(FormPage):
    """A whole postcode comes in by POST; only its first half goes on, so no address or log ever holds the rest."""

    public = True
    form_class = FindGroupForm
    template_name = "groups/localgroup_find.html"

    def form_valid(self, form):
        response = redirect("groups:near", form.cleaned_data["postcode"].outward)
        response.status_code = 303
        return response


class GroupsNear(Page):
    public = True
    template_name = "groups/localgroup_near.html"

    def get(self, request, *args, outward, **kwargs):
        try:
            postcode = parse(outward)
        except InvalidPostcode:
            return self._answer("unknown", 404)
        if postcode.outward != outward:
            return redirect("groups:near", postcode.outward)
        if postcode.outside:
            return self._answer("outside", postcode=postcode)
        place = OutwardCode.objects.find(postcode)
        if place is None:
            return self._answer("unknown", 404, postcode=postcode) if is_loaded() else self._answer("not_loaded")
        groups = list(LocalGroup.objects.live().with_shield().nearest(place.latitude, place.longitude)[:NEAR_COUNT])
        spot = (place.latitude, place.longitude)
        return self._answer("found", postcode=postcode, place=place, place_spot=spot, groups=groups)

    def _answer(self, state, status=200, groups=(), **context):
        # Pins are numbered as the list is: with one missing, the numbers would lie.
        is_hidden = any(group.is_shielded for group in groups)
        near = [] if is_hidden else [(group.latitude, group.longitude) for group in groups]
        is_far = not groups or groups[0].distance_miles > NEAR_MILES
        context |= {"state": state, "groups": groups, "near": near, "is_far": is_far, "near_miles": NEAR_MILES}
        return self.render_to_response(self.get_context_data(form=FindGroupForm(), **context), status=status)


class GroupList(ListPage):
    public = True
    paginate_by = 200
    context_object_name = "groups"

    def get_queryset(self):
        self.filter = GroupFilter(self.request.GET, queryset=LocalGroup.objects.live())
        return self.filter.qs

    def get_context_data(self, **kwargs):
        live = LocalGroup.objects.live()
        return super().get_context_data(
            filter=self.filter,
            chips=self.filter.chips(),
            list_href=reverse("groups:list"),
            form=FindGroupForm(),
            regions=live.count_by_region(),
            spots=live.spots(),
            **kwargs,
        )


class GroupsInRegion(ListPage):
    public = True
    context_object_name = "groups"
    paginate_by = 200
    template_name = "groups/localgroup_region.html"

    def get_queryset(self):
        region = REGION_SLUGS.get(self.kwargs["slug"])
        if region is None:
            raise Http404
        self.region = region
        return LocalGroup.objects.live().in_region(region).with_shield()

    def get_context_data(self, **kwargs):
        shown = [group for group in self.object_list if group.has_position and not group.is_shielded]
        spots = [(group.latitude, group.longitude) for group in shown]
        return super().get_context_data(region=self.region.label, spots=spots, form=FindGroupForm(), **kwargs)


class GroupDetail(DetailPage):
    public = True
    context_object_name = "group"
    queryset = LocalGroup.objects.known_in_public().select_related("safeguarding").with_member_count().with_shield()

    def get_context_data(self, **kwargs):
        group = self.object
        if group.is_live:
            return super().get_context_data(**shown_on_page(group), **kwargs)
        nearest = LocalGroup.objects.live().with_shield().nearest(group.latitude, group.longitude)
        return super().get_context_data(nearest=nearest[:NEAR_COUNT], form=FindGroupForm(), **kwargs)
