from django.urls import path

from groups import views

app_name = "groups"
urlpatterns = [
    path("groups/", views.GroupList.as_view(), name="list"),
    path("groups/find/", views.FindGroup.as_view(), name="find"),
    path("groups/near/<str:outward>/", views.GroupsNear.as_view(), name="near"),
    path("groups/region/<slug:slug>/", views.GroupsInRegion.as_view(), name="region"),
    path("groups/<slug:slug>/", views.GroupDetail.as_view(), name="detail"),
    path("manage/", views.ManageHome.as_view(), name="manage_home"),
    path("manage/<slug:group>/", views.ManageGroup.as_view(), name="manage"),
    path("manage/<slug:group>/today/", views.Today.as_view(), name="today"),
    path("manage/<slug:group>/members/", views.MemberList.as_view(), name="members"),
]
