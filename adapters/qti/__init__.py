"""QTI 3.0 by 1EdTech: assessment items and a test in a content package.

https://www.imsglobal.org/spec/qti/v3p0/impl. An item that was written here is read back equal. Of items by others, those with
one choice interaction are read, of one or several right options.
"""
