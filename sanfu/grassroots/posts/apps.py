from django.apps import AppConfig


class PostsConfig(AppConfig):
    name = "sanfu.grassroots.posts"
    label = "posts"
