"""Benchmarks. Each one measures a baseline in the same run: quote the ratios, not the seconds.

``make benchmarks SAMPLES=folder`` runs all of them, ``python -m benchmarks.NAME`` runs one. Some need a folder of real
material, and say so if it is missing.
"""
