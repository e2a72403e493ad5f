"""Supabase: the keys of its tokens (``keys``), the school's tables (``directory``), their HTTP client (``http``)."""
