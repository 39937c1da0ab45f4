"""Fixes: which are applied, the proof of each, and the files that are written.

`plan` decides on values and texts alone, `writing` touches the disk. A fix is a guess of its rule until it is proven:
read again, the text says what it should and nothing else, the finding is gone, and nothing worse has taken its place.
"""
