from django.urls import path

from streams import views

app_name = "streams"
urlpatterns = [
    path("", views.StreamList.as_view(), name="list"),
    path("principles/", views.PrincipleList.as_view(), name="principles"),
    path("<slug:slug>/", views.StreamDetail.as_view(), name="detail"),
]
