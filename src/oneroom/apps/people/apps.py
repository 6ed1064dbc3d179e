from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in


class PeopleConfig(AppConfig):
    name = "oneroom.apps.people"
    label = "people"

    def ready(self) -> None:
        # Django would note the wall's time of a sign-in; ours is project time, noted with the act (services.sessions).
        user_logged_in.disconnect(dispatch_uid="update_last_login")
