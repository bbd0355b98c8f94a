from django.urls import path

from pledges import views

app_name = "pledges"
urlpatterns = [
    path("pledge/", views.MakePledge.as_view(), name="pledge"),
    path("pledge/organisation/", views.MakeOrganisationPledge.as_view(), name="organisation"),
    path("pledge/thanks/<str:token>/", views.Thanks.as_view(), name="thanks"),
    path("pledge/thanks/<str:token>/address/", views.Readdress.as_view(), name="readdress"),
    path("pledge/confirm/<str:token>/", views.Confirm.as_view(), name="confirm"),
    path("manage/<slug:group>/pledgers/", views.ToGreet.as_view(), name="to_greet"),
    path("manage/<slug:group>/pledgers/<int:pk>/greet/", views.Greet.as_view(), name="greet"),
]
