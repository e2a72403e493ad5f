"""The rules and services of Lyceum, independent of vendors, HTTP and storage."""
