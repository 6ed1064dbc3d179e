from django.urls import path

from oneroom.web.pages.dossier import views

urlpatterns = [
    path("<int:pk>/dossier", views.page, name="dossier"),
    path("<int:pk>/dossier.pdf", views.pdf, name="dossier-pdf"),
]
