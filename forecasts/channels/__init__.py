"""The channels of a contact centre: voice, chat, deferred work, outbound."""

from forecasts.channels.channel import Beside, Channel, Demand, Need
from forecasts.channels.chat import Chat
from forecasts.channels.deferred import Deferred
from forecasts.channels.outbound import Outbound
from forecasts.channels.voice import Voice

CHANNELS: tuple[Channel, ...] = (Voice(), Chat(), Deferred(), Outbound())
"""Every kind of work the staffing knows, by the name that queues.toml uses."""

__all__ = ["CHANNELS", "Beside", "Channel", "Demand", "Need"]
