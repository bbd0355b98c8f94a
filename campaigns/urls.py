from django.urls import path

from campaigns import views

app_name = "campaigns"
urlpatterns = [
    path("actions/", views.CampaignList.as_view(), name="list"),
    path("actions/confirm/<str:token>/", views.ConfirmAction.as_view(), name="confirm"),
    path("actions/<slug:slug>/", views.CampaignPage.as_view(), name="detail"),
    path("actions/<slug:slug>/m/<str:token>/", views.FromMail.as_view(), name="from_mail"),
    path("actions/<slug:slug>/sent/<str:token>/", views.Sent.as_view(), name="sent"),
    path("actions/<slug:slug>/done/", views.Done.as_view(), name="done"),
    path("actions/<slug:slug>/done/<str:token>/", views.Done.as_view(), name="done"),
    path("manage/<slug:group>/relay/<slug:slug>/", views.RelayKit.as_view(), name="relay"),
    path("manage/<slug:group>/relay/<slug:slug>/done/", views.PassOn.as_view(), name="pass_on"),
    path("manage/<slug:group>/relay/<slug:slug>/take-back/", views.TakeBack.as_view(), name="take_back"),
]
