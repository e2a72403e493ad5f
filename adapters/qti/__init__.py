"""QTI 3.0 by 1EdTech: assessment items and a test in a content package.

https://www.imsglobal.org/spec/qti/v3p0/impl. An item that this code wrote is read back unchanged. An item by another
program is read if it has exactly one choice interaction, with one or several right options.
"""
