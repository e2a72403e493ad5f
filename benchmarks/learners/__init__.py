"""Simulated learners for ``benchmarks.load``. They use a server that is killed from time to time, and record what it
acknowledged."""
