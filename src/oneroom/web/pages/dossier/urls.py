from django.urls import path

from oneroom.web.pages.dossier import proof, views

urlpatterns = [
    path("<int:pk>/dossier", views.page, name="dossier"),
    path("<int:pk>/dossier.pdf", views.pdf, name="dossier-pdf"),
    path("<int:pk>/proof", proof.page, name="proof"),
    path("<int:pk>/proof.json", proof.file, name="proof-file"),
]
