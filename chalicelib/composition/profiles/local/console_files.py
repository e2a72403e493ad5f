"""The rules for serving the console's built files: media types, caching and security headers. AWS uses them too."""

from adapters.local.console import PERMISSIONS, cache_control, content_policy, media_type

__all__ = ["PERMISSIONS", "cache_control", "content_policy", "media_type"]
