"""What Lyceum is about, apart from any technology."""
