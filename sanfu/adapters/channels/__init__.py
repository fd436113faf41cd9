"""Channels that carry a notice out of the platform: one function each, chosen in the settings.

A notice says that something waits and never what it is: no name, no title, no number of a person leaves here.
"""

from datetime import datetime

from django.conf import settings
from django.utils.module_loading import import_string

from sanfu.people.messages.actions import hand_over
from sanfu.records.actor import Actor
from sanfu.records.holding import is_held


def send_waiting(*, region: str, by: Actor, at: datetime) -> int:
    """Hand the waiting notices to their channels; return how many went out; none while a restore is held."""
    if is_held():
        return 0
    channels = {name: import_string(path) for name, path in settings.SANFU_CHANNELS.items()}
    return hand_over(channels, region=region, at=at)
