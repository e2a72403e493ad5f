"""The REST routes, a subject a file. Each file declares its schemas, then its views."""
