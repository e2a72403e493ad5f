"""Measurements, each against a baseline in the same run: quote the ratios, not the seconds.

``make benchmarks SAMPLES=folder`` prints all of them; ``python -m benchmarks.NAME`` one. Some want a folder of
real material and say so plainly when it is not there.
"""
