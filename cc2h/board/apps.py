from django.apps import AppConfig


class BoardApp(AppConfig):
    name = "cc2h.board"
    label = "board"
