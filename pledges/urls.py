from django.urls import path

from pledges import views
from sanctuary.people.models import Supporter

app_name = "pledges"
urlpatterns = [
    path("pledge/", views.MakePledge.as_view(), name="pledge"),
    path("pledge/organisation/", views.MakeOrganisationPledge.as_view(), name="organisation"),
    path("pledge/thanks/<str:token>/", views.Thanks.as_view(), name="thanks"),
    path("pledge/thanks/<str:token>/address/", views.Readdress.as_view(), name="readdress"),
    path("pledge/confirm/<str:token>/", views.Confirm.as_view(), name="confirm"),
    path("declaration/", views.ReadDeclaration.as_view(), name="declaration"),
    path("declaration/endorsers/", views.Endorsers.as_view(), name="endorsers"),
    path("declaration/endorse/", views.Endorse.as_view(), name="endorse"),
    path(
        "declaration/endorse/organisation/",
        views.Endorse.as_view(kind=Supporter.Kind.ORGANISATION),
        name="endorse_organisation",
    ),
    path("declaration/endorse/<str:token>/", views.EndorseAfterPledge.as_view(), name="endorse_after"),
    path("declaration/sent/<str:token>/", views.EndorseSent.as_view(), name="endorse_sent"),
    path("declaration/confirm/<str:token>/", views.EndorseConfirm.as_view(), name="endorse_confirm"),
    path("declaration/thanks/<str:token>/", views.Endorsed.as_view(), name="endorsed"),
    path("declaration/mine/<str:token>/", views.MyEndorsement.as_view(), name="endorsement"),
    path("declaration/mine/<str:token>/remove/", views.RemoveEndorsement.as_view(), name="endorsement_remove"),
    path("manage/<slug:group>/pledgers/", views.ToGreet.as_view(), name="to_greet"),
    path("manage/<slug:group>/pledgers/<int:pk>/greet/", views.Greet.as_view(), name="greet"),
]
