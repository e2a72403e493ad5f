"""Supabase: who signs the tokens (``keys``) and the school's own tables (``directory``), over one client (``http``)."""
