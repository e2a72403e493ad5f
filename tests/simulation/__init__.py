"""The whole app in a world that a seed owns: its time, its ids, the order of what happens, and what fails."""
