app_name = "streams"
urlpatterns = []
