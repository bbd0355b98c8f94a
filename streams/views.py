from sanctuary.views import DetailPage, ListPage
from streams.models import Principle, Stream


class StreamList(ListPage):
    public = True
    queryset = Stream.objects.open().with_organisation_count().order_by("order", "name")

    def get_context_data(self, **kwargs):
        return super().get_context_data(principles=Principle.objects.all(), **kwargs)


class StreamDetail(DetailPage):
    public = True
    queryset = Stream.objects.open()

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            organisations=self.object.organisations.listed().in_order(),
            resources=self.object.resources.current().in_order(),
            **kwargs,
        )


class PrincipleList(ListPage):
    public = True
    queryset = Principle.objects.all()
