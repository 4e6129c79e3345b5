"""A timed interview: what is asked next, how an answer is heard, the verdict and the report. Pure.

The whole state of an interview is the list of what was asked and said; everything else follows from it and the plan, so
an interview that was broken off goes on from what the database kept. No terminal, no clock, no database here.
"""
