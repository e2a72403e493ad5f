"""Runs the whole app in a simulated world. A seed decides its time, its ids, the order of events, and what fails."""
