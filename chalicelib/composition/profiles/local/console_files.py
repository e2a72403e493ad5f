"""How the console's built files are served, on the laptop and on AWS alike."""

from adapters.local.console import PERMISSIONS, cache_control, content_policy, media_type

__all__ = ["PERMISSIONS", "cache_control", "content_policy", "media_type"]
