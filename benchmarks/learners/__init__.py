"""Learners who use a server that is killed now and then, and remember what it acknowledged: for ``benchmarks.load``."""
